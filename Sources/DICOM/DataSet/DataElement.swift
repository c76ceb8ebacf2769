/// One data element (PS3.5 §7.1). It may hold patient data and therefore never prints its value.
public struct DataElement: Hashable, Sendable {
    /// What a data element holds. Byte order, padding and delimiters are gone.
    public enum Value: Hashable, Sendable {
        /// Values of a character VR, decoded; an empty member is an empty string, an empty element an empty list.
        case text([String])
        /// Bytes of a character VR that could not be decoded by the Specific Character Set in force.
        case undecodedText([UInt8])
        /// US SS UL SL SV and UV (above 2⁶³ − 1 as `bytes`).
        case integers([Int64])
        /// FL and FD; FL values are exact as doubles.
        case numbers([Double])
        /// AT.
        case tags([Tag])
        /// OB OD OF OL OV OW UN, little endian, and values of other VRs whose length is no multiple of their width.
        case bytes([UInt8])
        /// SQ.
        case sequence([DataSet])
        /// Encapsulated Pixel Data (PS3.5 §A.4): the first member is the Basic Offset Table.
        case pixelFragments([[UInt8]])
    }

    /// Its tag.
    public let tag: Tag
    /// Its value representation.
    public let vr: VR
    /// What it holds.
    public var value: Value

    /// The caller answers for a value that suits the VR; writing checks it.
    public init(_ tag: Tag, _ vr: VR, _ value: Value) {
        self.tag = tag
        self.vr = vr
        self.value = value
    }

    /// Whether there is nothing in it (PS3.5 §7.4: zero length).
    public var isEmpty: Bool {
        switch value {
        case .text(let values): values.allSatisfy(\.isEmpty)
        case .undecodedText(let bytes), .bytes(let bytes): bytes.isEmpty
        case .integers(let values): values.isEmpty
        case .numbers(let values): values.isEmpty
        case .tags(let values): values.isEmpty
        case .sequence(let items): items.isEmpty
        case .pixelFragments(let fragments): fragments.isEmpty
        }
    }
}

extension DataElement: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "\(tag) \(vr.rawValue) <redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension DataElement.Value: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
