/// One marker segment (ISO 10918-1 §B.1.1.4), a scan header with the entropy-coded data behind it.
struct JPEGSegment {
    let marker: UInt8
    /// From the marker's first byte on.
    let range: Range<Int>
    /// What follows the length.
    let content: Range<Int>
    /// Restart markers in the data of a scan.
    var restarts = 0

    /// What becomes of a segment.
    enum Fate { case kept, rewritten([UInt8]), dropped, unknown }

    func fate(in stream: [UInt8]) -> Fate {
        let bytes = Array(stream[content])
        return switch marker {
        case 0xE0, 0xE8, 0xEE: colours(bytes)
        case 0xE1...0xEF, 0xFE: .dropped
        default: isExact(bytes) ? .kept : .unknown
        }
    }

    /// What says how colours are decoded, and of that nothing else: JFIF (which says YCbCr, in every version and
    /// density), the transform of Adobe's segment and of JPEG-LS.
    private func colours(_ bytes: [UInt8]) -> Fate {
        switch marker {
        case 0xE0:
            let name = Array("JFIF\0".utf8)
            guard bytes.count == 14, bytes.starts(with: name) else { return .dropped }
            return .rewritten(name + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        case 0xEE:
            let name = Array("Adobe".utf8)
            guard bytes.count == 12, bytes.starts(with: name) else { return .dropped }
            return bytes[11] <= 2 ? .rewritten(name + [0, 100, 0, 0, 0, 0, bytes[11]]) : .unknown
        default:
            return bytes.count == 5 && bytes.starts(with: Array("mrfx".utf8)) ? .rewritten(bytes) : .dropped
        }
    }

    /// Whether a segment is exactly as long as what it says. Arithmetic coding and hierarchical frames are in no transfer
    /// syntax of DICOM; a number of lines that comes behind the picture (DNL) is not believed.
    private func isExact(_ bytes: [UInt8]) -> Bool {
        switch marker {
        // Huffman and quantisation tables: `JPEGTables` reads them.
        case 0xC4, 0xDB: !bytes.isEmpty
        // Frame headers (§B.2.2, ISO 14495-1 §C.2.2)
        case 0xC0...0xC3, 0xF7: bytes.count >= 6 && bytes.count == 6 + 3 * Int(bytes[5])
        // Scan header, restart interval
        case 0xDA: bytes.count >= 4 && bytes.count == 4 + 2 * Int(bytes[0])
        case 0xDD: bytes.count == 2
        // Thresholds of JPEG-LS (ISO 14495-1 §C.2.4.1.1); DICOM has no use for its palettes and larger sizes;
        // `JPEGOrder` judges the numbers.
        case 0xF8: bytes.count == 11 && bytes[0] == 1
        default: false
        }
    }
}
