/// Whether the segments of a stream make one picture and nothing besides (ISO 10918-1 §B.2, ISO 14495-1 §C.2): one frame
/// header, before all scans; each component in one scan, each bit of a progressive coefficient too; no restart marker
/// that the restart interval does not ask for; no interval and no thresholds that no scan uses. What a decoder reads
/// over, or replaces by what comes later, could hold another picture or a text.
struct JPEGOrder {
    private var frame: JPEGFrame?
    /// DRI (§B.2.4.4); 0: no restarts.
    private var interval = 0
    private var thresholds: [Int] = []
    /// DRI and LSE that no scan used yet.
    private var unused: Set<UInt8> = []
    private var scanned: Set<UInt8> = []
    /// Of a progressive frame's components: how many low bits each coefficient still lacks.
    private var missing: [UInt8: [Int: UInt8]] = [:]

    /// Reads the segments that stay, in their order; false where one has no place there.
    mutating func read(_ segment: JPEGSegment, in stream: [UInt8]) -> Bool {
        let content = Array(stream[segment.content])
        switch segment.marker {
        case 0xC0...0xC3, 0xF7:
            guard frame == nil, let header = JPEGFrame(segment.marker, content: content) else { return false }
            frame = header
            return true
        case 0xDD:
            interval = content.uint16(at: 0) ?? 0
            return unused.insert(segment.marker).inserted
        case 0xF8:
            thresholds = stride(from: 1, to: 11, by: 2).map { content.uint16(at: $0) ?? 0 }
            return unused.insert(segment.marker).inserted
        case 0xDA: return scan(content, restarts: segment.restarts)
        default: return true
        }
    }

    /// Whether nothing is left over behind the last scan.
    var isComplete: Bool { frame != nil && unused.isEmpty }

    private mutating func scan(_ header: [UInt8], restarts: Int) -> Bool {
        let identifiers = stride(from: 1, to: header.count - 3, by: 2).map { header[$0] }
        guard let frame, (1...4).contains(identifiers.count), Set(identifiers).count == identifiers.count,
            identifiers.allSatisfy(frame.has), areThresholdsPossible(frame)
        else { return false }
        unused = []
        if frame.marker == 0xC2 {
            guard identifiers.allSatisfy({ refine($0, header.suffix(3)) }) else { return false }
        } else {
            guard scanned.isDisjoint(with: identifiers) else { return false }
            scanned.formUnion(identifiers)
        }
        return restarts == 0 || interval > 0 && restarts <= (frame.units(of: identifiers) - 1) / interval
    }

    /// Spectral selection and successive approximation (§G.1.1.1): a coefficient comes once, then a bit at a time.
    private mutating func refine(_ identifier: UInt8, _ selection: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(selection)
        let (high, low) = (bytes[2] >> 4, bytes[2] & 0x0F)
        guard bytes[0] <= bytes[1], bytes[1] < 64, high == 0 || low + 1 == high else { return false }
        for coefficient in Int(bytes[0])...Int(bytes[1]) {
            guard missing[identifier]?[coefficient] == (high == 0 ? nil : high) else { return false }
            missing[identifier, default: [:]][coefficient] = low
        }
        return true
    }

    /// MAXVAL, T1, T2, T3 and RESET (ISO 14495-1 §C.2.4.1.1); 0 means the default.
    private func areThresholdsPossible(_ frame: JPEGFrame) -> Bool {
        guard thresholds.count == 5 else { return true }
        let most = thresholds[0] == 0 ? 1 << min(frame.precision, 16) - 1 : thresholds[0]
        let steps = thresholds[1...3].filter { $0 > 0 }
        return most < 1 << min(frame.precision, 16) && steps == steps.sorted() && steps.allSatisfy { $0 <= most }
            && (thresholds[4] == 0 || (3...max(255, most)).contains(thresholds[4]))
    }
}
