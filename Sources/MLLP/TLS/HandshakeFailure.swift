internal import NIOSSL

extension Error {
    /// Why a handshake failed, in the one word the TLS library has for it, such as `CERTIFICATE_VERIFY_FAILED`.
    ///
    /// The library publishes its words only inside a description that also holds numbers and file names of its own.
    var tlsReason: String {
        let words = String(describing: self).split { !($0.isLetter || $0.isNumber || $0 == "_") }
        let reason = words.last { $0.contains("_") && $0.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" } }
        return reason.map(String.init) ?? (words.contains("EOF") ? "EOF_DURING_HANDSHAKE" : "UNKNOWN")
    }
}
