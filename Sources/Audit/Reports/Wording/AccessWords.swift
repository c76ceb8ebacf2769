/// An access told in words: the same on every kind of report.
extension ReportedAccess {
    /// `fetched the images from pacs (10.0.0.7)`.
    var words: String {
        let words = EventWords(event: event)
        guard let peer else { return words.text }
        switch words.flow {
        case .from: return "\(words.text) from \(peer.words)"
        case .to:
            return event == "report.post" || event == "order.acknowledged" || event == "result.send"
                ? "\(words.text) to \(peer.words)" : "\(words.text) at \(peer.words)"
        case .none: return principal.name == peer.name ? words.text : "\(words.text), with \(peer.words)"
        }
    }

    /// Whether the other side got patient data, if only what was searched for.
    var isGiven: Bool { isAccess && peer != nil && EventWords(event: event).flow == .to }

    /// Facts, `bytes 2204, count 1`; without those that only the program needs.
    var facts: String {
        details.filter { !$0.value.isEmpty && !Self.hidden.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\(Self.spaced($0.key)) \($0.value)\($0.key == "duration" ? " ms" : "")" }.joined(separator: ", ")
    }

    /// Who, with their parts and, for somebody who came from elsewhere, their address.
    var who: [String] {
        var lines = [principal.words]
        if principal.kind != .service { lines.append(roles.map(\.words).joined(separator: ", ")) }
        if principal.kind == .peer, let address = peer?.address { lines.append("at \(address)") }
        return lines.filter { !$0.isEmpty }
    }

    /// How it ended, in words.
    var result: String {
        switch (end, outcome) {
        case (.missing, _): "NO END RECORDED: under way, or cut off"
        case (_, .success): "done"
        case (_, .minorFailure): "failed, or refused"
        case (_, .seriousFailure): "failed"
        case (_, .majorFailure): "failed, and the system with it"
        }
    }

    /// `12`, or `12, 13` with the end.
    var leafNumbers: String { leaves.map(String.init).joined(separator: ", ") }

    /// Digests prove; on paper they hide what matters. They stand in JSON, AuditEvent and export.
    private static let hidden: Set<String> = [
        "messageSHA256", "certificateSHA256", "sha256", "formerSHA256", "input", "output", "inputs", "weights",
        "methods", "actions", "emergency", "ticket", "uid", "uidKey", "keysDigest", "indexes",
    ]

    /// `modelVersion` as `model version`; `uidKey` as `uid key`.
    private static func spaced(_ name: String) -> String {
        var text = ""
        var wasLower = false
        for character in name {
            if character.isUppercase, wasLower { text += " " }
            wasLower = character.isLowercase
            text += wasLower || character.isNumber ? String(character) : character.lowercased()
        }
        return text
    }
}
