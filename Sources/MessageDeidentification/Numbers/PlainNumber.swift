internal import JSON

/// Numbers that measure or count. Longer ones are telephone numbers, dates and identifiers.
enum PlainNumber {
    /// A measured value: at most six digits before the point, six behind it and nine together; no zero before another
    /// digit.
    static func measured(_ text: String) -> String? {
        guard text.utf8.count <= 20, text.utf8.allSatisfy({ $0 < 0x80 }), text.count(where: \.isNumber) <= 9 else {
            return nil
        }
        return text.wholeMatch(of: /[+-]?(?:0|[1-9][0-9]{0,5})?(?:\.[0-9]{1,6})?(?:[eE][+-]?[0-9]{1,2})?/) != nil
            && Double(text) != nil ? text : nil
    }

    /// A number of a place in a list (SI, HL7 v2.5.1 §2.A.68: four digits), also one below another (`1.2`): at most six
    /// digits then, and none begins with zero.
    static func ordinal(_ text: String) -> String? {
        guard text.utf8.count <= 8, text.utf8.allSatisfy({ $0 < 0x80 }), isShort([text]) else { return nil }
        let isOne = text.wholeMatch(of: /[0-9]{1,4}/) != nil
        let isRow = text.wholeMatch(of: /(?:0|[1-9][0-9]{0,3})(?:\.(?:0|[1-9][0-9]{0,3})){1,2}/) != nil
        return isOne || isRow ? text : nil
    }

    /// Whether all together have at most six digits.
    static func isShort(_ texts: [String]) -> Bool { texts.reduce(0) { $0 + $1.count(where: \.isNumber) } <= 6 }

    /// A number of FHIR of this type (R4 §2.24.0.1); nil for what is none of it.
    static func resource(_ value: JSONValue, type: String) -> JSONValue? {
        guard let number = value.number, measured(number.text) != nil else { return nil }
        let fits =
            switch type {
            case "decimal": true
            case "integer": number.int != nil
            case "unsignedInt": number.int.map { $0 >= 0 } ?? false
            case "positiveInt": number.int.map { $0 > 0 } ?? false
            default: false
            }
        guard fits else { return nil }
        return value
    }
}
