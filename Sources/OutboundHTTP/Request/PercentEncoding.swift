/// Percent-encoding (RFC 3986 §2.1) of no more than must be.
public enum PercentEncoding {
    /// One path segment: pchar stays (RFC 3986 §3.3).
    public static func segment(_ text: String) -> String {
        encoded(text) { isUnreserved($0) || isSubDelimiter($0) || $0 == 0x3A || $0 == 0x40 }
    }

    /// A name or value in a query: as a segment, with `/` and `?`, without what separates pairs or means a blank.
    public static func query(_ text: String) -> String {
        encoded(text) { byte in
            switch byte {
            case 0x26, 0x2B, 0x3D, 0x3B: false
            case 0x2F, 0x3A, 0x3F, 0x40: true
            default: isUnreserved(byte) || isSubDelimiter(byte)
            }
        }
    }

    /// A name or value in `application/x-www-form-urlencoded`: everything but letters, digits and `*-._` is encoded,
    /// blanks too, which every reader of forms understands.
    public static func form(_ text: String) -> String {
        encoded(text) { isAlphanumeric($0) || $0 == 0x2A || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    }

    private static func encoded(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) {
                result.append(byte)
            } else {
                result += [0x25, digit(byte >> 4), digit(byte & 0x0F)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
    }

    /// `!$&'()*+,;=`
    private static func isSubDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x24, 0x26...0x2C, 0x3B, 0x3D: true
        default: false
        }
    }
}
