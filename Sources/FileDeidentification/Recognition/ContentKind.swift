internal import DICOM

/// What a file is, by its first bytes and never by its name.
enum ContentKind: Hashable, Sendable {
    /// PS3.10: a preamble and `DICM`.
    case dicom
    /// HL7 v2, ER7 encoding: MSH, or a batch (FHS, BHS), behind a byte order mark, a start block or line ends.
    case hl7
    /// A FHIR resource in JSON, or one on each line.
    case fhirJSON
    /// None of them.
    case other

    /// How many bytes are enough to tell.
    static let prefixLength = 4_096

    /// - Parameter prefix: the first `prefixLength` bytes, or all of a smaller file.
    init(_ prefix: [UInt8]) {
        if prefix.count >= 132, prefix[128..<132].elementsEqual("DICM".utf8) {
            self = .dicom
            return
        }
        var text = prefix[...]
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        text = text.drop { $0 == 0x0B || $0 == 0x0D || $0 == 0x0A || $0 == 0x20 || $0 == 0x09 }
        if ["MSH", "FHS", "BHS"].contains(where: { text.starts(with: $0.utf8) }), text.count > 8,
            !Self.isName(text[text.startIndex + 3])
        {
            self = .hl7
        } else if text.first == UInt8(ascii: "{"), Self.holds("\"resourceType\"", text) {
            self = .fhirJSON
        } else {
            self = .other
        }
    }

    /// A letter or digit cannot separate fields.
    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0..<0x20:
            true
        default: false
        }
    }

    private static func holds(_ word: String, _ text: ArraySlice<UInt8>) -> Bool {
        let word = Array(word.utf8)
        guard text.count >= word.count else { return false }
        return (text.startIndex...(text.endIndex - word.count)).contains {
            text[$0..<($0 + word.count)].elementsEqual(word)
        }
    }
}
