/// The frame header of a JPEG (ISO 10918-1 §B.2.2) or JPEG-LS (ISO 14495-1) stream: what the codec will believe, to be
/// compared with the data set before the codec sees the stream.
struct JPEGFrameHeader: Equatable {
    /// SOF0…SOF15, or SOF55 of JPEG-LS.
    let marker: UInt8
    let precision: Int
    let rows: Int
    let columns: Int
    let components: Int

    /// Nil if the stream has no frame header before its first scan.
    init?(_ stream: [UInt8]) {
        guard stream.count > 4, stream[0] == 0xFF, stream[1] == 0xD8 else { return nil }
        var position = 2
        while position + 4 <= stream.count {
            guard stream[position] == 0xFF else { return nil }
            let marker = stream[position + 1]
            // Fill bytes (§B.1.1.2).
            guard marker != 0xFF else {
                position += 1
                continue
            }
            let length = Int(stream[position + 2]) << 8 | Int(stream[position + 3])
            if Self.isFrame(marker) {
                guard length >= 8, position + 10 <= stream.count else { return nil }
                self.marker = marker
                precision = Int(stream[position + 4])
                rows = Int(stream[position + 5]) << 8 | Int(stream[position + 6])
                columns = Int(stream[position + 7]) << 8 | Int(stream[position + 8])
                components = Int(stream[position + 9])
                return
            }
            guard marker >= 0xC0, marker != 0xDA, marker != 0xD9, length >= 2 else { return nil }
            position += 2 + length
        }
        return nil
    }

    /// Whether a stream of this kind may stand under a transfer syntax (PS3.5 §8.2.1, §8.2.3). Progressive streams may
    /// not: their scans can be very many.
    func belongs(to syntax: TransferSyntax) -> Bool {
        switch syntax {
        case .jpegBaseline, .jpegExtended: marker == 0xC0 || marker == 0xC1
        case .jpegLossless, .jpegLosslessSV1: marker == 0xC3
        case .jpegLSLossless, .jpegLSNearLossless: marker == 0xF7
        default: false
        }
    }

    private static func isFrame(_ marker: UInt8) -> Bool {
        switch marker {
        case 0xC4, 0xC8, 0xCC: false
        case 0xC0...0xCF, 0xF7: true
        default: false
        }
    }
}
