internal import Glibc

/// A stream put together from parts of another one and from new bytes; copied once, at the end, and not at all where
/// everything stays.
struct StreamPieces {
    private enum Piece {
        case part(Range<Int>)
        case new([UInt8])
    }

    private let source: [UInt8]
    private var pieces: [Piece] = []

    init(_ source: [UInt8]) { self.source = source }

    /// Keeps a part of the source.
    mutating func keep(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if case .part(let last)? = pieces.last, last.upperBound == range.lowerBound {
            pieces[pieces.count - 1] = .part(last.lowerBound..<range.upperBound)
        } else {
            pieces.append(.part(range))
        }
    }

    /// Adds bytes that are not in the source.
    mutating func add(_ bytes: [UInt8]) { pieces.append(.new(bytes)) }

    /// The stream, with a zero behind it where its length is odd (PS3.5 §A.4).
    func joined() -> [UInt8] {
        if pieces.count == 1, case .part(let all)? = pieces.first, all == source.indices, all.count % 2 == 0 {
            return source
        }
        var result: [UInt8] = []
        result.reserveCapacity(source.count + 2)
        for piece in pieces {
            switch piece {
            case .part(let range): result += source[range]
            case .new(let bytes): result += bytes
            }
        }
        if result.count % 2 == 1 { result.append(0) }
        return result
    }
}

extension [UInt8] {
    /// The number of two bytes at an offset, most significant first; nil beyond the end.
    func uint16(at offset: Int) -> Int? {
        guard offset >= 0, offset + 2 <= count else { return nil }
        return Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    /// The number of four bytes at an offset, most significant first; nil beyond the end.
    func uint32(at offset: Int) -> Int? {
        guard let high = uint16(at: offset), let low = uint16(at: offset + 2) else { return nil }
        return high << 16 | low
    }

    /// Where the next FF stands, from `start` on; the end where there is none.
    func nextMarkerByte(from start: Int) -> Int {
        guard start < count else { return count }
        // Safe: the pointer stays within the closure, and the search within the array.
        return unsafe withUnsafeBytes { raw in
            guard let base = raw.baseAddress,
                let found = unsafe memchr(base + start, 0xFF, raw.count - start)
            else { return raw.count }
            return unsafe UnsafeRawPointer(found) - base
        }
    }
}
