/// What a value must look like to stay.
enum FieldForm {
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

    private static let period = UInt8(ascii: ".")
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
}
