/// What a text must be whose VR the file does not tell, by its looks.
enum UntypedText {
    /// `DS` for numbers with a point or a sign, `UI` for UIDs that are registered or a UUID, else empty. Whole numbers
    /// may be those of a patient.
    static func vr(_ bytes: ArraySlice<UInt8>) -> String {
        if isDecimal(bytes) { return "DS" }
        let isUID = bytes.split(separator: 0x5C).allSatisfy {
            let text = String(decoding: $0.prefix(66), as: UTF8.self).trimmed
            return UIDSearch.isOfNobody(text)
        }
        return isUID ? "UI" : ""
    }

    /// Fourteen digits before the point are a day and a time (DT).
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        let numbers = bytes.split(separator: 0x5C)
        return bytes.allSatisfy { isDigit($0) || [0x20, 0x2B, 0x2D, 0x2E, 0x45, 0x5C, 0x65].contains($0) }
            && numbers.contains { $0.contains(0x2E) || $0.first == 0x2D }
            && numbers.allSatisfy { value in
                value.count <= 17 && value.prefix { $0 != 0x2E }.count(where: isDigit) != 14
                    && Double(String(decoding: value, as: UTF8.self).trimmed) != nil
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
