/// Reads single members of a leaf without parsing it. In a canonical leaf the bytes `"name":` stand nowhere but before
/// the member's value: a quotation mark inside a string is preceded by a backslash.
struct LeafText {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The bytes of a string value as they stand, escapes included.
    func string(_ member: StaticString) -> ArraySlice<UInt8>? {
        guard let start = value(of: member), start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { return nil }
        var position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position < bytes.count ? bytes[(start + 1)..<position] : nil
    }

    /// The digits of a number.
    func number(_ member: StaticString) -> Int? {
        guard let start = value(of: member) else { return nil }
        return Int(String(decoding: bytes[start...].prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
    }

    func text(_ member: StaticString) -> String? { string(member).map { String(decoding: $0, as: UTF8.self) } }

    /// Where the member's value begins.
    private func value(of member: StaticString) -> Int? {
        let length = member.utf8CodeUnitCount
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            guard bytes.count > length + 3 else { return nil }
            let name = unsafe UnsafeBufferPointer(start: member.utf8Start, count: length)
            for start in 1..<(bytes.count - length - 2) {
                guard unsafe bytes[start] == name[0], unsafe bytes[start - 1] == 0x22,
                    unsafe bytes[start + length] == 0x22, unsafe bytes[start + length + 1] == 0x3A
                else { continue }
                var same = 1
                while same < length, unsafe bytes[start + same] == name[same] { same += 1 }
                if same == length { return start + length + 2 }
            }
            return nil
        }
    }
}
