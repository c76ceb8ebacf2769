internal import FHIR
internal import JSON

/// An Observation as the report page shows it.
struct ReportResult {
    private static let componentSystem = "urn:x-imaging-gateway:component"

    let observation: JSONObject

    /// What was looked for.
    var finding: String { observation["code"]?.conceptWords ?? "the finding" }

    /// What was seen, or why nothing can be said.
    var statement: String {
        let values = [
            observation["valueCodeableConcept"]?.conceptWords, observation["valueString"]?.string,
            observation["valueQuantity"].flatMap(Self.words), observation["dataAbsentReason"]?.conceptWords,
        ]
        return values.compactMap { $0 }.first ?? "The result says nothing in words."
    }

    /// The image was not analysed: there is no result, neither positive nor negative.
    var isRefusal: Bool {
        observation["dataAbsentReason"] != nil && !observation.keys.contains { $0.hasPrefix("value") }
    }

    var interpretation: String? { observation["interpretation"]?[0]?.conceptWords }

    var probability: JSONValue? {
        components.first { $0.codes.contains { $0 == (CodeSystem.dicom, "122157") } }?.value["valueQuantity"]
    }

    func limit(_ code: String) -> JSONValue? { own(code)?["valueQuantity"] }

    /// From where to where the networks and views of the image went, and whose range that is.
    var spread: (low: JSONValue, high: JSONValue, whose: String)? {
        guard let component = own("probability-spread"), let low = component["valueRange"]?["low"],
            let high = component["valueRange"]?["high"]
        else { return nil }
        return (low, high, component["code"]?.conceptWords ?? "Range")
    }

    /// Why it was not decided, in words.
    var undecidedReason: String? { own("indeterminate-reason")?["valueCodeableConcept"]?.conceptWords }

    /// What the result says about itself besides its statement and the notice that every page shows.
    var remarks: [String] {
        let notes = (observation["note"]?.array ?? []).compactMap { $0["text"]?.string }
        return notes.filter {
            $0 != statement && !$0.hasPrefix("AI-generated, preliminary") && !statement.contains($0)
                && $0 != undecidedReason
        }
    }

    /// Components in words, such as the model's version.
    var details: [(name: String, value: String)] {
        components.filter { component in
            !component.codes.contains {
                $0 == (Self.componentSystem, "refusal") || $0 == (Self.componentSystem, "indeterminate-reason")
            }
        }.compactMap { component in
            let value = component.value
            guard value["valueQuantity"] == nil else { return nil }
            let words = value["valueString"]?.string ?? value["valueCodeableConcept"]?.conceptWords
            return words.map { (value["code"]?.conceptWords ?? "Detail", $0) }
        }
    }

    var refusalCode: String? { own("refusal")?["valueCodeableConcept"]?["coding"]?[0]?["code"]?.string }

    /// `0.870`, `below 0.001`.
    static func words(_ quantity: JSONValue) -> String? {
        guard let value = quantity["value"]?.number?.text else { return nil }
        switch quantity["comparator"]?.string {
        case "<", "<=": return "below \(value)"
        case ">", ">=": return "above \(value)"
        default: return value
        }
    }

    private var components: [(codes: [(String, String)], value: JSONValue)] {
        (observation["component"]?.array ?? []).map { component in
            let codings = (component["code"]?["coding"]?.array ?? []).compactMap(Coding.init(json:))
            return (codings.map { ($0.system ?? "", $0.code ?? "") }, component)
        }
    }

    private func own(_ code: String) -> JSONValue? {
        components.first { $0.codes.contains { $0 == (Self.componentSystem, code) } }?.value
    }
}
