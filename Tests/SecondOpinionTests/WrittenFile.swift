/// A small writer of DICOM files that has nothing in common with the program's.
struct WrittenFile {
    enum Syntax: String, CaseIterable {
        case implicit = "1.2.840.10008.1.2"
        case explicit = "1.2.840.10008.1.2.1"
        case bigEndian = "1.2.840.10008.1.2.2"
        case jpeg = "1.2.840.10008.1.2.4.50"

        var isExplicit: Bool { self != .implicit }
    }

    indirect enum Value {
        case bytes([UInt8])
        case items([[Element]], undefined: Bool)
        case fragments([[UInt8]])
    }

    struct Element {
        let tag: UInt32
        let vr: String
        let value: Value

        init(_ tag: UInt32, _ vr: String, _ text: String) { self.init(tag, vr, Array(text.utf8)) }
        init(_ tag: UInt32, _ vr: String, _ bytes: [UInt8]) {
            (self.tag, self.vr) = (tag, vr)
            let pad: UInt8 = vr == "UI" || vr.hasPrefix("O") || vr == "UN" ? 0 : 0x20
            value = .bytes(bytes.count % 2 == 0 ? bytes : bytes + [pad])
        }
        init(_ tag: UInt32, items: [[Element]], undefined: Bool = false) {
            (self.tag, vr, value) = (tag, "SQ", .items(items, undefined: undefined))
        }
        init(fragments: [[UInt8]]) { (tag, vr, value) = (0x7FE0_0010, "OB", .fragments(fragments)) }
    }

    var syntax = Syntax.explicit
    var preamble = [UInt8](repeating: 0, count: 128)
    var meta: [Element] = []
    var elements: [Element] = []
    var trailing: [UInt8] = []

    var bytes: [UInt8] {
        var result = preamble + Array("DICM".utf8)
        let head = [
            Element(0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.1"), Element(0x0002_0003, "UI", "2.25.1"),
            Element(0x0002_0010, "UI", syntax.rawValue),
        ]
        for element in (head + meta).sorted(by: { $0.tag < $1.tag }) { result += Self.write(element, .explicit) }
        for element in elements.sorted(by: { $0.tag < $1.tag }) { result += Self.write(element, syntax) }
        return result + trailing
    }

    static func write(_ element: Element, _ syntax: Syntax) -> [UInt8] {
        var result = number(Int(element.tag >> 16), 2, syntax) + number(Int(element.tag & 0xFFFF), 2, syntax)
        let content: [UInt8]
        var length: Int?
        switch element.value {
        case .bytes(let bytes):
            content = bytes
            length = bytes.count
        case .items(let items, let undefined):
            var body: [UInt8] = []
            for item in items {
                let inner = item.flatMap { write($0, syntax) }
                body += tag(0xE000, undefined ? nil : inner.count, syntax) + inner
                if undefined { body += tag(0xE00D, 0, syntax) }
            }
            content = undefined ? body + tag(0xE0DD, 0, syntax) : body
            length = undefined ? nil : body.count
        case .fragments(let fragments):
            content =
                tag(0xE000, 0, syntax) + fragments.flatMap { tag(0xE000, $0.count, syntax) + $0 }
                + tag(0xE0DD, 0, syntax)
        }
        if syntax.isExplicit {
            result += Array(element.vr.utf8)
            if ["OB", "OW", "SQ", "UN", "UT", "UC", "UR"].contains(element.vr) {
                result += [0, 0] + number(length ?? 0xFFFF_FFFF, 4, syntax)
            } else {
                result += number(length ?? 0, 2, syntax)
            }
        } else {
            result += number(length ?? 0xFFFF_FFFF, 4, syntax)
        }
        return result + content
    }

    private static func tag(_ element: Int, _ length: Int?, _ syntax: Syntax) -> [UInt8] {
        number(0xFFFE, 2, syntax) + number(element, 2, syntax) + number(length ?? 0xFFFF_FFFF, 4, syntax)
    }

    private static func number(_ value: Int, _ count: Int, _ syntax: Syntax) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return syntax == .bigEndian ? bytes.reversed() : bytes
    }
}

/// Repeatable numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Files as de-identification writes them: nothing of a person, much that looks like it.
enum CleanFile {
    static func make(_ generator: inout SeededGenerator, pixels: Int = 4096) -> WrittenFile {
        var file = WrittenFile()
        file.syntax = WrittenFile.Syntax.allCases.randomElement(using: &generator) ?? .explicit
        file.meta = [
            .init(0x0002_0012, "UI", "2.25.226484137036592438178353406120498234727"),
            .init(0x0002_0013, "SH", "IMAGINGGW 1"),
        ]
        var uid: String { uuid(&generator) }
        file.elements = [
            .init(0x0008_0005, "CS", "ISO_IR 192"), .init(0x0008_0008, "CS", #"ORIGINAL\PRIMARY"#),
            .init(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1"), .init(0x0008_0018, "UI", uid),
            .init(0x0008_0020, "DA", ""), .init(0x0008_0023, "DA", "19000101"),
            .init(0x0008_0030, "TM", "\(Int.random(in: 0...23, using: &generator) + 100)".suffix(2) + "1530.123"),
            .init(0x0008_0060, "CS", "CR"), .init(0x0008_0070, "LO", "Philips Medical Systems"),
            .init(0x0010_0010, "PN", ""), .init(0x0010_0020, "LO", hex(&generator, 26)),
            .init(0x0010_1010, "AS", "047Y"),
            .init(0x0012_0062, "CS", "YES"), .init(0x0012_0063, "LO", #"imaging-gateway 1\PS3.15 2024b Annex E"#),
            .init(
                0x0012_0064,
                items: [
                    [
                        .init(0x0008_0100, "SH", "113100"), .init(0x0008_0102, "SH", "DCM"),
                        .init(0x0008_0104, "LO", "Basic Application Confidentiality Profile"),
                    ]
                ], undefined: Bool.random(using: &generator)),
            .init(0x0018_0015, "CS", "CHEST"), .init(0x0018_1020, "LO", "V2.1_20190312"),
            .init(0x0020_000D, "UI", uid), .init(0x0020_000E, "UI", uid),
            .init(0x0028_0010, "US", [0, 2]), .init(0x0028_1050, "DS", decimal(&generator)),
            .init(0x0028_1051, "DS", decimal(&generator)),
            .init(0x0018_1150, "IS", decimal(&generator).filter { $0 != "." }),
            .init(0x0028_3006, "OW", (0..<512).map { UInt8($0 & 255) }),
            file.syntax == .jpeg
                // Entropy-coded data look like chance, never like a smooth picture.
                ? .init(fragments: [
                    Streams.jpeg(scan: (0..<pixels).map { _ in .random(in: 0...255, using: &generator) })
                ])
                : .init(0x7FE0_0010, "OW", picture(&generator, pixels)),
        ]
        return file
    }

    /// As this program makes UIDs: a UUID of version 8.
    static func uuid(_ generator: inout SeededGenerator) -> String {
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return "2.25.\(UInt128(high) << 64 | UInt128(low))"
    }

    static func hex(_ generator: inout SeededGenerator, _ count: Int) -> String {
        String((0..<count).map { _ in "0123456789abcdef".randomElement(using: &generator) ?? "0" })
    }

    private static func decimal(_ generator: inout SeededGenerator) -> String {
        "\(Int.random(in: 1000...99_999_999, using: &generator))." + "\(Int.random(in: 0...999, using: &generator))"
    }

    /// Even noise, a smooth picture of digits' and letters' grey, or 16-bit samples.
    private static func picture(_ generator: inout SeededGenerator, _ count: Int) -> [UInt8] {
        let kind = Int.random(in: 0...2, using: &generator)
        var level = Int.random(in: 40...120, using: &generator)
        var bits = generator.next()
        return (0..<count).map { index in
            if index % 8 == 0 { bits = generator.next() }
            let byte = Int(bits >> UInt64(index % 8 * 8) & 255)
            switch kind {
            case 0: return UInt8(byte)
            case 1:
                level = min(max(level + byte % 5 - 2, 32), 126)
                return UInt8(level)
            default:
                level = min(max(level + byte % 7 - 3, 32), 126)
                return index % 2 == 0 ? UInt8(level) : 0
            }
        }
    }
}
