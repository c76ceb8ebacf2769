import Deidentification
import MessageDeidentification
import Sealing

/// De-identifiers under a key of the tests.
enum Make {
    static let key = [UInt8](0..<32)

    static func pseudonyms() throws -> Pseudonyms { try Pseudonyms(key: key) }

    /// With a profile of these options.
    static func deidentifier(_ profile: DeidentificationProfile) throws -> MessageDeidentifier {
        try MessageDeidentifier(profile: profile, pseudonyms: pseudonyms())
    }

    static func classifier() throws -> MessageDeidentifier { try deidentifier(.classifier()) }

    static func shifting() throws -> MessageDeidentifier {
        try deidentifier(
            DeidentificationProfile(
                yaml: """
                    version: 1
                    name: shifting
                    release: "1"
                    summary: Of the tests.
                    edition: 2024b
                    options: [basic, retainModifiedDates]
                    textGate: never
                    pseudonyms: keyed
                    """))
    }
}
