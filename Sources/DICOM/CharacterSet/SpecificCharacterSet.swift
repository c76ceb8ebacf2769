internal import CDCMTK

/// The character set that is in force for a data set or an item (PS3.3 C.12.1.1.2). It holds a native converter and is
/// used by one reader only; an item without its own inherits the one of its data set.
@safe final class SpecificCharacterSet {
    private enum Repertoire { case ascii, latin1, utf8, japanese, converted, unsupported }

    private let repertoire: Repertoire
    private let converter: OpaquePointer?

    /// `terms`: the values of (0008,0005); none means the default repertoire.
    init(_ terms: [String]) {
        var converter: OpaquePointer?
        switch terms {
        case [], [""], ["ISO_IR 6"], ["ISO 2022 IR 6"]: repertoire = .ascii
        case ["ISO_IR 100"], ["ISO 2022 IR 100"]: repertoire = .latin1
        case ["ISO_IR 192"]: repertoire = .utf8
        case _ where JapaneseText.isRepertoire(terms): repertoire = .japanese
        default:
            let joined = terms.joined(separator: "\\")
            let status = unsafe joined.withCString { terms in
                cdcmtk_start() == CDCMTK_OK ? unsafe cdcmtk_charset_create(terms, &converter) : CDCMTK_FAULT
            }
            repertoire = status == CDCMTK_OK ? .converted : .unsupported
        }
        unsafe self.converter = converter
    }

    deinit {
        if let converter = unsafe converter { unsafe cdcmtk_charset_free(converter) }
    }

    /// The text, or nil if the bytes are not of this character set.
    func decode(_ bytes: [UInt8], vr: VR) -> String? {
        if Self.isPlainASCII(bytes) { return String(decoding: bytes, as: UTF8.self) }
        return switch repertoire {
        case .ascii, .unsupported: nil
        case .latin1: Self.latin1(bytes)
        case .utf8: String(validating: bytes, as: UTF8.self)
        case .japanese: JapaneseText.decode(bytes, delimiters: Self.delimiters(vr))
        case .converted: convert(bytes, vr: vr)
        }
    }

    private func convert(_ bytes: [UInt8], vr: VR) -> String? {
        guard let converter = unsafe converter else { return nil }
        var buffer = unsafe cdcmtk_buffer(bytes: nil, count: 0)
        let status = unsafe bytes.withUnsafeBufferPointer { text in
            unsafe Self.delimiters(vr).withCString { delimiters in
                unsafe cdcmtk_charset_utf8(converter, text.baseAddress, text.count, delimiters, &buffer)
            }
        }
        defer { unsafe cdcmtk_buffer_free(buffer) }
        guard status == CDCMTK_OK else { return nil }
        return String(validating: unsafe NativeBuffer.bytes(buffer), as: UTF8.self)
    }

    /// Characters at which code extensions end (PS3.5 §6.1.2.5.3).
    private static func delimiters(_ vr: VR) -> String {
        vr == .PN ? "\\^=\r\n\u{0C}\t" : vr.isMultiValued ? "\\\r\n\u{0C}\t" : "\r\n\u{0C}\t"
    }

    private static func latin1(_ bytes: [UInt8]) -> String? {
        guard !bytes.contains(escape) else { return nil }
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
        return String(scalars)
    }

    private static let escape: UInt8 = 0x1B

    /// Bytes that mean the same in every repertoire of DICOM.
    private static func isPlainASCII(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 < 0x80 && $0 != escape }
    }
}
