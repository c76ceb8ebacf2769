internal import DICOM
internal import Foundation

extension DeidentificationProfile {
    /// The profile shipped with this module. Throws `profileUnavailable` where the installation lacks its table or the
    /// data dictionary; nothing is de-identified without them.
    public static func basicRetainPatientCharacteristics() throws(DeidentificationError) -> DeidentificationProfile {
        try shipped.get()
    }

    private static let shipped = load()

    private static func load() -> Result<DeidentificationProfile, DeidentificationError> {
        guard let url = Bundle.module.url(forResource: "profile_2024b", withExtension: "tsv", subdirectory: "Tables"),
            let data = try? Data(contentsOf: url), let table = String(data: data, encoding: .utf8),
            let dictionary = try? DataDictionary.standard()
        else { return .failure(DeidentificationError(.profileUnavailable)) }
        return Result { () throws(DeidentificationError) in
            try DeidentificationProfile(table: table, dictionary: dictionary)
        }
    }
}
