import JSON

/// A record in a bundle, against its leaf. It goes by the names in the two texts alone, so that an older program can
/// check events that it does not know.
struct BundledRecord {
    let text: [UInt8]
    let salts: Salts

    /// Whether the leaf commits to the record and to its subjects, and both tell the same.
    func isRecord(of leaf: LeafHeader) -> Bool {
        guard Commitment(text, salt: salts.body).text == leaf.body, let json = try? JSONValue(parsing: text),
            json.serialized(.canonical) == text
        else { return false }
        return agrees(json, with: leaf) && commits(leaf, to: json["subjects"]?.array ?? [])
    }

    /// Whether the record names a digest: of a certificate, for example.
    func names(_ digest: String) -> Bool {
        (try? JSONValue(parsing: text))?["details"]?["digest"]?.string == digest
    }

    private func agrees(_ json: JSONValue, with leaf: LeafHeader) -> Bool {
        let texts: [(String, String)] = [
            ("class", leaf.accessClass.rawValue), ("correlation", leaf.correlation), ("event", leaf.event),
            ("phase", leaf.phase.name), ("purpose", leaf.purpose.code), ("time", leaf.time),
        ]
        let principal = ["kind", "name"].compactMap { json["principal"]?[$0]?.string }
        let hasIntent = json["intent"] != nil
        return texts.allSatisfy { json[$0]?.string == $1 } && json["outcome"]?.plainInt == leaf.outcome.rawValue
            && hasIntent == (leaf.phase.intent != nil)
            && json["intent"]?.plainInt == leaf.phase.intent.map { Int(clamping: $0) }
            && principal.count == 2 && principal.joined(separator: "|") == leaf.principal
            && BundleFormat.texts(json["roles"]) == leaf.roles.map(\.value)
    }

    private func commits(_ leaf: LeafHeader, to subjects: [JSONValue]) -> Bool {
        guard subjects.count == leaf.subjects.count, salts.subjects.count == subjects.count else { return false }
        return zip(subjects, zip(leaf.subjects, salts.subjects)).allSatisfy { subject, commitment in
            let parts = ["type", "assigner", "identifier"].compactMap { subject[$0]?.string }
            let value = Array(parts.joined(separator: "|").utf8)
            return parts.count == 3 && Commitment(value, salt: commitment.1).text == commitment.0
        }
    }
}
