/// Reads one JSON text from bytes (RFC 8259). Strict: no comments, no byte order mark, no repeated keys.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var index = 0
    private var values = 0

    init(bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        guard bytes.count <= limits.bytes else { throw JSONError(code: .tooManyBytes, offset: limits.bytes) }
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let result = try value(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw error(.trailingBytes) }
        return result
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        values += 1
        guard values <= limits.values else { throw error(.tooManyValues) }
        guard index < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[index] {
        case ASCII.quote:
            return .string(try string())
        case ASCII.openBrace:
            return .object(try object(depth: try nested(depth)))
        case ASCII.openBracket:
            return .array(try array(depth: try nested(depth)))
        case 0x74:
            return try literal("true", .bool(true))
        case 0x66:
            return try literal("false", .bool(false))
        case 0x6E:
            return try literal("null", .null)
        case ASCII.minus, 0x30...0x39:
            return .number(try number())
        default:
            throw error(.unexpectedByte)
        }
    }

    private func nested(_ depth: Int) throws(JSONError) -> Int {
        guard depth < Swift.min(limits.depth, JSONLimits.deepest) else { throw error(.tooDeep) }
        return depth + 1
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        var result = JSONObject()
        index += 1
        skipWhitespace()
        if try skip(ASCII.closeBrace) { return result }
        while true {
            let start = index
            guard try peek() == ASCII.quote else { throw error(.unexpectedByte) }
            let key = try string()
            skipWhitespace()
            guard try skip(ASCII.colon) else { throw error(.unexpectedByte) }
            skipWhitespace()
            let member = try value(depth: depth)
            guard result.appendIfNew(key, member) else { throw JSONError(code: .duplicateKey, offset: start) }
            skipWhitespace()
            if try skip(ASCII.closeBrace) { return result }
            guard try skip(ASCII.comma) else { throw error(.unexpectedByte) }
            skipWhitespace()
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        var result: [JSONValue] = []
        index += 1
        skipWhitespace()
        if try skip(ASCII.closeBracket) { return result }
        while true {
            result.append(try value(depth: depth))
            skipWhitespace()
            if try skip(ASCII.closeBracket) { return result }
            guard try skip(ASCII.comma) else { throw error(.unexpectedByte) }
            skipWhitespace()
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        guard let end = JSONNumber.end(of: bytes, from: index) else { throw error(.invalidNumber) }
        guard end - index <= limits.numberLength else { throw error(.numberTooLong) }
        let text = String(decoding: bytes[index..<end], as: UTF8.self)
        index = end
        return JSONNumber(validated: text)
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 {
            guard try peek() == byte else { throw error(.unexpectedByte) }
            index += 1
        }
        return value
    }
}

// Bytes.
extension JSONParser {
    func error(_ code: JSONError.Code) -> JSONError { JSONError(code: code, offset: index) }

    func peek() throws(JSONError) -> UInt8 {
        guard index < bytes.count else { throw error(.unexpectedEnd) }
        return bytes[index]
    }

    private mutating func skip(_ byte: UInt8) throws(JSONError) -> Bool {
        guard try peek() == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }
}
