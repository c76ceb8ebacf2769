internal import FHIR
internal import JSON

/// Who it is about: on top of every page about one patient.
struct PatientBanner {
    /// Nil when the patient is not on this server.
    let patient: JSONObject?
    let now: FHIRInstant

    var markup: Markup {
        guard let patient else {
            return """
                <div class="status stop"><div class="inner"><strong>PATIENT UNKNOWN</strong>\
                The record that this page refers to is not here.</div></div>
                """
        }
        let born = patient["birthDate"]?.string
        let numbers = patient.identifiers.map { identifier -> Markup in
            "<div><dt>\(Wording.system(identifier.system))</dt><dd>\(identifier.value)</dd></div>"
        }
        return """
            <div class="patient" role="region" aria-label="Patient"><div class="inner">
            <p class="name">\(patient.personName)</p>
            <dl>
            <div><dt>Born</dt><dd>\(born ?? "unknown")\(age(born))</dd></div>
            <div><dt>Sex</dt><dd>\(Wording.sex(patient["gender"]?.string))</dd></div>
            \(numbers)
            </dl></div></div>
            \(merged(patient))
            """
    }

    private func age(_ born: String?) -> String {
        Wording.age(born: born, on: now.text).map { " (\($0))" } ?? ""
    }

    private func merged(_ patient: JSONObject) -> Markup? {
        let isReplaced = (patient["link"]?.array ?? []).contains { $0["type"] == "replaced-by" }
        guard isReplaced || patient["active"] == false else { return nil }
        return """
            <div class="status stop"><div class="inner"><strong>RECORD NO LONGER IN USE</strong>\
            \(isReplaced ? "It was merged into another one." : "It was made inactive.")</div></div>
            """
    }
}
