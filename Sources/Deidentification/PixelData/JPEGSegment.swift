/// One marker segment (ISO 10918-1 §B.1.1.4), a scan header with the entropy-coded data behind it.
struct JPEGSegment {
    let marker: UInt8
    /// From the marker's first byte on.
    let range: Range<Int>
    /// What follows the length.
    let content: Range<Int>

    /// What becomes of a segment.
    enum Fate { case kept, dropped, unknown }

    func fate(in stream: [UInt8]) -> Fate {
        let bytes = stream[content]
        return switch marker {
        case 0xE0: bytes.count == 14 && bytes.starts(with: Array("JFIF\0".utf8)) ? .kept : .dropped
        case 0xEE: bytes.count == 12 && bytes.starts(with: Array("Adobe".utf8)) ? .kept : .dropped
        case 0xE8: bytes.count == 5 && bytes.starts(with: Array("mrfx".utf8)) ? .kept : .dropped
        case 0xE1...0xEF, 0xFE: .dropped
        default: isExact(Array(bytes)) ? .kept : .unknown
        }
    }

    /// Whether a segment is exactly as long as what it says. Arithmetic coding and hierarchical frames are in no transfer
    /// syntax of DICOM.
    private func isExact(_ bytes: [UInt8]) -> Bool {
        switch marker {
        // Huffman and quantisation tables: `JPEGTables` reads them.
        case 0xC4, 0xDB: !bytes.isEmpty
        // Frame headers (§B.2.2, ISO 14495-1 §C.2.2)
        case 0xC0...0xC3, 0xF7: bytes.count >= 6 && bytes.count == 6 + 3 * Int(bytes[5])
        // Scan header, restart interval, number of lines
        case 0xDA: bytes.count >= 4 && bytes.count == 4 + 2 * Int(bytes[0])
        case 0xDD, 0xDC: bytes.count == 2
        // Thresholds of JPEG-LS (ISO 14495-1 §C.2.4.1.1); DICOM has no use for its palettes.
        case 0xF8: bytes.count == 11 && bytes[0] == 1 && Self.areThresholds(bytes)
        default: false
        }
    }

    /// MAXVAL, T1, T2, T3 and RESET as ISO 14495-1 §C.2.4.1.1 limits them, 0 for a default: ten bytes that are no numbers
    /// could be a name. `JPEGTables` compares MAXVAL with the frame.
    private static func areThresholds(_ bytes: [UInt8]) -> Bool {
        let numbers = stride(from: 1, to: 11, by: 2).compactMap { bytes.uint16(at: $0) }
        let most = numbers[0] == 0 ? 65_535 : numbers[0]
        let thresholds = numbers[1...3].filter { $0 != 0 }
        return zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 <= $1 } && thresholds.allSatisfy { $0 <= most }
            && (numbers[4] == 0 || (3...max(255, most)).contains(numbers[4]))
    }
}
