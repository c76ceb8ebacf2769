internal import DICOM

/// What a value must look like to stay: an element that may stay is still removed if its value is not of its kind.
enum ValueRules {
    /// The value to keep, put into the standard's form, or nil.
    static func kept(_ element: DataElement) -> DataElement.Value? {
        switch element.value {
        case .text(let values): texts(values, element)
        case .integers, .numbers, .tags: element.value
        case .bytes(let bytes): isBinary(element.vr) ? .bytes(bytes) : nil
        case .undecodedText, .pixelFragments, .sequence: nil
        }
    }

    private static func texts(_ values: [String], _ element: DataElement) -> DataElement.Value? {
        if let terms = enumerated[element.tag] {
            return values.count == 1 && terms.contains(values[0]) ? .text(values) : nil
        }
        if element.tag == .timezoneOffsetFromUTC {
            return values.count == 1 && isOffset(values[0]) ? .text(values) : nil
        }
        let kept: [String?] = values.map { value in
            switch element.vr {
            case .CS: code(value)
            case .DS: isDecimal(value, atMost: 16) ? value : shortened(value)
            case .IS: isDecimal(value, atMost: 12) ? value : nil
            case .LO, .SH, .AE:
                value.unicodeScalars.count <= 64 && value.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? value : nil
            case .UC: value.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? value : nil
            case .ST, .LT, .UT: value.unicodeScalars.allSatisfy { $0.value >= 0x20 || lines.contains($0) } ? value : nil
            case .AS: isAge(value) ? value : nil
            default: nil
            }
        }
        let whole = kept.compactMap { $0 }
        return whole.count == values.count ? .text(whole) : nil
    }

    /// Characteristics whose values the standard enumerates (PS3.3 C.7.1.1, C.7.2.2, C.2.3).
    private static let enumerated: [Tag: Set<String>] = [
        .patientSex: ["M", "F", "O"], .patientSexNeutered: ["ALTERED", "UNALTERED"],
        .smokingStatus: ["YES", "NO", "UNKNOWN"],
    ]

    /// &ZZXX (PS3.3 C.12.1.1.8).
    private static func isOffset(_ value: String) -> Bool {
        let bytes = value.utf8
        return bytes.count == 5 && (bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-"))
            && bytes.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Controls that text of several lines may have (PS3.5 §6.1.3).
    private static let lines: Set<Unicode.Scalar> = ["\t", "\n", "\r", "\u{0C}"]

    /// AS (PS3.5 §6.2), below the ages that identify.
    private static func isAge(_ value: String) -> Bool {
        guard value.utf8.count == 4, let unit = value.last, "DWMY".contains(unit), let number = Int(value.dropLast())
        else { return false }
        return unit != "Y" || number < 90
    }

    /// CS (PS3.5 §6.2); lower case, which many devices write, is put right.
    private static func code(_ value: String) -> String? {
        let upper = value.uppercased()
        let fits = upper.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return fits && upper.utf8.count <= 16 ? upper : nil
    }

    private static func isDecimal(_ value: String, atMost length: Int) -> Bool {
        let characters = value.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        return value.isEmpty || (characters && value.utf8.count <= length && Double(value) != nil)
    }

    /// DS has 16 characters (PS3.5 §6.2), and many devices write more: the number in seven digits, not its absence, which
    /// would leave an image without its rescaling or its window.
    private static func shortened(_ value: String) -> String? {
        guard isDecimal(value, atMost: 64), let number = Double(value), Float(number).isFinite else { return nil }
        let text = String(Float(number))
        return text.utf8.count <= 16 ? text : nil
    }

    private static func isBinary(_ vr: VR) -> Bool {
        switch vr {
        case .OB, .OW, .OF, .OD, .OL, .OV, .UV: true
        default: false
        }
    }
}
