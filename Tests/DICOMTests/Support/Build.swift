import DICOM

/// `Testing` has a `Tag` of its own.
typealias Tag = DICOM.Tag

/// Files written by hand, so that the reader is not tested against our own writer alone.
enum Build {
    static func explicit(_ tag: Tag, _ vr: String, _ value: [UInt8]) -> [UInt8] {
        let long = ["OB", "OW", "SQ", "UN", "UT", "UC", "UR"].contains(vr)
        return self.tag(tag) + Array(vr.utf8)
            + (long ? [0, 0] + uint32(UInt32(value.count)) : uint16(UInt16(value.count))) + value
    }

    static func implicit(_ tag: Tag, _ value: [UInt8]) -> [UInt8] {
        self.tag(tag) + uint32(UInt32(value.count)) + value
    }

    static func text(_ tag: Tag, _ vr: String, _ value: String) -> [UInt8] {
        let bytes = Array(value.utf8)
        return explicit(tag, vr, bytes.count % 2 == 0 ? bytes : bytes + [vr == "UI" ? 0 : 0x20])
    }

    static func undefinedLength(_ tag: Tag, _ vr: String) -> [UInt8] {
        self.tag(tag) + Array(vr.utf8) + [0, 0] + uint32(.max)
    }

    static let item = tag(Tag(0xFFFE, 0xE000)) + uint32(.max)
    static let itemEnd = tag(Tag(0xFFFE, 0xE00D)) + uint32(0)
    static let sequenceEnd = tag(Tag(0xFFFE, 0xE0DD)) + uint32(0)

    static func file(_ dataSet: [UInt8], syntax: String = "1.2.840.10008.1.2.1") -> [UInt8] {
        [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + text(.transferSyntaxUID, "UI", syntax) + dataSet
    }

    static let sopInstance = text(.sopInstanceUID, "UI", "1.2.3.4")

    static func tag(_ tag: Tag) -> [UInt8] { uint16(tag.group) + uint16(tag.element) }
    static func uint16(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
    static func uint32(_ value: UInt32) -> [UInt8] { uint16(UInt16(value & 0xFFFF)) + uint16(UInt16(value >> 16)) }
}

/// SplitMix64: mutations that a printed seed repeats.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
