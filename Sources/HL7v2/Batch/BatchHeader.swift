/// FHS or BHS, the header of a file or of a batch in it (HL7 v2.5.1 §2.15.2, §2.15.6). Fields count as in MSH.
public struct BatchHeader: Sendable, Hashable {
    /// The delimiters of fields 1 and 2.
    public let delimiters: Delimiters
    /// The segment as received, without its terminator.
    private let bytes: [UInt8]

    /// - Parameter segment: From the name on, without the terminator.
    init(segment: ArraySlice<UInt8>) throws(HL7v2Error) {
        let bytes = Array(segment)
        guard bytes.count > 4 else { throw HL7v2Error(.delimitersInvalid) }
        delimiters = try Delimiters(field: bytes[3], encodingCharacters: bytes[4...].prefix { $0 != bytes[3] })
        self.bytes = bytes
    }

    /// The bytes of field `number` as received; empty where there is none.
    public func fieldBytes(_ number: Int) -> ArraySlice<UInt8> {
        guard let range = Cutting.headerField(number, in: bytes, separator: delimiters.field) else { return [] }
        return bytes[range]
    }

    /// FHS-11 or BHS-11 byte for byte.
    public var controlID: [UInt8] { Array(fieldBytes(11)) }
}

extension BatchHeader: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
