/// Which quantisation and Huffman tables of a stream its scans use (ISO 10918-1 §B.2.4): another one could hold anything.
struct JPEGTables {
    private enum Destination: Hashable {
        case quantization(UInt8)
        case dc(UInt8)
        case ac(UInt8)
    }

    private struct Definition {
        let range: Range<Int>
        var isUsed = false
    }

    private var definitions: [Definition] = []
    /// The definition that holds now, by where it was put.
    private var current: [Destination: Int] = [:]
    private var frameMarker: UInt8 = 0
    /// Quantisation table of each component of the frame.
    private var components: [UInt8: UInt8] = [:]

    /// Reads the segments in their order; false where one contradicts itself.
    mutating func read(_ segment: JPEGSegment, in stream: [UInt8]) -> Bool {
        switch segment.marker {
        case 0xDB:
            return define(segment.content, stream) { first, _ in
                (.quantization(first & 0x0F), first >> 4 == 0 ? 65 : 129)
            }
        case 0xC4:
            return define(segment.content, stream) { first, rest in
                guard rest.count >= 17 else { return nil }
                let codes = rest.dropFirst().prefix(16).reduce(0) { $0 + Int($1) }
                return (first >> 4 == 0 ? .dc(first & 0x0F) : .ac(first & 0x0F), 17 + codes)
            }
        case 0xC0...0xC3, 0xF7:
            let bytes = Array(stream[segment.content])
            frameMarker = segment.marker
            components = [:]
            for at in stride(from: 6, to: bytes.count, by: 3) { components[bytes[at]] = bytes[at + 2] }
            return true
        case 0xDA: return scan(Array(stream[segment.content]))
        default: return true
        }
    }

    /// The used definitions of a segment that defines tables; nil for any other segment.
    func used(in segment: JPEGSegment) -> [Range<Int>]? {
        guard segment.marker == 0xDB || segment.marker == 0xC4 else { return nil }
        return definitions.filter { $0.isUsed && segment.content.contains($0.range.lowerBound) }.map(\.range)
    }

    private mutating func define(
        _ content: Range<Int>, _ stream: [UInt8],
        _ table: (_ first: UInt8, _ rest: ArraySlice<UInt8>) -> (Destination, length: Int)?
    ) -> Bool {
        var position = content.lowerBound
        while position < content.upperBound {
            let rest = stream[position..<content.upperBound]
            guard let (destination, length) = table(stream[position], rest), length <= rest.count else { return false }
            current[destination] = definitions.count
            definitions.append(Definition(range: position..<(position + length)))
            position += length
        }
        return true
    }

    /// Marks what a scan uses (§B.2.3): by the frame's process both tables, or one of them, or none.
    private mutating func scan(_ header: [UInt8]) -> Bool {
        let start = header[header.count - 3]
        for at in stride(from: 1, to: header.count - 3, by: 2) {
            guard let quantization = components[header[at]] else { return false }
            let (dc, ac) = (Destination.dc(header[at + 1] >> 4), Destination.ac(header[at + 1] & 0x0F))
            switch frameMarker {
            case 0xC0, 0xC1: use(.quantization(quantization), dc, ac)
            case 0xC2: use(.quantization(quantization), start == 0 ? dc : ac)
            case 0xC3: use(dc)
            default: break
            }
        }
        return true
    }

    private mutating func use(_ destinations: Destination...) {
        for destination in destinations {
            if let index = current[destination] { definitions[index].isUsed = true }
        }
    }
}
