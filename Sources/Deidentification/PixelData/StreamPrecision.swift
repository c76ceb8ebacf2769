/// How many bits of each sample a compressed stream has, as it says itself.
enum StreamPrecision {
    /// Sample precision of all frame headers before the first scan (ISO 10918-1 §B.2.2, ISO 14495-1 §C.2.2), the
    /// greatest; nil without one.
    static func ofJPEG(_ stream: [UInt8]) -> Int? {
        var precision: Int?
        var position = 2
        while position + 4 < stream.count, stream[position] == 0xFF, let length = stream.uint16(at: position + 2) {
            switch stream[position + 1] {
            case 0xC0...0xC3, 0xF7: precision = max(precision ?? 0, Int(stream[position + 4]))
            case 0xDA: return precision
            default: break
            }
            position += 2 + length
        }
        return precision
    }

    /// Ssiz of a codestream (ISO 15444-1 §A.5.1), the greatest of all components.
    static func ofJPEG2000(_ stream: [UInt8]) -> Int? {
        guard stream.starts(with: [0xFF, 0x4F, 0xFF, 0x51]), let components = stream.uint16(at: 40),
            42 + 3 * components <= stream.count
        else { return nil }
        return (0..<components).map { Int(stream[42 + 3 * $0] & 0x7F) + 1 }.max()
    }
}

extension StreamKind {
    /// Bits of each sample that a cleaned stream has; nil where it does not say so.
    func precision(of stream: [UInt8], _ layout: PixelLayout) -> Int? {
        switch self {
        case .jpeg: StreamPrecision.ofJPEG(stream)
        case .jpeg2000: StreamPrecision.ofJPEG2000(stream)
        case .runLength: layout.bitsAllocated
        }
    }
}
