import DICOM

/// Small DICOM files with all that PS3.5 allows, and often a little more: encodings, nesting, undefined lengths, private
/// blocks, text in several character sets, pixel data. Every second one is damaged. Written for speed: it runs
/// unoptimised.
struct FileGenerator {
    private static let names: [UInt32: String] = [
        0x0008_0008: "CS", 0x0008_0020: "DA", 0x0008_002A: "DT", 0x0008_0030: "TM", 0x0008_0050: "SH",
        0x0008_0060: "CS", 0x0008_1030: "LO", 0x0008_1155: "UI", 0x0010_0010: "PN", 0x0010_0020: "LO",
        0x0010_1010: "AS", 0x0010_21B0: "LT", 0x0018_0050: "DS", 0x0018_1152: "IS", 0x0018_9087: "FD",
        0x0020_0032: "DS", 0x0028_0009: "AT", 0x0028_0010: "US", 0x0028_0106: "SS", 0x0040_A160: "UT",
        0x0008_1190: "UR", 0x0040_A132: "UL", 0x0018_6020: "SL", 0x0070_0022: "FL", 0x0066_0016: "OF",
        0x0070_150E: "FD", 0x0008_0119: "UC", 0x0070_150D: "OD", 0x0066_0040: "OL", 0x0028_3006: "OW",
        0x0042_0011: "OB", 0x0072_0082: "SV", 0x0072_0083: "UV", 0x0072_0081: "OV", 0x0008_1115: "SQ",
        0x0008_1140: "SQ", 0x0040_A730: "SQ", 0x0054_0220: "SQ", 0x0011_0010: "LO", 0x0011_1001: "UN",
        0x0011_1002: "LO", 0x0011_1003: "SQ", 0x0009_0001: "UN", 0x6000_3000: "OW", 0x5000_3000: "OB",
        0x0008_0000: "UL", 0xFFFC_FFFC: "OB", 0x0008_9FFF: "UN", 0x7FE1_1001: "OB",
    ]
    private static let tags = names.keys.sorted()
    private static let syntaxes = [
        "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2",
        "1.2.840.10008.1.2.4.50",
    ]
    private static let texts: [[UInt8]] = [
        [], Array("A".utf8), Array("Name^Given=X".utf8), Array("1.2.840.10008.5".utf8), Array("20240229".utf8),
        Array("1.5\\-2\\ 7".utf8), [0xC3, 0xA4], [0xE4, 0x20], [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x1B, 0x28, 0x42],
        [0x41, 0, 0], Array("  x  ".utf8), [0x5C, 0x5C], [0xFF, 0xFE, 0x00, 0xE0], [0x1B, 0x2D, 0x41, 0xC4],
    ]
    private static let characterSets = [
        "ISO_IR 100", "ISO_IR 192", "\\ISO 2022 IR 87", "ISO_IR 144", "GB18030", "\\ISO 2022 IR 149", "nonsense",
    ]

    private var random: SeededGenerator
    private var mutation: FileMutation
    private var isExplicit = true
    private var isBig = false

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        mutation = FileMutation(seed: seed ^ 0x5DEE_CE66)
    }

    private mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 33) % max(count, 1) }

    mutating func next() -> [UInt8] {
        let syntax = Self.syntaxes[below(Self.syntaxes.count)]
        (isExplicit, isBig) = (syntax != Self.syntaxes[0], syntax == Self.syntaxes[3])
        var body: [UInt8] = []
        if below(3) == 0 {
            append(Tag(0x0008_0005), "CS", Array(Self.characterSets[below(Self.characterSets.count)].utf8), to: &body)
        }
        append(.sopClassUID, "UI", Array("1.2.840.10008.5.1.4.1.1.1".utf8), to: &body)
        append(.sopInstanceUID, "UI", Array("1.2.3.4".utf8), to: &body)
        appendElements(above: 0x0008_0018, depth: 0, to: &body)
        if below(3) == 0 { appendPixels(isEncapsulated: syntax == Self.syntaxes[4], to: &body) }
        let file = Build.file(body, syntax: syntax)
        return below(2) == 0 ? file : mutation.mutate(file)
    }

    private mutating func appendElements(above first: UInt32, depth: Int, to body: inout [UInt8]) {
        var place = below(Self.tags.count)
        for _ in 0..<below(depth == 0 ? 8 : 4) {
            guard place < Self.tags.count else { return }
            let tag = Self.tags[place]
            place += 1 + below(6)
            guard tag > first else { continue }
            let vr = Self.names[tag] ?? "UN"
            if vr == "SQ" {
                appendSequence(Tag(tag), depth: depth, to: &body)
            } else {
                append(Tag(tag), below(12) == 0 ? "UN" : vr, value(vr), to: &body)
            }
        }
    }

    private mutating func value(_ vr: String) -> [UInt8] {
        switch vr {
        case "US", "SS", "UL", "SL", "FL", "FD", "AT", "SV", "UV", "OW", "OF", "OD", "OL", "OV", "OB", "UN":
            return (0..<(8 * below(4))).map { _ in UInt8(truncatingIfNeeded: below(256)) }
        default: return Self.texts[below(Self.texts.count)]
        }
    }

    private mutating func appendSequence(_ tag: Tag, depth: Int, to body: inout [UInt8]) {
        // One in forty goes down to the limit and beyond it.
        let isDeep = depth > 0 ? below(3) > 0 : below(40) == 0
        var items: [UInt8] = []
        let isDelimited = below(2) == 0
        let wasExplicit = isExplicit
        let asUnknown = isExplicit && !isBig && below(8) == 0
        if asUnknown { isExplicit = false }
        for _ in 0..<(1 + below(2)) {
            var item: [UInt8] = []
            appendElements(above: 0, depth: depth + 1, to: &item)
            if isDeep, depth < 20 { appendSequence(Tag(0x6001_1003), depth: depth + 1, to: &item) }
            let delimited = below(2) == 0
            appendTag(0xFFFE_E000, to: &items)
            append32(delimited ? .max : UInt32(item.count), to: &items)
            items += item
            if delimited {
                appendTag(0xFFFE_E00D, to: &items)
                append32(0, to: &items)
            }
        }
        if isDelimited || asUnknown {
            appendTag(0xFFFE_E0DD, to: &items)
            append32(0, to: &items)
        }
        isExplicit = wasExplicit
        appendTag(tag.rawValue, to: &body)
        if isExplicit { body += Array((asUnknown ? "UN" : "SQ").utf8) + [0, 0] }
        append32(isDelimited || asUnknown ? .max : UInt32(items.count), to: &body)
        body += items
    }

    private mutating func appendPixels(isEncapsulated: Bool, to body: inout [UInt8]) {
        guard isEncapsulated else { return append(.pixelData, "OW", value("OW"), to: &body) }
        body += Build.undefinedLength(.pixelData, "OB")
        for _ in 0...below(3) {
            let fragment = value("OB")
            body += Build.tag(Tag(0xFFFE, 0xE000)) + Build.uint32(UInt32(fragment.count)) + fragment
        }
        body += Build.sequenceEnd
    }

    private mutating func append(_ tag: Tag, _ vr: String, _ bytes: [UInt8], to body: inout [UInt8]) {
        let padded = bytes.count % 2 == 1 && below(20) != 0 ? bytes + [vr == "UI" ? 0 : 0x20] : bytes
        appendTag(tag.rawValue, to: &body)
        guard isExplicit else {
            append32(UInt32(padded.count), to: &body)
            body += padded
            return
        }
        body += Array(vr.utf8)
        if ["OB", "OD", "OF", "OL", "OV", "OW", "SV", "UC", "UN", "UR", "UT", "UV"].contains(vr) {
            body += [0, 0]
            append32(UInt32(padded.count), to: &body)
        } else {
            append16(UInt16(padded.count), to: &body)
        }
        body += padded
    }

    private func appendTag(_ tag: UInt32, to body: inout [UInt8]) {
        append16(UInt16(tag >> 16), to: &body)
        append16(UInt16(tag & 0xFFFF), to: &body)
    }

    private func append16(_ value: UInt16, to body: inout [UInt8]) {
        let (low, high) = (UInt8(value & 0xFF), UInt8(value >> 8))
        body += isBig ? [high, low] : [low, high]
    }

    private func append32(_ value: UInt32, to body: inout [UInt8]) {
        let (low, high) = (UInt16(value & 0xFFFF), UInt16(value >> 16))
        append16(isBig ? high : low, to: &body)
        append16(isBig ? low : high, to: &body)
    }
}

extension Tag {
    init(_ value: UInt32) { self.init(UInt16(value >> 16), UInt16(value & 0xFFFF)) }
}
