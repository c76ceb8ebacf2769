import CLibXML2
internal import Foundation
internal import Synchronization

/// The RELAX NG grammar of audit messages (our reading of PS3.15 A.5), in which libxml2 checks each message before it is
/// sent.
public final class AuditMessageGrammar: Sendable {
    private let native: Mutex<NativeGrammar>

    /// The grammar that is shipped with the program, read once; `grammarFile` where it is missing or broken.
    static let shipped = Result { () throws(DICOMAuditError) in try AuditMessageGrammar(parsing: shippedBytes()) }

    private static func shippedBytes() throws(DICOMAuditError) -> [UInt8] {
        guard let url = Bundle.module.url(forResource: "audit-message", withExtension: "rng", subdirectory: "Grammar"),
            let data = try? Data(contentsOf: url)
        else { throw DICOMAuditError(.grammarFile) }
        return Array(data)
    }

    /// A grammar in RELAX NG's XML syntax.
    /// - Throws: `grammarFile` where it is none.
    init(parsing bytes: [UInt8]) throws(DICOMAuditError) {
        native = Mutex(try NativeGrammar(bytes))
    }

    /// Returns where the grammar allows the document.
    /// - Throws: `grammar` where it does not, or where the document is not well-formed; `library`.
    public func validate(_ xml: [UInt8]) throws(DICOMAuditError) {
        let verdict = native.withLock { $0.verdict(on: xml) }
        switch UInt32(bitPattern: verdict) {
        case CLIBXML2_VALID.rawValue: return
        case CLIBXML2_INVALID.rawValue, CLIBXML2_NO_DOCUMENT.rawValue: throw DICOMAuditError(.grammar)
        default: throw DICOMAuditError(.library)
        }
    }
}

/// libxml2's parsed grammar, which is for one thread at a time.
@safe
private struct NativeGrammar: ~Copyable {
    private let native: OpaquePointer

    init(_ bytes: [UInt8]) throws(DICOMAuditError) {
        let opened = unsafe bytes.withUnsafeBufferPointer { unsafe clibxml2_grammar_open($0.baseAddress, $0.count) }
        guard let opened = unsafe opened else { throw DICOMAuditError(.grammarFile) }
        unsafe native = opened
    }

    deinit { unsafe clibxml2_grammar_close(native) }

    func verdict(on xml: [UInt8]) -> Int32 {
        unsafe xml.withUnsafeBufferPointer { unsafe clibxml2_grammar_check(native, $0.baseAddress, $0.count) }
    }
}
