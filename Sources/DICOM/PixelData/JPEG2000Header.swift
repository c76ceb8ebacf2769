/// The main header of a JPEG 2000 codestream (ISO 15444-1 Annex A): what the codec will believe, to be compared with the
/// data set and with limits before the codec sees the stream.
struct JPEG2000Header: Equatable {
    var rows = 0
    var columns = 0
    /// Bits of a sample; all components have the same.
    var precision = 0
    var isSigned = false
    var components = 0
    var tiles = 0
    var layers = 0
    /// Wavelet decompositions of a tile.
    var levels = 0
    /// Whether three components were transformed to luminance and colour (§G): the codec turns them back.
    var hasColourTransform = false
    /// Packets that the stream must have (§B.10), at least.
    var packets = 0

    /// Nil unless the header is whole, within what the standard allows, with components that are all alike and not
    /// subsampled.
    init?(_ stream: [UInt8]) {
        var reader = BigEndianReader(stream[...])
        guard reader.uint16() == 0xFF4F else { return nil }
        var tile: (width: Int, height: Int)?
        while let marker = reader.uint16() {
            if marker == 0xFF90 { break }
            guard marker >= 0xFF50, let length = reader.uint16(), length >= 2, var body = reader.slice(length - 2)
            else { return nil }
            switch marker {
            case 0xFF51:
                guard tile == nil, let size = readSize(&body) else { return nil }
                tile = size
            case 0xFF52:
                guard let tile, layers == 0, readCoding(&body, tile: tile) else { return nil }
            default: break
            }
        }
        guard tile != nil, layers > 0 else { return nil }
    }

    /// SIZ (§A.5.1): the size of a tile.
    private mutating func readSize(_ body: inout BigEndianReader) -> (width: Int, height: Int)? {
        guard body.uint16() != nil, let right = body.uint32(), let bottom = body.uint32(), let left = body.uint32(),
            let top = body.uint32(), let width = body.uint32(), let height = body.uint32(),
            let tileLeft = body.uint32(), let tileTop = body.uint32(), let count = body.uint16(),
            left < right, top < bottom, width > 0, height > 0, tileLeft <= left, tileTop <= top,
            tileLeft + width > left, tileTop + height > top, (1...16_384).contains(count)
        else { return nil }
        (columns, rows, components) = (right - left, bottom - top, count)
        tiles = Self.ceiling(right - tileLeft, width) * Self.ceiling(bottom - tileTop, height)
        for component in 0..<count {
            guard let depth = body.uint8(), body.uint8() == 1, body.uint8() == 1 else { return nil }
            let (bits, sign) = (depth & 0x7F + 1, depth & 0x80 != 0)
            guard component == 0 || (bits, sign) == (precision, isSigned) else { return nil }
            (precision, isSigned) = (bits, sign)
        }
        return (min(width, columns), min(height, rows))
    }

    /// COD (§A.6.1).
    private mutating func readCoding(_ body: inout BigEndianReader, tile: (width: Int, height: Int)) -> Bool {
        guard let style = body.uint8(), body.uint8() != nil, let layers = body.uint16(), layers > 0,
            let transform = body.uint8(), let levels = body.uint8(), levels <= 32, body.slice(4) != nil
        else { return false }
        (self.layers, self.levels) = (layers, levels)
        hasColourTransform = transform & 1 == 1 && components >= 3
        var inTile = 0
        for resolution in 0...levels {
            var (horizontal, vertical) = (15, 15)
            if style & 1 == 1 {
                guard let exponents = body.uint8() else { return false }
                (horizontal, vertical) = (exponents & 0xF, exponents >> 4)
            }
            // What does not lie on the grid has more precincts: this is the least.
            let shrink = levels - resolution
            inTile +=
                Self.ceiling(tile.width >> shrink, 1 << horizontal)
                * Self.ceiling(tile.height >> shrink, 1 << vertical)
        }
        // Of the tiles, those that no edge can cut.
        let whole = max(columns / tile.width - 1, 1) * max(rows / tile.height - 1, 1)
        let product = inTile.multipliedReportingOverflow(by: whole * components)
        let all = product.partialValue.multipliedReportingOverflow(by: layers)
        packets = product.overflow || all.overflow ? .max : all.partialValue
        return true
    }

    private static func ceiling(_ value: Int, _ divisor: Int) -> Int { (value + divisor - 1) / divisor }
}

/// Reads big-endian numbers, never beyond the end.
struct BigEndianReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var count: Int { rest.count }

    mutating func uint8() -> Int? { number(1) }
    mutating func uint16() -> Int? { number(2) }
    mutating func uint32() -> Int? { number(4) }

    mutating func slice(_ length: Int) -> BigEndianReader? {
        guard length >= 0, length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return BigEndianReader(rest.prefix(length))
    }

    /// What was not read yet.
    var remaining: ArraySlice<UInt8> { rest }

    private mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        defer { rest = rest.dropFirst(width) }
        return rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
    }
}
