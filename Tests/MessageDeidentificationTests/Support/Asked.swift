import HL7v2
import JSON
import MessageDeidentification

/// What a value of a message or resource becomes.
enum Asked {
    /// The value of `path` after segments behind an MSH; without a profile under `research-full`, where every date stays.
    static func hl7(_ path: String, _ segments: String..., by deidentifier: MessageDeidentifier? = nil) throws
        -> String?
    {
        let message = ["MSH|^~\\&|||||20240101||ORU^R01^ORU_R01|1|P|2.5.1"] + segments + [""]
        let result = try (deidentifier ?? Shipped.full()).deidentify(hl7: Array(message.joined(separator: "\r").utf8))
        return try MessageTests.value(path, of: result.bytes)
    }

    /// OBX-5 and OBX-6 as they are written.
    static func observed(_ concept: String, _ value: String, _ unit: String, type: String = "NM") throws -> String {
        let message = "MSH|^~\\&|||||20240101||ORU^R01^ORU_R01|1|P|2.5.1\rOBX|1|\(type)|\(concept)||\(value)|\(unit)\r"
        let result = try Shipped.full().deidentify(hl7: Array(message.utf8))
        let lines = String(decoding: result.bytes, as: UTF8.self).split(separator: "\r")
        let fields = (lines.last ?? "").split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        return [5, 6].map { fields.indices.contains($0) ? fields[$0] : "" }.joined(separator: "|")
    }

    /// An Observation of this concept of LOINC with one more member.
    static func observation(
        _ more: String, code: String = "8867-4", by deidentifier: MessageDeidentifier? = nil
    ) throws -> JSONValue {
        let text = """
            {"resourceType": "Observation", "status": "final",
             "code": {"coding": [{"system": "http://loinc.org", "code": "\(code)"}]}, \(more)}
            """
        return try resource(text, by: deidentifier)
    }

    static func resource(_ text: String, by deidentifier: MessageDeidentifier? = nil) throws -> JSONValue {
        try JSONValue(parsing: (deidentifier ?? Shipped.full()).deidentify(fhirJSON: Array(text.utf8)).bytes)
    }
}
