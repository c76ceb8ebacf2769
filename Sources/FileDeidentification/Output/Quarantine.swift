internal import DICOM
internal import Glibc
internal import JSON
internal import Synchronization

/// The folder for what was left out: copies under numbers, with mode 0600, and a list of where they come from and why.
/// It holds what identifies, and is nothing to give away.
///
/// Runs may share one: numbers go on behind those that are there, and each run has a list of its own, `list.json`,
/// `list-2.json` and so on.
final class Quarantine: Sendable {
    private let folder: String
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var last: Int
        var lines: [JSONValue] = []
    }

    /// Throws `file.notWritten` or `file.diskFull` where nothing can be written there.
    init(_ folder: String) throws(LeftOut) {
        self.folder = folder
        try OutputFolder.make(folder)
        // A run of hours would end without its list.
        _ = try NewFile(in: folder)
        state = Mutex(State(last: Self.lastNumber(in: folder)))
    }

    /// Copies one file, as far as it can be read, and notes it.
    func add(_ path: InputPath, _ reason: LeftOut) {
        var line: JSONObject = ["file": .string(path.description), "code": .string(reason.code)]
        if let place = reason.place { line["place"] = .string(place) }
        do throws(LeftOut) {
            line["copy"] = .string(try copy(path))
        } catch {
            line["notCopied"] = .string(error.code)
        }
        state.withLock { [line] in $0.lines.append(.object(line)) }
    }

    /// Answers the name of the copy.
    private func copy(_ path: InputPath) throws(LeftOut) -> String {
        let file = try OpenedFile(path, digests: false)
        let new = try NewFile(in: folder)
        var start = 0
        while start < file.count {
            let count = min(file.count - start, 1 << 20)
            try new.write(try LeftOut.dicom { () throws(DICOMError) in try file.bytes(at: start, count: count) })
            start += count
        }
        // Another run may have been quicker.
        for _ in 0..<1_000 {
            let number = state.withLock { state in
                state.last += 1
                return state.last
            }
            let name = "\(String(repeating: "0", count: max(6 - String(number).count, 0)))\(number)"
            do throws(LeftOut) {
                try new.commit(as: name)
                return name
            } catch {
                guard error.code == "file.exists" else { throw error }
            }
        }
        throw LeftOut("file.exists")
    }

    /// Writes the list of this run, once; none where nothing was left out. Throws as `init`.
    func finish() throws(LeftOut) {
        let lines = state.withLock { state in
            defer { state.lines = [] }
            return state.lines
        }
        guard !lines.isEmpty else { return }
        let new = try NewFile(in: folder)
        try new.write(JSONValue.array(lines).serialized(.pretty) + [0x0A])
        var number = 1
        while true {
            do throws(LeftOut) {
                return try new.commit(as: number == 1 ? "list.json" : "list-\(number).json")
            } catch {
                guard error.code == "file.exists", number < 100_000 else { throw error }
                number += 1
            }
        }
    }

    /// The highest number that a copy there has; names that no run gives are none.
    private static func lastNumber(in folder: String) -> Int {
        guard let stream = unsafe opendir(folder) else { return 0 }
        defer { unsafe closedir(stream) }
        var last = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            guard (6...12).contains(name.count), let number = Int(String(decoding: name, as: UTF8.self)) else {
                continue
            }
            last = max(last, number)
        }
        return last
    }
}
