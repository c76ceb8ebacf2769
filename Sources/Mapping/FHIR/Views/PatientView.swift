import FHIR
import HL7v2
import JSON

/// PID as Patient (map PID[Patient] of the guide).
struct PatientView {
    private let reader: ViewReader

    init(_ reader: ViewReader) { self.reader = reader }

    /// nil where PID says nothing that Patient holds.
    var resource: Patient? {
        let birth = reader.field("PID-7")?.time()
        let patient = Patient(elements: [
            "extension": extensions, "identifier": identifiers, "name": names, "telecom": telecom,
            "gender": reader.order.sex.flatMap { CodeTables.gender[$0] },
            "birthDate": birth?.fhirDate, "_birthDate": birth.flatMap(birthTime),
            "deceasedBoolean": deceased == nil ? boolean("PID-30") : nil, "deceasedDateTime": deceased,
            "address": addresses,
            "maritalStatus": reader.field("PID-16")?.concept(translated: CodeTables.maritalStatus, original: 2),
            "multipleBirthBoolean": birthOrder == nil ? boolean("PID-24") : nil, "multipleBirthInteger": birthOrder,
            "communication": reader.fields("PID-15").compactMap { field in
                field.concept().map { JSONObject(elements: ["language": $0]) }
            },
        ])
        return patient.elements.count > 1 ? patient : nil
    }

    private var identifiers: [JSONObject] {
        let numbers = ["PID-2", "PID-3", "PID-4"].flatMap { reader.fields($0) }.compactMap { $0.identifierCX() }
        // Which authority's number it is, the field does not say: no system.
        let social = reader.field("PID-19").flatMap { field in
            field.text().map {
                JSONObject(elements: [
                    "type": CodeableConcept(Coding(system: Identifier.typeSystem, code: "SS")), "value": $0,
                ])
            }
        }
        let licence = reader.field("PID-20").flatMap { field in
            field.text(1).map { value in
                JSONObject(elements: [
                    "type": CodeableConcept(Coding(system: Identifier.typeSystem, code: "DL")), "value": value,
                    "period": field.dateTime(3).map { JSONObject(elements: ["end": $0]) },
                    "assigner": field.text(2).map { JSONObject(elements: ["display": $0]) },
                ])
            }
        }
        return numbers + [social, licence].compactMap(\.self)
    }

    private var names: [JSONObject] {
        reader.fields("PID-5").compactMap { $0.humanName() } + reader.fields("PID-9").compactMap { $0.humanName() }
    }

    private var telecom: [JSONObject] {
        reader.fields("PID-13").compactMap { $0.contactPoint(use: "home") }
            + reader.fields("PID-14").compactMap { $0.contactPoint(use: "work") }
            + reader.fields("PID-40").compactMap { $0.contactPoint() }
    }

    /// The county of PID-12 stands in the only address if that names none, else in one of its own.
    private var addresses: [JSONObject] {
        let fields = reader.fields("PID-11")
        guard let county = reader.field("PID-12")?.text() else { return fields.compactMap { $0.address() } }
        if fields.count == 1, let only = fields.first, only.text(9) == nil || only.text(9) == county {
            return [only.address(district: county)].compactMap(\.self)
        }
        return fields.compactMap { $0.address() } + [JSONObject(elements: ["district": county])]
    }

    private var deceased: String? { reader.field("PID-29")?.dateTime() }

    private var birthOrder: Int? {
        reader.field("PID-25")?.text().flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Table 0136.
    private func boolean(_ place: String) -> Bool? {
        switch reader.field(place)?.text() {
        case "Y": true
        case "N": false
        default: nil
        }
    }

    private func birthTime(_ birth: DTM) -> JSONObject? {
        guard birth.hour != nil else { return nil }
        let time = OrderTime(birth, in: reader.zone).stated.fhirDateTime
        // A time of hours only is no FHIR time.
        guard time.contains("T") else { return nil }
        return JSONObject(elements: ["extension": [Self.extended("patient-birthTime", "valueDateTime", time)]])
    }

    private var extensions: [JSONObject] {
        var found: [JSONObject] = []
        if let field = reader.field("PID-6") {
            let words = [field.text(5), field.text(2), field.text(3), field.text(1), field.text(4)].compactMap(\.self)
            if !words.isEmpty {
                found.append(Self.extended("patient-mothersMaidenName", "valueString", words.joined(separator: " ")))
            }
        }
        if let religion = reader.field("PID-17")?.concept() {
            found.append(Self.extended("patient-religion", "valueCodeableConcept", religion))
        }
        if let place = reader.field("PID-23")?.text() {
            found.append(Self.extended("patient-birthPlace", "valueAddress", JSONObject(elements: ["text": place])))
        }
        for (place, name) in [
            ("PID-26", "patient-citizenship"), ("PID-39", "patient-citizenship"), ("PID-28", "patient-nationality"),
        ] {
            for concept in reader.fields(place).compactMap({ $0.concept() }) {
                let code = JSONObject(elements: ["url": "code", "valueCodeableConcept": concept])
                found.append(JSONObject(elements: ["extension": [code], "url": Self.url(name)]))
            }
        }
        return found
    }

    private static func url(_ name: String) -> String { "http://hl7.org/fhir/StructureDefinition/\(name)" }

    static func extended(_ name: String, _ element: String, _ value: some ElementValue) -> JSONObject {
        var object = JSONObject(elements: ["url": url(name)])
        object[element] = value.json
        return object
    }
}
