/// The frame header of a JPEG (ISO 10918-1 §B.2.2) or JPEG-LS (ISO 14495-1 §C.2.2) stream.
struct JPEGFrame {
    private struct Component {
        let identifier: UInt8
        let horizontal: Int
        let vertical: Int
    }

    /// SOF0…SOF3, or SOF55 of JPEG-LS.
    let marker: UInt8
    let precision: Int
    let lines: Int
    let samplesPerLine: Int
    private let components: [Component]

    /// Nil where it contradicts itself, and without a number of lines: who reads DNL (§B.2.5) may read another picture
    /// than who does not.
    /// - Parameter content: what follows the length, as long as its number of components says.
    init?(_ marker: UInt8, content: [UInt8]) {
        guard let lines = content.uint16(at: 1), let samples = content.uint16(at: 3), lines > 0, samples > 0 else {
            return nil
        }
        self.marker = marker
        precision = Int(content[0])
        (self.lines, samplesPerLine) = (lines, samples)
        components = stride(from: 6, to: content.count - 2, by: 3).map { at in
            Component(
                identifier: content[at], horizontal: Int(content[at + 1] >> 4), vertical: Int(content[at + 1] & 15))
        }
        guard !components.isEmpty, Set(components.map(\.identifier)).count == components.count,
            components.allSatisfy({ (1...4).contains($0.horizontal) && (1...4).contains($0.vertical) })
        else { return nil }
    }

    var samplesPerPixel: Int { components.count }

    func has(_ identifier: UInt8) -> Bool { components.contains { $0.identifier == identifier } }

    /// Minimum coded units (§A.2) of a scan of these components, in which restart intervals are counted; of JPEG-LS
    /// lines.
    func units(of scanned: [UInt8]) -> Int {
        if marker == 0xF7 { return lines }
        let block = marker == 0xC3 ? 1 : 8
        let wide = components.map(\.horizontal).max() ?? 1
        let high = components.map(\.vertical).max() ?? 1
        guard scanned.count == 1, let single = components.first(where: { $0.identifier == scanned[0] }) else {
            return Self.ceiling(samplesPerLine, block * wide) * Self.ceiling(lines, block * high)
        }
        return Self.ceiling(Self.ceiling(samplesPerLine * single.horizontal, wide), block)
            * Self.ceiling(Self.ceiling(lines * single.vertical, high), block)
    }

    private static func ceiling(_ value: Int, _ divisor: Int) -> Int { (value + divisor - 1) / divisor }
}
