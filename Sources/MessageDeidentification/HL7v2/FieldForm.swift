/// What a value must look like to stay.
enum FieldForm {
    /// A value of a table: at most 20 characters of those that tables use, and no more than five digits: a longer number
    /// is an identifier that somebody put there.
    static func code(_ text: String) -> String? {
        guard let code = systemCode(text), code.utf8.count(where: digits.contains) <= 5 else { return nil }
        return code
    }

    /// A code of a published system, which may be all digits.
    static func systemCode(_ text: String) -> String? {
        let bytes = text.utf8
        return (1...20).contains(bytes.count) && bytes.allSatisfy(isCodeCharacter) ? text : nil
    }

    /// A code of FHIR (R4 §2.24.0.1) without blanks; a number of more than five digits needs its system.
    static func resourceCode(_ text: String) -> String? {
        let bytes = text.utf8
        let fits = (1...64).contains(bytes.count) && bytes.allSatisfy { isCodeCharacter($0) || $0 == UInt8(ascii: "+") }
        return fits && (bytes.count <= 5 || !bytes.allSatisfy(digits.contains)) ? text : nil
    }

    /// A decimal number.
    static func number(_ text: String) -> String? {
        let characters = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        return characters && text.utf8.count <= 20 && Double(text) != nil ? text : nil
    }

    /// SN.1 and SN.3 (HL7 v2.5.1 §2.A.69).
    static func comparator(_ text: String) -> String? {
        ["<", ">", "<=", ">=", "=", "<>", "-", "+", "/", ".", ":"].contains(text) ? text : nil
    }

    /// Digits and periods, at most 64 (PS3.5 §9.1).
    static func isUID(_ text: String) -> Bool {
        let bytes = text.utf8
        return (3...64).contains(bytes.count) && bytes.first != period && bytes.last != period
            && bytes.allSatisfy { $0 == period || digits.contains($0) }
    }

    /// Registered by the DICOM standard.
    static func isRegistered(_ uid: String) -> Bool { uid.hasPrefix("1.2.840.10008.") }

    private static let period = UInt8(ascii: ".")
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private static func isCodeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), digits,
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "%"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "*"):
            true
        default: false
        }
    }
}
