internal import Foundation
internal import JSON

/// A DiagnosticReport in the pretend EHR, as far as a demonstration shows it.
public struct ReportSummary: Sendable {
    /// The logical id.
    public let id: String
    public let versionID: String
    public let status: String
    /// Name, birth date and numbers of the patient that the EHR shows it on.
    public let patient: String
    /// The report's text form.
    public let text: String
    /// The heat map over the image, as PNG; nil in a refusal.
    public let picture: [UInt8]?
    /// The finding in words; nil in a refusal.
    public let finding: String?
    /// The calibrated probability as written; nil in a refusal.
    public let probability: String?
    /// Why it was not analysed; nil in a finding.
    public let refusal: String?

    /// Nil when the resource has no id or version.
    init?(report: JSONValue, observations: [JSONValue], patient: JSONValue) {
        guard let id = report["id"]?.string, let version = report["meta"]?["versionId"]?.string else { return nil }
        self.id = id
        versionID = version
        status = report["status"]?.string ?? ""
        self.patient = Self.words(patient)
        let forms = report["presentedForm"]?.array ?? []
        text = Self.data(of: "text/plain", in: forms).map { String(decoding: $0, as: UTF8.self) } ?? ""
        picture = Self.data(of: "image/png", in: forms)
        let observation = observations.first
        finding = observation?["valueCodeableConcept"]?["text"]?.string
        refusal = observation?["dataAbsentReason"]?["text"]?.string
        let components = observation?["component"]?.array ?? []
        // DICOM PS3.16: 122157 is Probability.
        let quantity = components.first { component in
            (component["code"]?["coding"]?.array ?? []).contains { $0["code"]?.string == "122157" }
        }?["valueQuantity"]
        probability = quantity.flatMap { quantity in
            quantity["value"]?.number.map { (quantity["comparator"]?.string ?? "") + $0.text }
        }
    }

    private static func words(_ patient: JSONValue) -> String {
        let name = patient["name"]?[0]
        let given = (name?["given"]?.array ?? []).compactMap(\.string).joined(separator: " ")
        let numbers = (patient["identifier"]?.array ?? []).compactMap { $0["value"]?.string }.joined(separator: ", ")
        let birthDate = patient["birthDate"]?.string ?? "unknown"
        return "\(name?["family"]?.string ?? "no name"), \(given), born \(birthDate), \(numbers)"
    }

    private static func data(of type: String, in forms: [JSONValue]) -> [UInt8]? {
        forms.first { $0["contentType"]?.string?.hasPrefix(type) ?? false }?["data"]?.string
            .flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }
}
