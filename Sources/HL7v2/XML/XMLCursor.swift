import CLibXML2

/// One step of a walk through a document, in its order.
enum XMLEvent {
    /// `value` is the attribute `V`, which only `escape` has.
    case start(name: [UInt8], namespace: XMLNamespace, value: [UInt8]?)
    case end
    case text([UInt8])
}

/// Where an element belongs.
enum XMLNamespace {
    case expected, none, other
}

/// A walk through one document that libxml2 has parsed. The native document lives and dies with the cursor and is never
/// shared.
@safe
struct XMLCursor: ~Copyable {
    private let native: OpaquePointer

    /// - Throws: `messageTooLong`, `xmlTooManyElements`, `xmlDeclaration` or `xmlMalformed`.
    init(_ bytes: [UInt8], namespace: String) throws(HL7v2Error) {
        var status: Int32 = 0
        let opened = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe clibxml2_open(buffer.baseAddress, buffer.count, namespace, &status)
        }
        guard let opened = unsafe opened else {
            switch UInt32(bitPattern: status) {
            case CLIBXML2_TOO_LARGE.rawValue: throw HL7v2Error(.messageTooLong)
            case CLIBXML2_TOO_MANY.rawValue: throw HL7v2Error(.xmlTooManyElements)
            case CLIBXML2_DECLARATION.rawValue: throw HL7v2Error(.xmlDeclaration)
            default: throw HL7v2Error(.xmlMalformed)
            }
        }
        unsafe native = opened
    }

    deinit { unsafe clibxml2_close(native) }

    /// The next step; nil at the end of the document.
    func next() -> XMLEvent? {
        let event = unsafe clibxml2_next(native)
        switch unsafe UInt32(bitPattern: event.kind) {
        case CLIBXML2_START.rawValue:
            let other: XMLNamespace = unsafe event.has_no_namespace != 0 ? .none : .other
            return unsafe .start(
                name: Self.copied(event.bytes, event.count), namespace: event.is_in_namespace != 0 ? .expected : other,
                value: event.value.map { unsafe Self.copied($0, event.value_count) })
        case CLIBXML2_END.rawValue: return .end
        case CLIBXML2_TEXT.rawValue: return unsafe .text(Self.copied(event.bytes, event.count))
        default: return nil
        }
    }

    private static func copied(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}
