internal import Foundation

/// The rules for both kinds of messages.
public struct MessageRules: Sendable {
    let hl7v2: HL7v2Rules
    let fhir: FHIRRules

    /// A site's own rules, in the language of `mappings/deidentification/{hl7v2,fhir}.yaml`; nil for those that ship with
    /// the program. Throws `rulesInvalid` with key path and line.
    public init(hl7v2: String? = nil, fhir: String? = nil) throws(MessageDeidentificationError) {
        let tables = try Self.shipped("tables.tsv")
        var codes = try StandardCodes(table: try Self.shipped("codes.tsv"))
        try codes.add(table: tables, prefix: "http://terminology.hl7.org/CodeSystem/v2-")
        self.hl7v2 = try HL7v2Rules(
            yaml: try Self.text(hl7v2, "hl7v2.yaml"), standard: StandardCodes(table: tables, prefix: "HL7"))
        self.fhir = try FHIRRules(
            yaml: try Self.text(fhir, "fhir.yaml"), elements: FHIRElements(table: try Self.shipped("elements.tsv")),
            standard: codes)
    }

    /// Those that ship with the program, read once.
    static func shipped() throws(MessageDeidentificationError) -> MessageRules { try read.get() }

    private static let read = Result { () throws(MessageDeidentificationError) in try MessageRules() }

    private static func text(_ own: String?, _ name: String) throws(MessageDeidentificationError) -> String {
        guard let own else { return try shipped(name) }
        return own
    }

    /// The text of a file that ships with this module.
    static func shipped(_ name: String) throws(MessageDeidentificationError) -> String {
        guard let folder = Bundle.module.url(forResource: "Rules", withExtension: nil),
            let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        else { throw MessageDeidentificationError(.rulesInvalid, at: name) }
        return text
    }
}
