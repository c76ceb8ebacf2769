internal import Synchronization

/// Random pseudonyms and the sealed file that knows whose they are. Unlike a keyed hash they are not derived from what
/// they stand for (45 CFR 164.514(c)): without the file nobody can lead them back, not even with every key.
///
/// Ask one value of this type from many threads; a second program is refused. It prints nothing that it knows.
public final class Crosswalk: PseudonymSource, CustomStringConvertible, CustomReflectable {
    private struct State: ~Copyable {
        var entries: CrosswalkEntries
        var blocks: Int
        var file: CrosswalkFile
    }

    /// Bytes behind the last whole block, which were cut off on opening: what a crash leaves of a block that nobody
    /// relied on yet. A file that somebody shortened looks the same, so whoever opens it should say so.
    public let unfinishedBytes: Int
    private let cipher: AuthenticatedCipher
    private let name: [UInt8]
    private let state: Mutex<State>

    /// Opens a crosswalk, or makes one.
    /// - Parameters:
    ///   - path: the file; made with mode 0600 where there is none. Its name should tell nothing of a patient.
    ///   - keys: the key file whose pseudonym key seals it. That key never rotates.
    /// - Throws: `crosswalkBusy` while another has it open, `notAuthentic` for another key or an altered file,
    ///   `malformed` for another kind of file, `crosswalkUnreadable`, `crosswalkUnwritable`.
    public convenience init(path: String, keys: KeyRing) throws(SealingError) {
        if !CrosswalkFile.exists(path: path) {
            let cipher = AuthenticatedCipher(keys.crosswalkSecret)
            try CrosswalkFile.make(
                path: path, CrosswalkFormat.start(name: randomBytes(CrosswalkFormat.nameLength), cipher))
        }
        try self.init(path: path, keys: keys, isWritable: true)
    }

    /// Opens a crosswalk for leading pseudonyms back. New ones are never noted: `commit` throws then.
    /// - Throws: as above; `crosswalkUnreadable` where there is no file.
    public convenience init(reading path: String, keys: KeyRing) throws(SealingError) {
        try self.init(path: path, keys: keys, isWritable: false)
    }

    private init(path: String, keys: KeyRing, isWritable: Bool) throws(SealingError) {
        cipher = AuthenticatedCipher(keys.crosswalkSecret)
        var file = try CrosswalkFile(path: path, isWritable: isWritable)
        let contents = try CrosswalkFormat.read(file.contents(), cipher)
        unfinishedBytes = file.end - contents.end
        try file.cut(to: contents.end)
        name = contents.name
        state = Mutex(State(entries: contents.entries, blocks: contents.blocks, file: file))
    }

    /// Names the file, not the key.
    public var keyID: String { Hex.encode(name.prefix(8)) }

    public func uid(for uid: String) -> String {
        state.withLock { $0.entries.uid(for: uid, randomness: randomBytes) }
    }

    public func patientID(issuer: String, patientID: String) -> String {
        entry(issuer, patientID).pseudonym
    }

    public func dayShift(issuer: String, patientID: String) -> Int { entry(issuer, patientID).dayShift }

    private func entry(_ issuer: String, _ patientID: String) -> CrosswalkEntries.PatientEntry {
        state.withLock { $0.entries.patient(issuer: issuer, patientID: patientID, randomness: randomBytes) }
    }

    /// Writes what is new as one block and waits for the disk.
    /// - Throws: `crosswalkUnwritable`; what is new is kept for the next try.
    public func commit() throws(SealingError) {
        try state.withLock { state throws(SealingError) in
            guard !state.entries.pending.isEmpty else { return }
            let block = try CrosswalkFormat.block(state.entries.pending, number: state.blocks, name: name, cipher)
            try state.file.append(block)
            state.blocks += 1
            state.entries.settle()
        }
    }

    /// The UID for which a pseudonym stands.
    public func originalUID(_ pseudonym: String) -> String? {
        state.withLock { $0.entries.originalUID(pseudonym) }
    }

    /// The patient for whom a pseudonym stands, and by how many days the dates were moved.
    public func patient(_ pseudonym: String) -> CrosswalkPatient? {
        state.withLock { $0.entries.original(pseudonym) }.map {
            CrosswalkPatient(issuer: $0.patient.issuer, patientID: $0.patient.patientID, dayShift: $0.dayShift)
        }
    }

    /// Always `Crosswalk`.
    public var description: String { "Crosswalk" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A patient as a crosswalk knows one. It prints nothing.
public struct CrosswalkPatient: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// Issuer of Patient ID (0010,0021), or nothing.
    public let issuer: String
    /// Patient ID (0010,0020).
    public let patientID: String
    /// −1 … −365.
    public let dayShift: Int

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
