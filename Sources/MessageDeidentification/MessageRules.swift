internal import Foundation
internal import Sealing

/// The rules for both kinds of messages.
public struct MessageRules: Sendable {
    let hl7v2: HL7v2Rules
    let fhir: FHIRRules
    /// SHA-256 in hexadecimal digits over those of the two files, HL7 v2 first: the same for the same files, whether they
    /// ship with the program or are a site's own.
    public let digest: String

    /// A site's own rules, in the language of `mappings/deidentification/{hl7v2,fhir}.yaml`; nil for those that ship with
    /// the program, each for itself. Throws `rulesInvalid` with file, key path and line.
    public init(hl7v2: String? = nil, fhir: String? = nil) throws(MessageDeidentificationError) {
        let tables = try Self.shipped("tables.tsv")
        var codes = try StandardCodes(table: try Self.shipped("codes.tsv"))
        try codes.add(table: tables, prefix: "http://terminology.hl7.org/CodeSystem/v2-")
        let texts = (hl7v2: try Self.text(hl7v2, "hl7v2.yaml"), fhir: try Self.text(fhir, "fhir.yaml"))
        self.hl7v2 = try HL7v2Rules(yaml: texts.hl7v2, standard: StandardCodes(table: tables, prefix: "HL7"))
        self.fhir = try FHIRRules(
            yaml: texts.fhir, elements: FHIRElements(table: try Self.shipped("elements.tsv")), standard: codes)
        let digests = [texts.hl7v2, texts.fhir].map { Digest.sha256(Array($0.utf8)).hex }
        digest = Digest.sha256(Array(digests.joined().utf8)).hex
    }

    /// Those that ship with the program, read once. Throws `rulesInvalid`.
    public static func shipped() throws(MessageDeidentificationError) -> MessageRules { try read.get() }

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
