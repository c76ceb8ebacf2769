internal import Foundation

extension DataDictionary {
    /// The dictionary shipped with this module. Throws `dictionaryUnavailable` where the installation lacks it; nothing
    /// is read or de-identified without it.
    public static func standard() throws(DICOMError) -> DataDictionary { try shipped.get() }

    private static let shipped = load()

    private static func load() -> Result<DataDictionary, DICOMError> {
        guard let url = Bundle.module.url(forResource: "dictionary", withExtension: "tsv", subdirectory: "Dictionary"),
            let data = try? Data(contentsOf: url), let table = String(data: data, encoding: .utf8)
        else { return .failure(DICOMError(.dictionaryUnavailable)) }
        return Result { () throws(DICOMError) in try DataDictionary(table: table) }
    }
}
