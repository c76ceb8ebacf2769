import JSON
import MerkleLog
import Sealing

extension BundleHeader {
    private static let names: Set<String> = [
        "certificateKeys", "checkpoint", "correlations", "exported", "handovers", "keys", "kind", "leaves", "origin",
        "principal", "query", "size", "timestamps", "v",
    ]

    /// The first line of a bundle of this checkpoint.
    func line(_ checkpoint: Checkpoint) -> [UInt8] {
        var line = CanonicalText(capacity: 2048)
        line.object { line in
            line.member("certificateKeys", certificateKeys.map(\.text))
            line.member("checkpoint", String(decoding: self.checkpoint.serialized, as: UTF8.self))
            line.member("correlations", wholeCorrelations ? "whole" : "any")
            line.member("exported", exported)
            line.member("handovers", handovers.map { String(decoding: $0, as: UTF8.self) })
            line.member("keys", [key.text])
            line.member("kind", BundleFormat.kind)
            line.member("leaves", allLeaves ? "all" : "selected")
            line.member("origin", checkpoint.origin)
            line.member("principal", principal)
            let words = query.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            line.member("query") { $0.object { for (name, value) in words { $0.member(name, value) } } }
            line.member("size", Int(clamping: checkpoint.size))
            line.member("timestamps", timestamps.map(Base64.encode))
            line.member("v", BundleFormat.version)
        }
        return line.bytes + [0x0a]
    }

    /// Reads the first line: its form only, no signature.
    init?(line: [UInt8]) {
        guard let object = BundleFormat.object(of: line), Set(object.keys) == Self.names,
            object["v"]?.plainInt == BundleFormat.version, object["kind"]?.string == BundleFormat.kind,
            let note = object["checkpoint"]?.string, let exported = object["exported"]?.string,
            let principal = object["principal"]?.string, let query = object["query"]?.object,
            let keys = BundleFormat.texts(object["keys"]), keys.count == 1,
            let certificateKeys = BundleFormat.texts(object["certificateKeys"])?.map(SignatureVerifier.init(text:)),
            !certificateKeys.contains(nil), let handovers = BundleFormat.texts(object["handovers"]),
            let timestamps = BundleFormat.texts(object["timestamps"])?.map(Base64.decode), !timestamps.contains(nil),
            let leaves = object["leaves"]?.string.flatMap(Leaves.init(rawValue:)),
            let correlations = object["correlations"]?.string.flatMap(Correlations.init(rawValue:)),
            let checkpoint = try? SignedNote(parsing: Array(note.utf8)),
            let told = try? Checkpoint(text: checkpoint.text), object["origin"]?.string == told.origin,
            let size = object["size"]?.plainInt, UInt64(exactly: size) == told.size,
            let key = try? VerifierKey(parsing: keys[0])
        else { return nil }
        var words: [String: String] = [:]
        for (name, value) in query {
            guard let word = value.string else { return nil }
            words[name] = word
        }
        self.init(
            checkpoint: checkpoint, key: key, certificateKeys: certificateKeys.compactMap { $0 },
            handovers: handovers.map { Array($0.utf8) }, timestamps: timestamps.compactMap { $0 }, query: words,
            exported: exported, principal: principal,
            allLeaves: leaves == .all, wholeCorrelations: correlations == .whole)
    }

    private enum Leaves: String { case all, selected }
    private enum Correlations: String { case whole, any }
}
