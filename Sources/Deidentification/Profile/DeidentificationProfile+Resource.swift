internal import DICOM
internal import Foundation
internal import Sealing

extension DeidentificationProfile {
    /// The profile before each classification, built in: Basic Profile with Retain Patient Characteristics. It is the
    /// same text as `mappings/deidentification/classifier.yaml`.
    /// - Throws: `profileUnavailable` where the installation lacks its tables or the data dictionary; nothing is
    ///   de-identified without them.
    public static func classifier() throws(DeidentificationError) -> DeidentificationProfile { try shipped.get() }

    private static let shipped = Result { () throws(DeidentificationError) in
        try DeidentificationProfile(yaml: try resource("classifier", "yaml"))
    }

    static func tables() throws(DeidentificationError) -> ShippedTables { try loaded.get() }

    private static let loaded = Result { () throws(DeidentificationError) in
        let (profile, types) = (try resource("profile_2024b", "tsv"), try resource("attribute_types_2024b", "tsv"))
        let (words, uids) = (try resource("words_2024b", "txt"), try resource("uids_2024b", "txt"))
        guard let dictionary = try? DataDictionary.standard() else { throw DeidentificationError(.profileUnavailable) }
        return ShippedTables(
            profile: try ProfileTable(profile), types: try AttributeTypes(types), dictionary: dictionary,
            words: Set(words.split(separator: "\n").map(String.init)),
            uids: Set(uids.split(separator: "\n").map(String.init)),
            digest: Digest.sha256(Array((profile + types + words + uids).utf8)).hex)
    }

    private static func resource(_ name: String, _ ending: String) throws(DeidentificationError) -> String {
        guard let url = Bundle.module.url(forResource: name, withExtension: ending, subdirectory: "Tables"),
            let data = try? Data(contentsOf: url), let text = String(data: data, encoding: .utf8)
        else { throw DeidentificationError(.profileUnavailable) }
        return text
    }
}

/// The tables of the standard that every profile rests on.
struct ShippedTables: Sendable {
    let profile: ProfileTable
    let types: AttributeTypes
    let dictionary: DataDictionary
    /// What free text may say, in lower case.
    let words: Set<String>
    /// Registered UIDs.
    let uids: Set<String>
    /// SHA-256 of these tables.
    let digest: String
}
