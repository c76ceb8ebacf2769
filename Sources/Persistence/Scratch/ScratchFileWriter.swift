import Sealing
import Workflow

/// The writing end of a scratch file. It seals what it is given and keeps at most one chunk in memory.
actor ScratchFileWriter: ScratchWriter {
    private let file: OpenFile
    private var stream: SealedStreamWriter?

    init(path: String, id: ScratchFileID, keys: KeyRing) throws(AdapterError) {
        let key = DataKey.random()
        do {
            file = try OpenFile(creating: path)
            try file.write(try ScratchHeader.bytes(for: key, keys: keys))
        } catch {
            throw AdapterError(store: error)
        }
        stream = SealedStreamWriter(key: key, fileID: id.value)
    }

    func append(_ bytes: ArraySlice<UInt8>) async throws(AdapterError) {
        do {
            guard let sealed = try stream?.write(bytes) else { throw StoreFailure.file }
            if !sealed.isEmpty { try file.write(sealed) }
        } catch {
            throw AdapterError(store: error)
        }
    }

    /// Writes the last chunk; nothing can be appended afterwards.
    func finish() throws(AdapterError) {
        do {
            guard let sealed = try stream.take()?.finish() else { throw StoreFailure.file }
            try file.write(sealed)
        } catch {
            throw AdapterError(store: error)
        }
    }
}

/// The beginning of a scratch file: format version, data key id, master key id and wrapped key, each preceded by its
/// length.
enum ScratchHeader {
    private static let version: UInt8 = 1

    static func bytes(for key: DataKey, keys: KeyRing) throws -> [UInt8] {
        let wrapped = try keys.wrap(key)
        return [version]
            + [wrapped.dataKeyID.bytes, Array(wrapped.masterID.utf8), wrapped.bytes].flatMap { [UInt8($0.count)] + $0 }
    }

    /// The key, and the bytes behind the header.
    static func read(_ bytes: [UInt8], keys: KeyRing) throws -> (DataKey, ArraySlice<UInt8>) {
        guard bytes.first == version else { throw StoreFailure.damaged }
        var rest = bytes.dropFirst()
        var fields: [[UInt8]] = []
        for _ in 0..<3 {
            guard let length = rest.popFirst(), rest.count >= Int(length) else { throw StoreFailure.damaged }
            fields.append(Array(rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length))
        }
        let wrapped = WrappedKey(
            dataKeyID: try DataKeyID(bytes: fields[0]), masterID: String(decoding: fields[1], as: UTF8.self),
            bytes: fields[2])
        return (try keys.unwrap(wrapped), rest)
    }
}
