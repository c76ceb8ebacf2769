internal import COpenSSL
public import OutboundHTTP
internal import Sealing
public import Workflow

/// A time-stamping authority (RFC 3161) that is asked over HTTP (§3.4): it signs that bytes existed at a moment, and is
/// nobody whom an administrator of this gateway could order to lie.
public struct TimestampAuthority: Sendable {
    private let client: OutboundClient
    private let authorities: String

    /// - Parameters:
    ///   - client: for the authority's URL, which is its root.
    ///   - authorities: PEM file with the certificates to which the authority's must lead.
    public init(client: OutboundClient, authorities: String) {
        self.client = client
        self.authorities = authorities
    }

    /// The authority's stamp over bytes, checked: its TimeStampResp in DER, to be kept as a `.tsr` file. The authority
    /// learns a digest only. What is kept beside a checkpoint should stamp the text that the log signs (`SignedNote`'s
    /// `text`), since cosignatures are added to the note later.
    /// - Throws: what the exchange throws, and what `Timestamps.verify` throws; `incorrect` `timestamp.malformed` for an
    ///   answer of another media type.
    public func stamp(_ bytes: [UInt8]) async throws(AdapterError) -> [UInt8] {
        // The first bit stays 0: an INTEGER of eight bytes, not nine.
        var nonce = randomBytes(8)
        nonce[0] = nonce[0] & 0x7F | 0x40
        let digest = Digest.sha256(bytes).bytes
        let request = try Timestamps.request(digest: digest, nonce: nonce)
        let answer = try await client.send(
            OutboundRequest(
                .post, .root, headers: [("Content-Type", "application/timestamp-query")], body: request))
        guard answer.head.mediaType == "application/timestamp-reply" else {
            throw AdapterError(.incorrect, code: "timestamp.malformed")
        }
        _ = try Timestamps.verify(
            answer.body, digest: digest, nonce: nonce, authorities: authorities, atItsTime: false)
        return answer.body
    }
}
