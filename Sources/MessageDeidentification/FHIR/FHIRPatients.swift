internal import JSON

/// Whom a resource is about.
enum FHIRPatients {
    /// The patients that a resource is or names, in a Bundle all of them. Their days move by their logical id: it stands
    /// in every reference, where identifiers do not. A contained one has none of its own (`#p1` is everybody's): its days
    /// move by its first identifier, and without one they go.
    static func patients(in value: JSONValue) -> Set<PatientKey> {
        var patients: Set<PatientKey> = []
        collect(value, &patients)
        return patients
    }

    private static func collect(
        _ value: JSONValue, _ patients: inout Set<PatientKey>, isContained: Bool = false
    ) {
        if let array = value.array {
            for element in array { collect(element, &patients, isContained: isContained) }
        }
        guard let object = value.object else { return }
        if object["resourceType"]?.string == "Patient", isContained {
            if let first = object["identifier"]?[0], let id = first["value"]?.string {
                patients.insert(PatientKey(issuer: first["system"]?.string ?? "", id: id))
            }
        } else if object["resourceType"]?.string == "Patient", let id = object["id"]?.string {
            patients.insert(PatientKey(issuer: "fhir", id: id))
        }
        if let reference = object["reference"]?.string, let id = id(reference) {
            patients.insert(PatientKey(issuer: "fhir", id: id))
        }
        for (name, member) in object { collect(member, &patients, isContained: name == "contained") }
    }

    /// The logical id in a reference to a patient.
    static func id(_ reference: String) -> String? {
        let parts = reference.split(separator: "/")
        guard let type = parts.firstIndex(of: "Patient"), type + 1 < parts.count else { return nil }
        return String(parts[type + 1])
    }
}
