/// Walks through the bytes of a DICOM file as they come: preamble, group 0002, data set in any transfer syntax, items of
/// any form. It knows no dictionary; what is no text by its VR is text by its looks. Values are handed on in pieces.
struct FileWalk {
    /// A part of the file and what it is.
    struct Part {
        let range: Range<Int>
        let zone: PatternMatcher.Zone
        var place: TextPlace
        /// As `0040,0275[1].0032,1060`.
        let path: String
        /// Bytes of a text or of a short or suspicious binary value, for the search of words.
        let words: ArraySlice<UInt8>
    }

    enum State {
        case preamble
        case header
        /// A value with this many bytes to come; `isText` by its VR.
        case value(remaining: Int, isText: Bool)
        case deflated
        case lost
    }

    private struct Level {
        let end: Int?
        let isItem: Bool
        let isFragments: Bool
        let path: String
        let isExplicit: Bool
        var items = 0
    }

    /// Bytes of a text value that are looked at together; longer ones come in pieces that overlap.
    static let textPiece = 1 << 16
    static let overlap = 1 << 10

    var state = State.preamble
    var buffer: [UInt8] = []
    /// The bytes of `buffer` before it are done with.
    var head = 0
    /// Position of `head` in the file.
    private(set) var position = 0
    private var levels: [Level] = []
    private var isExplicit = true
    private var isBigEndian = false
    private var isInMeta = true
    var syntax = ""
    private var path = ""
    var place = TextPlace()
    var zone = PatternMatcher.Zone.binary
    var codestream = Codestream()
    /// Nothing of the value was read yet.
    var isFresh = false
    var isOffsetTable = false
    private(set) var elements = 0
    private(set) var problem: SecondOpinionError?

    /// Takes the next bytes; `found` is called for each part as soon as it is known.
    mutating func update(
        _ bytes: ArraySlice<UInt8>, found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) {
        if head > 0 { buffer.removeFirst(head) }
        head = 0
        buffer += bytes
        while try advance(found) {}
    }

    /// After the last byte: what is left is handed on. The deflated data set is answered, if there is one.
    mutating func finish(found: (Part) throws(SecondOpinionError) -> Void) throws(SecondOpinionError) -> [UInt8]? {
        while try advance(found) {}
        switch state {
        case .header where available == 0 && levels.allSatisfy({ $0.end == nil || $0.end == position }): break
        case .deflated: return Array(buffer[head...])
        case .lost: break
        default: fail(.malformedFile)
        }
        if !levels.isEmpty, levels.contains(where: { $0.end != position }) { fail(.malformedFile) }
        try rest(found)
        return nil
    }

    /// Goes on in an inflated data set, which counts from its own beginning.
    mutating func enterInflated() {
        buffer = []
        head = 0
        position = 0
        levels = []
        isInMeta = false
        (isExplicit, isBigEndian) = (true, false)
        state = .header
    }

    var available: Int { buffer.count - head }

    private mutating func fail(_ code: SecondOpinionError.Code) {
        if problem == nil { problem = SecondOpinionError(code, offset: position) }
        state = .lost
        path = "after the data set"
        place = TextPlace(bytes: .binary(size: Self.textPiece))
    }

    private mutating func rest(_ found: (Part) throws(SecondOpinionError) -> Void) throws(SecondOpinionError) {
        guard available > 0 else { return }
        try hand(available, .binary, words: buffer[head...], found)
    }

    /// Hands on the first `count` bytes of the buffer and forgets them.
    mutating func hand(
        _ count: Int, _ zone: PatternMatcher.Zone, words: ArraySlice<UInt8>,
        _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) {
        try found(
            Part(range: position..<(position + count), zone: zone, place: place, path: path, words: words))
        head += count
        position += count
    }

    private mutating func advance(
        _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        switch state {
        case .preamble: return try preamble(found)
        case .header: return try header(found)
        case .value(let remaining, let isText):
            return isText ? try text(remaining, found) : try binary(remaining, found)
        case .deflated: return false
        case .lost:
            guard available >= Self.textPiece else { return false }
            try hand(available, .binary, words: buffer[head...], found)
            return true
        }
    }

    private mutating func preamble(_ found: (Part) throws(SecondOpinionError) -> Void) throws(SecondOpinionError)
        -> Bool
    {
        guard available >= 132 else { return false }
        guard buffer[(head + 128)..<(head + 132)].elementsEqual("DICM".utf8) else {
            fail(.malformedFile)
            return true
        }
        (path, place) = ("preamble", TextPlace(bytes: .binary(size: 128)))
        try hand(132, .binary, words: buffer[head..<(head + 128)], found)
        state = .header
        return true
    }

    // MARK: Headers

    private mutating func header(_ found: (Part) throws(SecondOpinionError) -> Void) throws(SecondOpinionError) -> Bool
    {
        while let end = levels.last?.end, end <= position {
            guard end == position else {
                fail(.malformedFile)
                return true
            }
            levels.removeLast()
        }
        guard available >= 8 else { return false }
        if isInMeta, buffer[head] != 2 || buffer[head + 1] != 0 {
            leaveMeta()
            return true
        }
        let group = number(0, 2)
        let tag = UInt32(group) << 16 | UInt32(number(2, 2))
        if group == 0xFFFE { return try delimiter(tag, found) }
        let explicit = isInMeta || (levels.last?.isExplicit ?? isExplicit)
        var size = 8
        var length = number(4, 4)
        var vr = ""
        if explicit {
            vr = String(decoding: buffer[(head + 4)..<(head + 6)], as: UTF8.self)
            guard buffer[(head + 4)..<(head + 6)].allSatisfy({ (0x41...0x5A).contains($0) }),
                !(levels.last?.isFragments ?? false)
            else {
                fail(.malformedFile)
                return true
            }
            if Self.longVRs.contains(vr) {
                guard available >= 12 else { return false }
                size = 12
                length = number(8, 4)
            } else {
                length = number(6, 2)
            }
        }
        return try begin(tag, vr, size: size, length: length, found)
    }

    private static let longVRs: Set<String> = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ]
    private static let textVRs: Set<String> = [
        "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT",
    ]

    private mutating func leaveMeta() {
        isInMeta = false
        switch syntax {
        case "1.2.840.10008.1.2": isExplicit = false
        case "1.2.840.10008.1.2.2": isBigEndian = true
        case "1.2.840.10008.1.2.1.99":
            state = .deflated
        default: break
        }
    }

    private mutating func begin(
        _ tag: UInt32, _ vr: String, size: Int, length: Int, _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        let isUndefined = length == 0xFFFF_FFFF
        let explicit = isInMeta || (levels.last?.isExplicit ?? isExplicit)
        // An implicit sequence of defined length begins with an item; nobody tells its VR.
        if !explicit || vr == "UN", !isUndefined, length >= 8, available < size + 4 { return false }
        let beginsWithItem = (!explicit || vr == "UN") && length >= 8 && !isUndefined && isItemHeader(at: size)
        elements += 1
        path = (levels.last.map { $0.path.isEmpty ? "" : $0.path + "." } ?? "") + Self.written(tag)
        place = TextPlace(vr: vr, tag: tag)
        zone = tag >> 16 == 0x7FE0 || tag == 0x5400_1010 ? .pixels : Self.textVRs.contains(vr) ? .text : .binary
        if zone == .pixels { codestream = Codestream() }
        try hand(size, .binary, words: [], found)
        if isUndefined || vr == "SQ" || beginsWithItem {
            guard levels.count < 128 else { throw SecondOpinionError(.tooDeep, offset: position) }
            let isFragments = isUndefined && ["OB", "OW"].contains(vr)
            levels.append(
                Level(
                    end: isUndefined ? nil : position + length, isItem: false, isFragments: isFragments, path: path,
                    isExplicit: explicit && vr != "UN"))
            return true
        }
        guard fits(length) else {
            fail(.malformedFile)
            return true
        }
        (isFresh, isOffsetTable) = (true, false)
        state = .value(remaining: length, isText: zone == .text)
        return true
    }

    private func isItemHeader(at start: Int) -> Bool {
        number(start, 2) == 0xFFFE && number(start + 2, 2) == 0xE000
    }

    private func fits(_ length: Int) -> Bool { levels.allSatisfy { $0.end.map { position + length <= $0 } ?? true } }

    private mutating func delimiter(
        _ tag: UInt32, _ found: (Part) throws(SecondOpinionError) -> Void
    ) throws(SecondOpinionError) -> Bool {
        let length = number(4, 4)
        place = TextPlace(bytes: .binary(size: 8))
        guard let last = levels.last else {
            fail(.malformedFile)
            return true
        }
        switch tag & 0xFFFF {
        case 0xE000 where !last.isItem:
            levels[levels.count - 1].items += 1
            path = "\(last.path)[\(last.items + 1)]"
            try hand(8, .binary, words: [], found)
            let isUndefined = length == 0xFFFF_FFFF
            guard isUndefined ? !last.isFragments : fits(length) else {
                fail(.malformedFile)
                return true
            }
            if last.isFragments {
                zone = .pixels
                (isFresh, isOffsetTable) = (true, last.items == 0)
                state = .value(remaining: length, isText: false)
            } else {
                levels.append(
                    Level(
                        end: isUndefined ? nil : position + length, isItem: true, isFragments: false, path: path,
                        isExplicit: last.isExplicit))
            }
        case 0xE00D where last.isItem && last.end == nil && length == 0,
            0xE0DD where !last.isItem && last.end == nil && length == 0:
            try hand(8, .binary, words: [], found)
            levels.removeLast()
        default: fail(.malformedFile)
        }
        return true
    }

    private func number(_ start: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { value, index in
            let byte = Int(buffer[head + start + index])
            return isBigEndian && !isInMeta ? value << 8 | byte : value | byte << (8 * index)
        }
    }

    private static func written(_ tag: UInt32) -> String {
        let digits = String(tag, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: 8 - digits.count) + digits
        return "\(padded.prefix(4)),\(padded.suffix(4))"
    }
}
