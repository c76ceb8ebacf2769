internal import DICOM
internal import Glibc
internal import JSON

/// The folder of the results: `<study>/<series>/<instance>.dcm` by the new UIDs, with a receipt beside each, and
/// `messages/<digest>.hl7` or `.json`. Old names and folders often identify, so none of them is kept.
struct OutputFolder: Sendable {
    let path: String

    /// Where one result and its receipt lie.
    struct Place: Sendable {
        let folder: String
        let name: String
        let ending: String

        var path: String { "\(folder)/\(name).\(ending)" }
        /// A message in JSON would have the name of its receipt.
        var receiptName: String { ending == "dcm" ? "\(name).json" : "\(name).receipt.json" }
        var receipt: String { "\(folder)/\(receiptName)" }
    }

    func place(study: UID, series: UID, instance: UID) -> Place {
        Place(folder: "\(path)/\(study.value)/\(series.value)", name: instance.value, ending: "dcm")
    }

    func place(message code: String, ending: String) -> Place {
        Place(folder: "\(path)/messages", name: code, ending: ending)
    }

    /// Makes a folder and those above it, for its owner alone. Throws `file.notWritten` or `file.diskFull`.
    static func make(_ folder: String) throws(LeftOut) {
        var status = stat()
        if unsafe stat(folder, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw LeftOut("file.notWritten") }
            return
        }
        if let slash = folder.lastIndex(of: "/"), slash > folder.startIndex { try make(String(folder[..<slash])) }
        // Another task may have been quicker.
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw LeftOut(errno == ENOSPC || errno == EDQUOT ? "file.diskFull" : "file.notWritten")
        }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Puts a finished file into its place, and its receipt before it: no file without a receipt. A receipt without a
    /// file, which a run that was killed may have left, is replaced; that of another run is not, because only one program
    /// at a time puts something into a folder.
    static func put(_ file: NewFile, at place: Place, receipt: JSONValue) throws(LeftOut) {
        let note = try NewFile(in: place.folder)
        try note.write(receipt.serialized(.pretty) + [0x0A])
        try note.synchronize()
        try file.synchronize()
        let lock = FolderLock(place.folder)
        defer { withExtendedLifetime(lock) {} }
        guard !exists(place.path) else { throw LeftOut("file.exists") }
        unsafe unlink(place.receipt)
        try note.commit(as: place.receiptName)
        do {
            try file.commit(as: "\(place.name).\(place.ending)")
        } catch {
            unsafe unlink(place.receipt)
            throw error
        }
    }

    /// Takes a result away, then its receipt, and the folders above where they are empty then.
    static func remove(_ place: Place) {
        unsafe unlink(place.path)
        unsafe unlink(place.receipt)
        unsafe rmdir(place.folder)
        if let slash = place.folder.lastIndex(of: "/") { unsafe rmdir(String(place.folder[..<slash])) }
    }
}
