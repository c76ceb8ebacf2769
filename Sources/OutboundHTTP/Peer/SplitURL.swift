/// A URL cut at its delimiters (RFC 3986 §3), without decoding anything. Fragments are refused: they mean nothing to a
/// server, so a URL that has one was not meant for a request.
struct SplitURL {
    enum Scheme {
        case http
        case https
    }

    let scheme: Scheme?
    let authority: String?
    let path: String
    let query: String?

    init?(_ text: String) {
        guard text.utf8.count <= 8_192, text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        var rest = text[...]
        if let end = rest.firstRange(of: "://") {
            switch rest[..<end.lowerBound].lowercased() {
            case "http": scheme = .http
            case "https": scheme = .https
            default: return nil
            }
            rest = rest[end.upperBound...]
            let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let authority = String(rest[..<authorityEnd])
            guard Self.host(ofAuthority: authority) != nil else { return nil }
            self.authority = authority
            rest = rest[authorityEnd...]
        } else {
            guard !rest.hasPrefix("//"), !rest.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else {
                return nil
            }
            scheme = nil
            authority = nil
        }
        let queryStart = rest.firstIndex(of: "?")
        path = String(rest[..<(queryStart ?? rest.endIndex)])
        query = queryStart.map { String(rest[rest.index(after: $0)...]) }
    }

    /// The host of `host[:port]`; nil with a user part, an empty host or a port that is none.
    static func host(ofAuthority authority: String) -> String? {
        var rest = authority[...]
        let host: Substring
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            guard host.utf8.allSatisfy({ $0 == 0x3A || $0 == 0x2E || isHex($0) }) else { return nil }
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest[host.endIndex...]
            guard host.utf8.allSatisfy(isHostName) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty { return String(host) }
        guard rest.removeFirst() == ":", let port = UInt16(rest), port > 0, rest.utf8.allSatisfy(isDigit) else {
            return nil
        }
        return String(host)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private static func isHostName(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }

    /// Visible ASCII without what may not stand in a URL: quote, angle brackets, backslash, caret, grave, braces,
    /// number sign. A bar is let through because FHIR servers leave it in the links of token searches.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x23, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7D: false
        case 0x21...0x7E: true
        default: false
        }
    }
}
