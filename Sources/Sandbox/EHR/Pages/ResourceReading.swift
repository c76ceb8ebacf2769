internal import FHIR
internal import JSON

// What the pages read out of resources, for people.
extension JSONObject {
    /// `FAMILY, Given`, or the name's own text; the official name where there is one.
    var personName: String {
        let names = (self["name"]?.array ?? []).compactMap(HumanName.init(json:))
        guard let name = names.first(where: { $0.use == "official" }) ?? names.first else { return "Name unknown" }
        let parts = [name.family?.uppercased(), name.given.isEmpty ? nil : name.given.joined(separator: " ")]
            .compactMap { $0 }
        return parts.isEmpty ? name.text ?? "Name unknown" : parts.joined(separator: ", ")
    }

    var identifiers: [Identifier] { (self["identifier"]?.array ?? []).compactMap(Identifier.init(json:)) }

    /// The value of the first identifier of a type of table 0203, such as `ACSN`.
    func identifier(type: String) -> String? { identifiers.first { $0.typeCode == type }?.value }

    /// References of an element, single or repeating.
    func references(_ name: String) -> [Reference] {
        guard let value = self[name] else { return [] }
        return (value.array ?? [value]).compactMap(Reference.init(json:))
    }
}

extension JSONValue {
    /// A CodeableConcept in words.
    var conceptWords: String? {
        self["text"]?.string ?? self["coding"]?.array?.lazy.compactMap { $0["display"]?.string }.first
            ?? self["coding"]?[0]?["code"]?.string
    }
}

/// Times and ages for people.
enum Wording {
    static func time(_ text: String) -> String { time(text, withSeconds: false) }

    /// `2026-01-02 10:00 UTC` of an instant, the date alone of a date; what cannot be read is shown as it is.
    static func time(_ text: String, withSeconds: Bool) -> String {
        guard let range = TimeRange(text) else { return text }
        guard range.precision >= .minute else { return text }
        let utc = FHIRInstant(microsecondsSinceEpoch: range.start).text
        return "\(utc.prefix(10)) \(utc.dropFirst(11).prefix(withSeconds ? 8 : 5)) UTC"
    }

    /// Completed years on a day, months below two years; nil unless both dates are whole and in order.
    static func age(born: String?, on day: String) -> String? {
        guard let born, TimeRange(born)?.precision == .day, let range = TimeRange(day), range.precision >= .day else {
            return nil
        }
        let today = FHIRInstant(microsecondsSinceEpoch: range.start).text.prefix(10)
        func number(_ text: some StringProtocol) -> Int { Int(text) ?? 0 }
        func months(_ text: some StringProtocol) -> Int {
            number(text.prefix(4)) * 12 + number(text.dropFirst(5).prefix(2))
        }
        let passed = months(today) - months(born) - (today.suffix(2) < born.suffix(2) ? 1 : 0)
        guard passed >= 0 else { return nil }
        if passed >= 24 { return "\(passed / 12) years" }
        return passed == 1 ? "1 month" : "\(passed) months"
    }

    static func sex(_ gender: String?) -> String {
        switch gender {
        case "male": "male"
        case "female": "female"
        case "other": "other"
        default: "unknown"
        }
    }

    /// A report's status as no reader can mistake it, and whether it says to stop.
    static func reportStatus(_ status: String) -> (words: String, isStop: Bool) {
        switch status {
        case "entered-in-error": ("ENTERED IN ERROR – DO NOT USE", true)
        case "cancelled": ("CANCELLED", true)
        case "preliminary", "partial", "registered", "final", "amended", "corrected", "appended":
            (status.uppercased(), false)
        default: ("STATUS UNKNOWN", true)
        }
    }

    static func system(_ system: String?) -> String {
        switch system {
        case Hospital.patientSystem: "Hospital number"
        case Hospital.placerSystem: "Placer order number"
        case Hospital.fillerSystem: "Filler order number"
        case let system?: system
        case nil: "Number"
        }
    }
}
