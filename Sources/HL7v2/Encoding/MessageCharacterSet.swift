/// A character set of table 0211 that this module reads and writes (MSH-18, HL7 v2.5.1 §2.15.9.18). The raw value is
/// the table's own term, or the one that senders use where the table has none.
public enum MessageCharacterSet: String, Sendable, Hashable, CaseIterable {
    case ascii = "ASCII"
    /// Western European.
    case latin1 = "8859/1"
    /// Central European.
    case latin2 = "8859/2"
    /// South European.
    case latin3 = "8859/3"
    /// North European.
    case latin4 = "8859/4"
    case cyrillic = "8859/5"
    case arabic = "8859/6"
    case greek = "8859/7"
    case hebrew = "8859/8"
    /// Turkish.
    case latin5 = "8859/9"
    /// Nordic.
    case latin6 = "8859/10"
    case thai = "8859/11"
    /// Baltic; ISO 8859-12 was never published.
    case latin7 = "8859/13"
    /// Celtic.
    case latin8 = "8859/14"
    /// Western European with the euro sign.
    case latin9 = "8859/15"
    case windows1252 = "WINDOWS-1252"
    case utf8 = "UNICODE UTF-8"
    /// ASCII, JIS X 0201, JIS X 0208 (IR87) and JIS X 0212 (IR159), switched by the escape sequences of ISO 2022; when
    /// reading with the additions of NEC and IBM.
    case iso2022JP = "ISO IR87"
    case gb18030 = "GB 18030-2000"
    case big5 = "BIG-5"
    /// Korean, as EUC-KR; when reading with the additions of Windows (code page 949).
    case ksX1001 = "KS X 1001"
    /// Taiwanese, as EUC-TW.
    case cns11643 = "CNS 11643-1992"

    /// The text that `bytes` stand for; bytes that the set does not define become U+FFFD.
    public func decode(_ bytes: some Collection<UInt8>) -> String { decode(slice: ArraySlice(bytes)) }

    /// The same without generics, which cost at each leaf.
    func decode(slice bytes: ArraySlice<UInt8>) -> String {
        switch coding {
        case .utf8: String(decoding: bytes, as: UTF8.self)
        case .singleByte(let table): table.decode(bytes)
        case .japanese: JapaneseCode.decode(Array(bytes))
        case .multiByte(let code): code.decode(Array(bytes))
        case nil: SingleByteTable.ascii.decode(bytes)
        }
    }

    /// The bytes of `text`, unescaped; a character that the set does not have becomes `?`.
    public func encode(_ text: String) -> [UInt8] {
        encode(exactly: text) ?? text.unicodeScalars.flatMap { encode(exactly: String($0)) ?? [UInt8(ascii: "?")] }
    }

    /// The bytes of `text`, unescaped; nil if the set does not have all its characters.
    ///
    /// What these bytes decode to is `text` again, scalar by scalar.
    public func encode(exactly text: String) -> [UInt8]? {
        switch coding {
        case .utf8: Array(text.utf8)
        case .singleByte(let table): table.encode(text)
        case .japanese: JapaneseCode.encode(text)
        case .multiByte(let code): code.encode(text)
        case nil: nil
        }
    }
}
