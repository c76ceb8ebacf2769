/// Pixel Data (7FE0,0010) that was not read yet, or in a deflated file could not but be read.
public struct StoredPixelData: Sendable {
    private enum Place: Sendable {
        case file(PixelDataLayout.Content)
        case memory([UInt8])
    }

    private let place: Place

    init(_ layout: PixelDataLayout) { place = .file(layout.content) }

    init(inflated bytes: [UInt8]) { place = .memory(bytes) }

    /// Whether it comes as fragments (PS3.5 §A.4).
    public var isEncapsulated: Bool {
        if case .file(.fragments) = place { return true }
        return false
    }

    /// Bytes of native pixel data, or of all fragments.
    public var byteCount: Int {
        switch place {
        case .file(.native(_, let length, _)): length
        case .file(.fragments(_, let fragments)): fragments.reduce(0) { $0 + $1.length }
        case .memory(let bytes): bytes.count
        }
    }

    /// A part of native pixel data, in little endian, by its place in the value. Throws `pixelDataTooShort` where there
    /// are no such bytes, and what the file throws.
    public func bytes(_ range: Range<Int>, from file: inout some RandomAccessBytes) throws(DICOMError) -> [UInt8] {
        guard !isEncapsulated, range.lowerBound >= 0, range.upperBound <= byteCount else {
            throw DICOMError(.pixelDataTooShort, tag: .pixelData)
        }
        switch place {
        case .memory(let bytes): return Array(bytes[range])
        case .file(.native(let offset, _, 1)): return try file.bytes(at: offset + range.lowerBound, count: range.count)
        case .file(.native(let offset, let length, let width)):
            // Whole words, of which the first and the last may reach over the part asked for.
            let start = range.lowerBound / width * width
            let end = min((range.upperBound + width - 1) / width * width, length)
            let words = ValueDecoder.swapped(try file.bytes(at: offset + start, count: end - start), width, true)
            return Array(words[(range.lowerBound - start)..<(range.upperBound - start)])
        case .file(.fragments): throw DICOMError(.pixelDataTooShort, tag: .pixelData)
        }
    }

    /// The value of the Basic Offset Table, which may be empty; empty for native pixels.
    public var basicOffsets: [UInt8] {
        if case .file(.fragments(let offsets, _)) = place { return offsets }
        return []
    }

    /// How many fragments there are behind the Basic Offset Table.
    public var fragmentCount: Int {
        if case .file(.fragments(_, let fragments)) = place { return fragments.count }
        return 0
    }

    /// Bytes of one fragment, without reading it; 0 where there is none.
    public func fragmentLength(_ index: Int) -> Int {
        guard case .file(.fragments(_, let fragments)) = place, fragments.indices.contains(index) else { return 0 }
        return fragments[index].length
    }

    /// One fragment. Throws `pixelDataTooShort` where there is none, and what the file throws.
    public func fragment(_ index: Int, from file: inout some RandomAccessBytes) throws(DICOMError) -> [UInt8] {
        guard case .file(.fragments(_, let fragments)) = place, fragments.indices.contains(index) else {
            throw DICOMError(.pixelDataTooShort, tag: .pixelData)
        }
        return try file.bytes(at: fragments[index].offset, count: fragments[index].length)
    }
}

extension StoredPixelData: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted pixel data of \(byteCount) bytes>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
