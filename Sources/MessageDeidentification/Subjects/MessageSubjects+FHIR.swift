internal import JSON

extension MessageSubjects {
    /// Of one resource with all that is in it: Patient.identifier, references to patients by identifier or id, and the
    /// identifiers of DICOM studies.
    init(_ resource: JSONValue) {
        var named: Set<String> = []
        var identified: Set<String> = []
        collect(resource, &named, &identified)
        for id in named.subtracting(identified) { patients.insert(Patient(identifier: id)) }
    }

    private mutating func collect(
        _ value: JSONValue, _ named: inout Set<String>, _ identified: inout Set<String>
    ) {
        for element in value.array ?? [] { collect(element, &named, &identified) }
        guard let object = value.object else { return }
        if object["resourceType"]?.string == "Patient" {
            let found = (object["identifier"]?.array ?? []).compactMap(Self.patient)
            patients.formUnion(found)
            if let id = object["id"]?.string { if found.isEmpty { named.insert(id) } else { identified.insert(id) } }
        }
        if let id = object["reference"]?.string.flatMap(FHIRPatients.id) {
            if let found = object["identifier"].flatMap(Self.patient) {
                patients.insert(found)
                identified.insert(id)
            } else {
                named.insert(id)
            }
        } else if object["type"]?.string == "Patient", let found = object["identifier"].flatMap(Self.patient) {
            patients.insert(found)
        }
        if object["system"]?.string == "urn:dicom:uid", let uid = object["value"]?.string, uid.hasPrefix("urn:oid:") {
            studies.insert(String(uid.dropFirst("urn:oid:".count)))
        }
        for (_, member) in object { collect(member, &named, &identified) }
    }

    private static func patient(_ identifier: JSONValue) -> Patient? {
        guard let value = identifier["value"]?.string, !value.isEmpty else { return nil }
        return Patient(identifier: value, system: identifier["system"]?.string)
    }
}
