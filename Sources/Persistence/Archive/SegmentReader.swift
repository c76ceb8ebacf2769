import Sealing
import Workflow

/// Reads a segment from its beginning, in memory that does not grow with it.
struct SegmentReader {
    let header: SegmentHeader
    private let leaves: FileLines
    private var bodies: SegmentBodies?
    private(set) var next: Int64

    /// - Parameter key: the segment's key; without it only leaves are read.
    /// - Throws: `segmentChanged` for a file that is no segment of this place in the log.
    init(_ path: String, of indexes: Range<Int64>, name: String, key: DataKey?) throws {
        leaves = FileLines(try OpenFile(reading: path))
        guard let line = try leaves.next(limit: SegmentHeader.lengthLimit), let header = SegmentHeader(line: line),
            header.start == indexes.lowerBound, header.past == indexes.upperBound
        else { throw StoreFailure.segmentChanged }
        self.header = header
        next = header.start
        guard let key else { return }
        let file = try OpenFile(reading: path)
        try file.skip(to: line.count + 1 + header.length)
        bodies = SegmentBodies(file, key: key, name: name)
    }

    /// The next leaf; nil at the end. Without a key its body is empty.
    /// - Throws: `segmentChanged`.
    mutating func nextLeaf() throws -> LeafRow? {
        guard next < header.past else { return nil }
        guard let leaf = try leaves.next(limit: 1 << 24) else { throw StoreFailure.segmentChanged }
        defer { next += 1 }
        guard let body = try bodies?.next() else {
            return LeafRow(index: next, leaf: leaf, dataKey: 0, body: [], subjects: [])
        }
        return LeafRow(
            index: next, leaf: leaf, dataKey: body.dataKey, body: body.body, subjects: body.subjects)
    }
}

/// The bodies of a segment in order.
private struct SegmentBodies {
    private let file: OpenFileReference
    private var stream: SealedStreamReader
    private var plain: ArraySlice<UInt8> = []
    private var isAtEnd = false

    init(_ file: consuming OpenFile, key: DataKey, name: String) {
        self.file = OpenFileReference(file)
        stream = SealedStreamReader(key: key, fileID: name)
    }

    mutating func next() throws -> SegmentBody {
        while true {
            if let body = SegmentBody(taking: &plain) { return body }
            guard !isAtEnd else { throw StoreFailure.segmentChanged }
            let piece = try file.read(262_144)
            do {
                isAtEnd = piece.isEmpty
                plain = ArraySlice(Array(plain) + (isAtEnd ? try stream.finish() : try stream.read(piece)))
            } catch {
                throw StoreFailure.segmentChanged
            }
        }
    }
}

/// A file read line by line.
final class FileLines {
    private let file: OpenFileReference
    private var buffer: ArraySlice<UInt8> = []

    init(_ file: consuming OpenFile) { self.file = OpenFileReference(file) }

    /// The next line without its line feed; nil at the end of the file, also behind a line that does not end.
    func next(limit: Int) throws -> [UInt8]? {
        var searched = buffer.startIndex
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0a) {
                defer { buffer = buffer[(end + 1)...] }
                return Array(buffer[..<end])
            }
            guard buffer.count <= limit else { throw StoreFailure.segmentChanged }
            let piece = try file.read(262_144)
            if piece.isEmpty { return nil }
            let known = buffer.count
            buffer = ArraySlice(Array(buffer) + piece)
            searched = buffer.startIndex + known
        }
    }
}

/// A file descriptor for readers that are values.
final class OpenFileReference {
    private let file: OpenFile

    init(_ file: consuming OpenFile) { self.file = file }

    func read(_ count: Int) throws(AdapterError) -> [UInt8] { try file.read(count) }
}
