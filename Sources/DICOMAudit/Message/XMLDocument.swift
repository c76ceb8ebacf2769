import CLibXML2

/// One XML document that libxml2 writes. The native writer lives and dies with it and is never shared.
@safe
struct XMLDocument: ~Copyable {
    private let native: OpaquePointer

    /// A document with its declaration.
    init() throws(DICOMAuditError) {
        guard let opened = unsafe clibxml2_writer_open() else { throw DICOMAuditError(.library) }
        unsafe native = opened
    }

    deinit { unsafe clibxml2_writer_close(native) }

    /// An element with attributes, of which those that are nil are left out, and what `content` writes into it.
    func element(
        _ name: String, _ attributes: KeyValuePairs<String, String?> = [:],
        _ content: (borrowing XMLDocument) throws(DICOMAuditError) -> Void = { _ in }
    ) throws(DICOMAuditError) {
        try check(unsafe clibxml2_writer_start(native, name))
        for (name, value) in attributes {
            if let value { try check(unsafe clibxml2_writer_attribute(native, name, value.forXML)) }
        }
        try content(self)
        try check(unsafe clibxml2_writer_end(native))
    }

    func text(_ text: String) throws(DICOMAuditError) {
        try check(unsafe clibxml2_writer_text(native, text.forXML))
    }

    /// The document's bytes.
    func bytes() throws(DICOMAuditError) -> [UInt8] {
        var count = 0
        guard let start = unsafe clibxml2_writer_finish(native, &count) else { throw DICOMAuditError(.library) }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    private func check(_ status: Int32) throws(DICOMAuditError) {
        guard status == 0 else { throw DICOMAuditError(.library) }
    }
}

extension String {
    /// The text in characters that XML 1.0 §2.2 allows and that stand on one line: control characters, which a syslog
    /// receiver rewrites, and what is no character become U+FFFD.
    fileprivate var forXML: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x20..<0x7F, 0xA0..<0x2028, 0x202A..<0xD800, 0xE000..<0xFFFE, 0x10000...0x10FFFF:
                result.append(scalar)
            default: result.append("\u{FFFD}")
            }
        }
        return String(result)
    }
}
