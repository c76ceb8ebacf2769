public import JSON

/// One thing that `check` looked at: its result, and in one sentence what is wrong and what to do. Never patient data.
public struct CheckItem: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        case ok, warning, problem, skipped
    }

    /// Who can mend a problem: whoever writes the configuration, or whoever runs machines and peers.
    public enum Area: Sendable {
        case configuration, surroundings
    }

    /// Stable codes of what only `check` finds; for a peer its name and a dot stand before them. Other codes of items
    /// are those of `docs/operate/errors.md`.
    public enum Code: String, Sendable, CaseIterable {
        // Key file
        case otherInstallation = "keys.otherInstallation"
        // Data folder
        case dataParentMissing = "data.parentMissing"
        case dataNoFolder = "data.noFolder"
        case dataNotOwned = "data.notOwned"
        case dataNotWritable = "data.notWritable"
        case dataExposed = "data.exposed"
        case diskSpace = "disk.space"
        case diskUnknown = "disk.unknown"
        // Checkpoints
        case checkpointsNone = "checkpoints.none"
        case checkpointsNotWritable = "checkpoints.notWritable"
        case checkpointsSameDisk = "checkpoints.sameDisk"
        case checkpointsKeyMissing = "checkpoints.keyMissing"
        case checkpointsOtherLog = "checkpoints.otherLog"
        // Listeners
        case portTaken = "port.taken"
        case portAddress = "port.address"
        case portForbidden = "port.forbidden"
        case portNotHeld = "port.notHeld"
        // Feeds
        case feedFolder = "feed.folder"
        // Certificates
        case certificateUnreadable = "certificate.unreadable"
        case certificateKeyMismatch = "certificate.keyMismatch"
        case certificateExpired = "certificate.expired"
        case certificateNotYetValid = "certificate.notYetValid"
        case certificateExpiresSoon = "certificate.expiresSoon"
        case certificateKeyExposed = "certificate.keyExposed"
        case secretExposed = "secret.exposed"
        // Peers
        case metadataMalformed = "metadata.malformed"
        case metadataVersion = "metadata.version"
        case metadataTypes = "metadata.types"
        case metadataTransaction = "metadata.transaction"
        case writeNotClaimed = "write.notClaimed"
        case writeNotTried = "write.notTried"
        case searchUnfiltered = "search.unfiltered"
        case searchMalformed = "search.malformed"
        case notReached = "notReached"
        // Clock
        case clockYear = "clock.year"
        case clockDiffers = "clock.differs"
        case clockUnknown = "clock.unknown"
    }

    /// Stable: what was looked at, such as `ehr.search` or `listeners.mllp[0]`.
    public let name: String
    public let status: Status
    /// `ok`, or what the problem, the warning or the reason for skipping is called.
    public let code: String
    /// What was found; begins with a small letter.
    public let message: String
    /// What to do; nil where nothing is to be done.
    public let remedy: String?
    let area: Area

    init(
        _ name: String, _ status: Status, code: String, _ message: String, remedy: String? = nil,
        area: Area = .surroundings
    ) {
        self.name = name
        self.status = status
        self.code = code
        self.message = message
        self.remedy = remedy
        self.area = area
    }

    static func ok(_ name: String, _ message: String) -> CheckItem { CheckItem(name, .ok, code: "ok", message) }

    static func problem(_ name: String, _ code: Code, _ message: String, remedy: String) -> CheckItem {
        CheckItem(name, .problem, code: code.rawValue, message, remedy: remedy)
    }

    static func warning(_ name: String, _ code: Code, _ message: String, remedy: String) -> CheckItem {
        CheckItem(name, .warning, code: code.rawValue, message, remedy: remedy)
    }

    static func configuration(_ name: String, _ error: ConfigurationError) -> CheckItem {
        let place = error.path.isEmpty || error.path == name ? "" : "\(error.path): "
        return CheckItem(
            name, .problem, code: error.code.rawValue, place + error.explanation,
            remedy: error.code.remedy, area: .configuration)
    }

    public var json: JSONValue {
        [
            "name": .string(name), "status": .string(status.rawValue), "code": .string(code),
            "message": .string(message), "remedy": remedy.map { .string($0) } ?? .null,
        ]
    }
}

extension ConfigurationError.Code {
    /// What to do about it, in general: the explanation says the rest.
    var remedy: String {
        switch self {
        case .unreadable: "check path and rights, or make a configuration with `imaging-gateway init`"
        case .notYAML: "correct the file; it is YAML"
        case .unknownKey: "correct or remove the key; docs/operate/configuration.md has them all"
        case .missingKey: "add the key; docs/operate/configuration.md has them all"
        case .wrongType, .invalidValue: "correct the value; docs/operate/configuration.md says what is allowed"
        case .unsafe: "change it as said: the gateway does not start with it"
        case .fileMissing: "put the file there, or correct its path"
        }
    }
}
