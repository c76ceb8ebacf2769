import MerkleLog
import Sealing

/// The last line: a note over the number of lines between header and trailer and the digest of all bytes before it.
struct BundleTrailer {
    let origin: String
    let count: Int
    let digest: Digest

    /// What the log's key signs.
    var text: String { "\(BundleFormat.kind)\n\(origin)\n\(count)\n\(Base64.encode(digest.bytes))\n" }

    func line(signedBy key: SigningKey) throws(MerkleLogError) -> [UInt8] {
        let note = try SignedNote(text: text, signedBy: key)
        var line = CanonicalText(capacity: 1024)
        line.object { $0.member("trailer", String(decoding: note.serialized, as: UTF8.self)) }
        return line.bytes + [0x0a]
    }
}
