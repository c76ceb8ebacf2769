internal import DICOM
internal import JSON
internal import Synchronization

/// The folder for what was left out: copies under numbers, with mode 0600, and a list of where they come from and why.
/// It holds what identifies, and is nothing to give away.
final class Quarantine: Sendable {
    private let folder: String
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var count = 0
        var lines: [JSONValue] = []
    }

    /// Throws `file.notWritten` or `file.diskFull`.
    init(_ folder: String) throws(LeftOut) {
        self.folder = folder
        try OutputFolder.make(folder)
        state = Mutex(State())
    }

    /// Copies one file, as far as it can be read, and notes it.
    func add(_ path: InputPath, code: String) {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        let name = "\(String(repeating: "0", count: max(6 - String(number).count, 0)))\(number)"
        let isCopied = (try? copy(path, as: name)) != nil
        var line: JSONObject = ["file": .string(path.description), "code": .string(code)]
        if isCopied { line["copy"] = .string(name) }
        state.withLock { [line] in $0.lines.append(.object(line)) }
    }

    private func copy(_ path: InputPath, as name: String) throws(LeftOut) {
        let file = try OpenedFile(path, digests: false)
        let new = try NewFile(in: folder)
        var start = 0
        while start < file.count {
            let count = min(file.count - start, 1 << 20)
            try new.write(try LeftOut.dicom { () throws(DICOMError) in try file.bytes(at: start, count: count) })
            start += count
        }
        try new.commit(as: name)
    }

    /// Writes the list. Throws `file.exists` where there is one, and as `init`.
    func finish() throws(LeftOut) {
        let lines = state.withLock { $0.lines }
        let new = try NewFile(in: folder)
        try new.write(JSONValue.array(lines).serialized(.pretty) + [0x0A])
        try new.commit(as: "list.json")
    }
}
