/// How the elements of a data set are written (PS3.5 §7.1, §7.3).
struct ElementEncoding: Equatable {
    var isExplicitVR: Bool
    var isBigEndian: Bool

    static let implicitLittle = ElementEncoding(isExplicitVR: false, isBigEndian: false)
    static let explicitLittle = ElementEncoding(isExplicitVR: true, isBigEndian: false)
    static let explicitBig = ElementEncoding(isExplicitVR: true, isBigEndian: true)
}

/// Tag, VR and length of one element, item or delimiter.
struct ElementHeader {
    static let item = Tag(0xFFFE, 0xE000)
    static let itemDelimitation = Tag(0xFFFE, 0xE00D)
    static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)

    let tag: Tag
    /// Nil for implicit VR and for group FFFE.
    let vr: VR?
    /// Nil for undefined length.
    let length: Int?

    init(reading source: inout ByteSource, _ encoding: ElementEncoding) throws(DICOMError) {
        let big = encoding.isBigEndian
        tag = try source.tag(bigEndian: big)
        guard encoding.isExplicitVR, tag.group != 0xFFFE else {
            vr = nil
            length = Self.length(try source.uint32(bigEndian: big))
            return
        }
        let name = try source.take(2)
        let vr = VR(rawValue: String(decoding: name, as: UTF8.self))
        if vr == nil, !name.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) {
            throw DICOMError(.invalidVR, tag: tag, offset: source.position)
        }
        // A VR of a later edition has the long header and is read like UN (PS3.5 §6.2, note on unknown VRs).
        self.vr = vr ?? .UN
        if vr?.hasLongLength ?? true {
            _ = try source.uint16(bigEndian: big)
            length = Self.length(try source.uint32(bigEndian: big))
        } else {
            length = Int(try source.uint16(bigEndian: big))
        }
    }

    private static func length(_ value: UInt32) -> Int? { value == .max ? nil : Int(value) }
}
