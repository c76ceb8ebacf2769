/// What the file meta information of a file says that is no composite instance.
public enum MediaStorage {
    /// Media Storage Directory Storage (PS3.10 §8): a DICOMDIR, an index of other files.
    public static let directory = UID(constant: "1.2.840.10008.1.3.10")

    /// Media Storage SOP Class UID (0002,0002) of a file, of which some of the first bytes are enough; nil where it
    /// cannot be read.
    public static func sopClass(of prefix: [UInt8]) -> UID? {
        guard let dictionary = try? DataDictionary.standard(),
            let (fileMeta, _) = try? AcceptedFile.fileMeta(prefix, .default, dictionary)
        else { return nil }
        return fileMeta.uid(.mediaStorageSOPClassUID)
    }
}
