/// Where a text stands, which decides what counts as a hit there.
struct TextPlace {
    /// Of the element; the letters of the VR, empty where the file does not say.
    var vr = ""
    var tag: UInt32 = 0
    /// What surrounds the text.
    var bytes = Bytes.text
    /// The value is a certificate of de-identification.
    var isCertificate = false

    /// Bytes in which a text stands.
    enum Bytes: Equatable {
        case text
        /// Base64 or hexadecimal digits in a text, each run read in several ways.
        case encoded
        /// A value that is no text, or structure of a codestream, of so many bytes.
        case binary(size: Int)
        /// The entropy-coded part of a codestream.
        case stream
    }

    /// Numbers that were measured, times and ages: digits stand there by chance.
    var isNumber: Bool { ["DS", "IS", "TM", "AS"].contains(vr) }
    var isDate: Bool { vr == "DA" || vr == "DT" }

    /// Values that the standard, a coding scheme or this program words.
    var isCoded: Bool {
        vr == "CS" || Self.coded.contains(tag)
    }

    private static let coded: Set<UInt32> = [
        0x0002_0013, 0x0008_0070, 0x0008_0100, 0x0008_0102, 0x0008_0104, 0x0008_1090, 0x0012_0063,
    ]

    /// Versions are often days: only known days count in them.
    var isVersion: Bool { [0x0018_1020, 0x0008_0103, 0x0002_0013, 0x0008_0106, 0x0008_0107].contains(tag) }

    /// Whether values here are compared with `isOwnMark`, one by one.
    var mayBeOwnMark: Bool { [0x0008_0100, 0x0010_2201, 0x0012_0063, 0x0018_1020].contains(tag) }

    /// What every de-identified object holds: codes of PS3.16 CID 7050 and of the purpose of reference, the edition of
    /// PS3.15, this program's version, the two words that are left of a species.
    func isOwnMark(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= 24 else { return false }
        let text = String(decoding: value, as: UTF8.self).trimmed
        switch tag {
        case 0x0008_0100: return text == "109104" || text.utf8.count == 6 && Self.options.contains(text)
        case 0x0012_0063:
            let edition = text.utf8.dropFirst(7).prefix(5)
            return text.hasPrefix("PS3.15 ") && text.hasSuffix(" Annex E") && text.utf8.count == 20
                && edition.starts(with: "20".utf8)
        case 0x0010_2201: return text == "HUMAN" || text == "NOT HUMAN"
        case 0x0018_1020:
            let version = text.utf8.dropFirst(16)
            return text.hasPrefix("imaging-gateway ") && (1...3).contains(version.count)
                && version.allSatisfy { (0x30...0x39).contains($0) }
        default: return false
        }
    }

    private static let options = Set((113_100...113_112).map { String($0) })
}
