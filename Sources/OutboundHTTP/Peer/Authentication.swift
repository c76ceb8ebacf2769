internal import Foundation

/// How requests to a peer prove who sends them. Secrets stay in files and are read for each request, so that a file
/// that is replaced takes effect without a restart.
public enum Authentication: Sendable, Equatable {
    /// No credentials: loopback, or a client certificate.
    case none
    /// HTTP Basic (RFC 7617) with the password in a file.
    case basic(user: String, passwordFile: String)
    /// A bearer token (RFC 6750) in a file.
    case bearer(tokenFile: String)

    /// The value of the Authorization field. Throws `credentialFile` when the file is missing, empty or not one line.
    func authorization(for peer: String) throws(OutboundHTTPError) -> String? {
        switch self {
        case .none:
            return nil
        case .basic(let user, let passwordFile):
            let secret = try Self.secret(in: passwordFile, of: peer)
            return "Basic " + Data("\(user):\(secret)".utf8).base64EncodedString()
        case .bearer(let tokenFile):
            return "Bearer " + (try Self.secret(in: tokenFile, of: peer))
        }
    }

    private static func secret(in file: String, of peer: String) throws(OutboundHTTPError) -> String {
        guard let data = FileManager.default.contents(atPath: file), data.count <= 16_384 else {
            throw OutboundHTTPError(code: .credentialFile, peer: peer)
        }
        var bytes = Array(data)
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw OutboundHTTPError(code: .credentialFile, peer: peer)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
