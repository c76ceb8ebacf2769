/// How the bytes of a character set are turned into text and back.
enum CharacterCoding {
    case utf8
    case singleByte(SingleByteTable)
    case multiByte(MultiByteCode)
    /// Escape sequences between the parts of this code.
    case japanese(MultiByteCode)
}

extension MessageCharacterSet {
    /// nil where this machine's C library lacks the conversion: such a set is refused as unsupported, never guessed.
    var coding: CharacterCoding? {
        switch self {
        case .utf8: .utf8
        case .ascii: .singleByte(.ascii)
        case .latin1: .singleByte(.latin1)
        case .latin2: SingleByteTable.latin2.map { .singleByte($0) }
        case .latin3: SingleByteTable.latin3.map { .singleByte($0) }
        case .latin4: SingleByteTable.latin4.map { .singleByte($0) }
        case .cyrillic: SingleByteTable.cyrillic.map { .singleByte($0) }
        case .arabic: SingleByteTable.arabic.map { .singleByte($0) }
        case .greek: SingleByteTable.greek.map { .singleByte($0) }
        case .hebrew: SingleByteTable.hebrew.map { .singleByte($0) }
        case .latin5: SingleByteTable.latin5.map { .singleByte($0) }
        case .latin6: SingleByteTable.latin6.map { .singleByte($0) }
        case .thai: SingleByteTable.thai.map { .singleByte($0) }
        case .latin7: SingleByteTable.latin7.map { .singleByte($0) }
        case .latin8: SingleByteTable.latin8.map { .singleByte($0) }
        case .latin9: SingleByteTable.latin9.map { .singleByte($0) }
        case .windows1252: SingleByteTable.windows1252.map { .singleByte($0) }
        case .iso2022JP: MultiByteCode.eucJP.map { .japanese($0) }
        case .gb18030: MultiByteCode.gb18030.map { .multiByte($0) }
        case .big5: MultiByteCode.big5.map { .multiByte($0) }
        case .ksX1001: MultiByteCode.korean.map { .multiByte($0) }
        case .cns11643: MultiByteCode.eucTW.map { .multiByte($0) }
        }
    }
}

/// Each is made when it is first needed and kept.
extension SingleByteTable {
    fileprivate static let latin2 = SingleByteTable(iconv: "ISO-8859-2")
    fileprivate static let latin3 = SingleByteTable(iconv: "ISO-8859-3")
    fileprivate static let latin4 = SingleByteTable(iconv: "ISO-8859-4")
    fileprivate static let cyrillic = SingleByteTable(iconv: "ISO-8859-5")
    fileprivate static let arabic = SingleByteTable(iconv: "ISO-8859-6")
    fileprivate static let greek = SingleByteTable(iconv: "ISO-8859-7")
    fileprivate static let hebrew = SingleByteTable(iconv: "ISO-8859-8")
    fileprivate static let latin5 = SingleByteTable(iconv: "ISO-8859-9")
    fileprivate static let latin6 = SingleByteTable(iconv: "ISO-8859-10")
    fileprivate static let thai = SingleByteTable(iconv: "ISO-8859-11")
    fileprivate static let latin7 = SingleByteTable(iconv: "ISO-8859-13")
    fileprivate static let latin8 = SingleByteTable(iconv: "ISO-8859-14")
    fileprivate static let latin9 = SingleByteTable(iconv: "ISO-8859-15")
    fileprivate static let windows1252 = SingleByteTable(iconv: "CP1252")
}
