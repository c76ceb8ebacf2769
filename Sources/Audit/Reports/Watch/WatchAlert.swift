public import JSON

/// Something that somebody should look at. It names no patient and may stand in any log.
public struct WatchAlert: Sendable, Equatable {
    /// Why.
    public enum Kind: String, Sendable, CaseIterable {
        /// The log contradicts what was seen of it.
        case broken
        /// The log goes on after a restore.
        case restored
        /// Somebody overrode a control.
        case emergency
        /// Somebody or something was not let in.
        case refused
        /// Something failed.
        case failed
        /// The machine's clock jumped.
        case clock
        /// Contents, keys or holds were changed on purpose.
        case keeping
    }

    /// Why.
    public let kind: Kind
    /// The record, or how far the log was seen.
    public let index: UInt64
    /// The record's time.
    public let time: String?
    /// What happened, in words.
    public let words: String
    /// `kind|name`.
    public let principal: String?
    /// The stable code.
    public let code: String?

    /// One line.
    public var text: String {
        [
            kind.rawValue.uppercased(), "record \(index)", time, principal, words, code.map { "[\($0)]" },
        ].compactMap { $0 }.joined(separator: "  ")
    }

    /// One object.
    public var json: JSONValue {
        var object: JSONObject = [
            "alert": .string(kind.rawValue), "index": .number(JSONNumber(Int(clamping: index))),
            "words": .string(words),
        ]
        object["time"] = time.map { .string($0) }
        object["principal"] = principal.map { .string($0) }
        object["code"] = code.map { .string($0) }
        return .object(object)
    }
}

extension WatchAlert {
    /// What a leaf gives reason for; nil where everything is as usual.
    init?(_ header: LeafHeader, index: UInt64, code: String?) {
        guard let kind = Kind(header) else { return nil }
        self.init(
            kind: kind, index: index, time: header.time, words: EventWords(event: header.event).text,
            principal: header.principal, code: code)
    }
}

extension WatchAlert.Kind {
    fileprivate init?(_ header: LeafHeader) {
        switch AuditEventType(rawValue: header.event) {
        case .emergencyStart, .emergencyStop: self = .emergency
        case .accessRefused, .connectionRefused, .listenerRefused: self = .refused
        case .clockStep: self = .clock
        case .logRestored, .restore: self = .restored
        case .keysDestroy, .keysRotate, .bodiesExpired, .segmentArchived, .holdSet, .holdRemoved: self = .keeping
        default:
            if header.purpose == .breakTheGlass {
                self = .emergency
            } else if header.phase != .intent, header.outcome != .success {
                self = .failed
            } else {
                return nil
            }
        }
    }
}
