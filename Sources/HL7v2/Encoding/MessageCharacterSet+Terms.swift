extension MessageCharacterSet {
    /// The set that a term of MSH-18, or one of its usual misspellings, names.
    ///
    /// - Throws: `characterSetUnframeable` for UTF-16 and UTF-32, else `characterSetUnsupported`.
    public init(term: String) throws(HL7v2Error) {
        if let set = MessageCharacterSet(rawValue: term) {
            self = set
            return
        }
        let letters = String(term.uppercased().filter { !" -_/.:".contains($0) })
        guard let set = Self.aliases[letters] ?? Self.iso8859(letters) else {
            let isWide = ["UTF16", "UTF32", "UCS2", "UCS4"].contains { letters.contains($0) }
            let code: HL7v2Error.Code = isWide ? .characterSetUnframeable : .characterSetUnsupported
            throw HL7v2Error(code, at: ErrorLocation(segment: "MSH", field: 18))
        }
        self = set
    }

    /// `8859/2`, `ISO 8859-2`, `ISO88592`; the part's number decides.
    private static func iso8859(_ letters: String) -> MessageCharacterSet? {
        var rest = letters[...]
        if rest.hasPrefix("ISO") { rest = rest.dropFirst(3) }
        guard rest.hasPrefix("8859") else { return nil }
        return MessageCharacterSet(rawValue: "8859/" + rest.dropFirst(4))
    }

    /// Upper case, without blanks, hyphens and the like. The terms of DICOM (PS3.3 C.12.1.1.2) are among them, because
    /// radiology systems write them here too.
    private static let aliases: [String: MessageCharacterSet] = [
        "ASCII": .ascii, "USASCII": .ascii, "ISOIR6": .ascii, "ISO646": .ascii, "ISO646US": .ascii,
        "ISO2022IR6": .ascii, "ANSIX341968": .ascii,
        "LATIN1": .latin1, "ISOLATIN1": .latin1, "ISOIR100": .latin1, "ISO2022IR100": .latin1,
        "LATIN2": .latin2, "ISOLATIN2": .latin2, "ISOIR101": .latin2, "ISO2022IR101": .latin2,
        "LATIN3": .latin3, "ISOIR109": .latin3, "ISO2022IR109": .latin3,
        "LATIN4": .latin4, "ISOIR110": .latin4, "ISO2022IR110": .latin4,
        "CYRILLIC": .cyrillic, "ISOIR144": .cyrillic, "ISO2022IR144": .cyrillic,
        "ARABIC": .arabic, "ISOIR127": .arabic, "ISO2022IR127": .arabic,
        "GREEK": .greek, "ISOIR126": .greek, "ISO2022IR126": .greek,
        "HEBREW": .hebrew, "ISOIR138": .hebrew, "ISO2022IR138": .hebrew,
        "LATIN5": .latin5, "ISOIR148": .latin5, "ISO2022IR148": .latin5,
        "THAI": .thai, "TIS620": .thai, "TIS6202533": .thai, "ISOIR166": .thai, "ISO2022IR166": .thai,
        "LATIN9": .latin9, "ISOIR203": .latin9, "ISO2022IR203": .latin9,
        "WINDOWS1252": .windows1252, "CP1252": .windows1252, "ANSI": .windows1252, "WIN1252": .windows1252,
        "UNICODEUTF8": .utf8, "UTF8": .utf8, "UNICODE": .utf8, "ISOIR192": .utf8,
        "ISOIR13": .iso2022JP, "ISO2022IR13": .iso2022JP, "ISOIR14": .iso2022JP, "ISO2022IR14": .iso2022JP,
        "ISOIR87": .iso2022JP, "ISO2022IR87": .iso2022JP, "ISOIR159": .iso2022JP, "ISO2022IR159": .iso2022JP,
        "ISO2022JP": .iso2022JP, "ISO2022JP1": .iso2022JP, "ISO2022JP2": .iso2022JP, "JIS": .iso2022JP,
        "GB180302000": .gb18030, "GB180302005": .gb18030, "GB18030": .gb18030, "GBK": .gb18030, "GB2312": .gb18030,
        "CP936": .gb18030,
        "BIG5": .big5, "CP950": .big5,
        "KSX1001": .ksX1001, "KSC5601": .ksX1001, "EUCKR": .ksX1001, "CP949": .ksX1001, "ISOIR149": .ksX1001,
        "ISO2022IR149": .ksX1001,
        "CNS116431992": .cns11643, "CNS11643": .cns11643, "EUCTW": .cns11643,
    ]
}
