import FHIR
import HL7v2
import JSON

/// Data types of HL7 v2 as data types of FHIR, by the guide's data type maps. What says nothing is nil: never an empty
/// object.
extension ViewField {
    // MARK: - CE, CWE, CNE

    /// Every coding that was given, with its words; the original text. A code whose system has no URI stands without
    /// one: it is reported by `OrderView.unmapped`.
    func concept(text given: String? = nil) -> CodeableConcept? {
        let codings = [(1, 14), (4, 17), (10, 20)].compactMap { first, oid in coding(first, oid: oid) }
        let text = text(9) ?? given ?? (codings.isEmpty ? text(2) ?? text(5) ?? self.text(1) : nil)
        guard !codings.isEmpty || text != nil else { return nil }
        return CodeableConcept(coding: codings, text: text)
    }

    private func coding(_ first: Int, oid: Int) -> Coding? {
        guard let code = text(first), CodeTables.isCode(code) else { return nil }
        let byOID = text(oid).flatMap { CodeTables.isOID($0) ? "urn:oid:\($0)" : nil }
        return Coding(
            system: text(first + 2).flatMap(CodeTables.system) ?? byOID, code: code, display: text(first + 1))
    }

    /// A code of a table as the guide translates it, beside the code as it came.
    func concept(
        translated table: [String: (system: String, code: String)], original: Int
    ) -> CodeableConcept? {
        guard let code else { return concept() }
        let translated = table[code].map { Coding(system: $0.system, code: $0.code) }
        let own = Coding(
            system: text(3) == nil ? CodeTables.table(original) : text(3).flatMap(CodeTables.system), code: code,
            display: text(2))
        return CodeableConcept(coding: [translated, own].compactMap(\.self), text: text(9))
    }

    // MARK: - CX, EI, DLN

    /// An identifier with its assigner in the components 4.1, 4.2 and 4.3, its type in 5 and its validity in 7 and 8.
    func identifierCX(type: String? = nil) -> JSONObject? {
        text(1).map { value in
            identifier(
                value, type: type ?? text(5), namespace: text(4, 1), universalID: text(4, 2),
                universalIDType: text(4, 3),
                period: period(7, 8))
        }
    }

    /// An identifier with its assigner in three components.
    func identifierEI(type: String, value: String? = nil) -> JSONObject? {
        (value ?? text(1)).map { value in
            identifier(value, type: type, namespace: text(2), universalID: text(3), universalIDType: text(4))
        }
    }

    /// Half of an EIP: an EI in one component.
    func identifierEIP(_ component: Int, type: String) -> JSONObject? {
        text(component).map { value in
            identifier(
                value, type: type, namespace: text(component, 2), universalID: text(component, 3),
                universalIDType: text(component, 4))
        }
    }

    func identifier(
        _ value: String, type: String?, namespace: String? = nil, universalID: String? = nil,
        universalIDType: String? = nil, period: JSONObject? = nil, use: String? = nil
    ) -> JSONObject {
        let names = namespace != nil || universalID != nil
        let assigner =
            names
            ? reader.sender.assigners.assigner(namespace: namespace, universalID: universalID)
            : reader.sender.defaultAssigner
        let system =
            assigner.flatMap { reader.sender.assigners.fhirSystem(of: $0) }
            ?? Self.system(universalID: universalID, type: universalIDType)
        let typeCode = type.flatMap { CodeTables.isCode($0) ? $0 : nil }
        return JSONObject(elements: [
            "use": use,
            "type": typeCode.map { CodeableConcept(Coding(system: Identifier.typeSystem, code: $0)) },
            "system": system, "value": value, "period": period,
            "assigner": system == nil
                ? (namespace ?? universalID).map { JSONObject(elements: ["display": $0]) } : nil,
        ])
    }

    /// The system of a universal ID by its type (table 0301); never one that was not said.
    private static func system(universalID: String?, type: String?) -> String? {
        guard let id = universalID else { return nil }
        switch type {
        case "ISO": return CodeTables.isOID(id) ? "urn:oid:\(id)" : nil
        case "UUID", "GUID":
            let isUUID = id.wholeMatch(of: /[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/) != nil
            return isUUID ? "urn:uuid:\(id.lowercased())" : nil
        case "URI": return CodeTables.isURI(id) ? id : nil
        default: return nil
        }
    }

    // MARK: - XPN, XAD, XTN, XCN

    /// - Parameter use: Where the name says nothing of its kind.
    func humanName(use: String? = nil) -> JSONObject? {
        let parts = [1, 2, 3, 4, 5, 6, 14].compactMap { text($0) }
        guard !parts.isEmpty else { return nil }
        return JSONObject(elements: [
            "use": text(7).flatMap { CodeTables.nameUse[$0] } ?? use, "family": text(1),
            "given": [text(2), text(3)].compactMap(\.self), "prefix": [text(5)].compactMap(\.self),
            "suffix": [text(4), text(6), text(14)].compactMap(\.self), "period": period(12, 13),
        ])
    }

    func address(district: String? = nil) -> JSONObject? {
        let address = JSONObject(elements: [
            "use": text(7).flatMap { CodeTables.addressUse[$0] },
            "type": text(7).flatMap { CodeTables.addressType[$0] },
            "line": [text(1), text(1, 2).map { name in text(1, 3).map { "\(name) \($0)" } ?? name }, text(2), text(19)]
                .compactMap(\.self),
            "city": text(3), "district": text(9) ?? district, "state": text(4), "postalCode": text(5),
            "country": text(6), "period": period(13, 14),
        ])
        let says = [1, 2, 3, 4, 5, 6, 9, 19].contains { text($0) != nil } || district != nil
        return says ? address : nil
    }

    /// - Parameter use: Where XTN.2 says nothing.
    func contactPoint(use: String? = nil) -> JSONObject? {
        let equipment = text(3)
        let isElectronic = equipment == "Internet" || equipment == "X.400" || (equipment == nil && text(4) != nil)
        var number = text(12) ?? text(1)
        if let local = text(7) {
            let country = text(5).map { "+\($0)" }
            number = [country, text(6), local, text(8).map { "X\($0)" }].compactMap(\.self).joined(separator: " ")
        }
        guard let value = isElectronic ? text(4) ?? text(1) : number ?? text(4) else { return nil }
        let stated = text(2).flatMap { CodeTables.telecomUse[$0] }
        return JSONObject(elements: [
            // R4 cpt-2: a value has a system; `other` where the message does not say.
            "system": equipment.flatMap { CodeTables.telecomSystem[$0] } ?? (isElectronic ? "email" : "other"),
            "value": value,
            "use": equipment == "CP" ? "mobile" : stated ?? (text(2) == nil ? use : nil), "period": period(13, 14),
        ])
    }

    /// A practitioner by number and name: which resource it is, the EHR knows.
    func practitioner() -> JSONObject? {
        let name = [text(6), text(3), text(4), text(2), text(5)].compactMap(\.self).joined(separator: " ")
        let number = text(1).map { value in
            identifier(
                value, type: text(13), namespace: text(9, 1), universalID: text(9, 2), universalIDType: text(9, 3))
        }
        guard number != nil || !name.isEmpty else { return nil }
        return JSONObject(elements: ["type": "Practitioner", "identifier": number, "display": name])
    }

    // MARK: - DTM

    /// A time with the precision and zone that were given; without a zone that of the sender.
    func dateTime(_ component: Int = 1) -> String? {
        time(component).map { OrderTime($0, in: reader.zone).stated.fhirDateTime }
    }

    func period(_ start: Int, _ end: Int) -> JSONObject? {
        let period = JSONObject(elements: ["start": dateTime(start), "end": dateTime(end)])
        return period.isEmpty ? nil : period
    }
}

extension DTM {
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    var fhirDate: String {
        [Self.digits(year, 4), month.map { Self.digits($0, 2) }, day.map { Self.digits($0, 2) }].compactMap(\.self)
            .joined(separator: "-")
    }

    /// FHIR wants minutes and a zone with every time: one with hours only, or without a zone, is a date.
    var fhirDateTime: String {
        guard let hour, let minute, let offset else { return fhirDate }
        let second = Self.digits(second ?? 0, 2) + (fraction.map { ".\($0)" } ?? "")
        let zone = Self.digits(abs(offset) / 60, 2) + ":" + Self.digits(abs(offset) % 60, 2)
        let time = "\(Self.digits(hour, 2)):\(Self.digits(minute, 2)):\(second)"
        return fhirDate + "T" + time + (offset < 0 ? "-" : "+") + zone
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
