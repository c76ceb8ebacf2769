/// Where the value of Pixel Data lies in a file.
struct PixelDataLayout: Sendable {
    /// One fragment (PS3.5 §A.4): its bytes without the item's header.
    struct Fragment: Sendable, Hashable {
        let offset: Int
        let length: Int
    }

    enum Content: Sendable {
        case native(offset: Int, length: Int, swappedWidth: Int)
        /// The Basic Offset Table's value, and the fragments behind it.
        case fragments(basicOffsets: [UInt8], [Fragment])
    }

    let content: Content
    /// The first byte behind Pixel Data.
    let end: Int

    /// Walks the items of encapsulated Pixel Data, of which only the headers are read. Throws `lengthBeyondEnd`,
    /// `truncated`, `unexpectedDelimiter`, `tooManyElements`, and `unsupportedTransferSyntax` for a compressed syntax
    /// whose Pixel Data is no sequence of items.
    init(
        _ header: PixelDataHeader, _ syntax: TransferSyntax, in file: inout some RandomAccessBytes, limits: DICOMLimits
    )
        throws(DICOMError)
    {
        if let length = header.length {
            guard !syntax.isEncapsulated else { throw DICOMError(.unsupportedTransferSyntax, tag: .pixelData) }
            guard length <= file.count - header.valueOffset else {
                throw DICOMError(.lengthBeyondEnd, tag: .pixelData, offset: header.valueOffset)
            }
            content = .native(offset: header.valueOffset, length: length, swappedWidth: header.swappedWidth)
            end = header.valueOffset + length
            return
        }
        var fragments: [Fragment] = []
        var position = header.valueOffset
        while let fragment = try Self.item(at: position, in: &file) {
            guard fragments.count < limits.elements else { throw DICOMError(.tooManyElements, offset: position) }
            fragments.append(fragment)
            position = fragment.offset + fragment.length
        }
        let offsets = fragments.first
        let table = try offsets.map { item throws(DICOMError) in try file.bytes(at: item.offset, count: item.length) }
        content = .fragments(basicOffsets: table ?? [], Array(fragments.dropFirst()))
        end = position + 8
    }

    /// The item at a position; nil for the delimiter that ends the sequence.
    private static func item(at position: Int, in file: inout some RandomAccessBytes) throws(DICOMError) -> Fragment? {
        guard file.count - position >= 8 else { throw DICOMError(.truncated, offset: position) }
        var source = ByteSource(try file.bytes(at: position, count: 8))
        let header = try ElementHeader(reading: &source, .explicitLittle)
        switch (header.tag, header.length) {
        case (ElementHeader.item, let length?):
            guard length <= file.count - position - 8 else {
                throw DICOMError(.lengthBeyondEnd, tag: header.tag, offset: position)
            }
            return Fragment(offset: position + 8, length: length)
        case (ElementHeader.sequenceDelimitation, 0): return nil
        default: throw DICOMError(.unexpectedDelimiter, tag: header.tag, offset: position)
        }
    }
}
