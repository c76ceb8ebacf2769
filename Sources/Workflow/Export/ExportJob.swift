import DICOM
import JSON

/// An export's name inside the gateway: a random UUID.
public struct ExportID: Sendable, Hashable, CustomStringConvertible {
    public let value: String
    public init(_ value: String) { self.value = value }
    public var description: String { value }
}

/// A de-identified copy of one study on its way to one research archive.
///
/// It comes into being in the commit that makes its order delivered, and is worked on beside the clinical path. It is
/// kept for ever as the list of what is outside.
public struct ExportJob: Sendable, Equatable {
    /// The life of an export.
    public enum State: String, Sendable, CaseIterable {
        /// Still to be sent, or to be tried again.
        case pending
        /// The research archive has the study and its certificate.
        case sent
        /// Not sent because it is not certain that it may be; the code says why, a person looks at it.
        case quarantined
        /// Not sent because something does not work; the code says what, a person looks at it.
        case failed
        /// Not sent and not wanted any more: by an operator, or because the order changed before it was.
        case discarded
    }

    public let id: ExportID
    public let order: OrderID
    /// The research archive's configured name.
    public let destination: String
    public var state: State
    /// Why it is in this state: stable, without patient data.
    public var code: String?
    /// Tries that ended.
    public var attempts: Int
    /// Failures in a row; what the retry policy counts.
    public var failures: Int
    /// When the first try of this row began: also the moment that the certificate names, so that a try which was cut
    /// off and the next one make the same objects.
    public var firstAttempt: Timestamp?
    public var nextAttempt: Timestamp
    public let created: Timestamp
    public var updated: Timestamp
    /// The sealed part.
    public var content: ExportContent

    public init(
        id: ExportID, order: OrderID, destination: String, state: State = .pending, code: String? = nil,
        attempts: Int = 0, failures: Int = 0, firstAttempt: Timestamp? = nil, nextAttempt: Timestamp,
        created: Timestamp, updated: Timestamp, content: ExportContent
    ) {
        self.id = id
        self.order = order
        self.destination = destination
        self.state = state
        self.code = code
        self.attempts = attempts
        self.failures = failures
        self.firstAttempt = firstAttempt
        self.nextAttempt = nextAttempt
        self.created = created
        self.updated = updated
        self.content = content
    }
}

/// What is to be exported where; decided when the report is composed, after patient, order and study were compared.
public struct ExportDraft: Sendable, Equatable {
    /// The research archive's configured name.
    public let destination: String
    /// Study Instance UID in the clinical archive.
    public let study: String
    /// SHA-256 of profile, pixel rules and masks as they were when the export was decided.
    public let profileDigest: String

    public init(destination: String, study: String, profileDigest: String) {
        self.destination = destination
        self.study = study
        self.profileDigest = profileDigest
    }
}

/// The sealed part of an export.
public struct ExportContent: Sendable, Equatable {
    /// Study Instance UID in the clinical archive.
    public let study: String
    /// SHA-256 of the profile, pixel rules and masks that may be used.
    public var profileDigest: String
    /// What is outside, as soon as it may be: written before the first byte is sent.
    public var copy: ExportedCopy?

    public init(study: String, profileDigest: String, copy: ExportedCopy? = nil) {
        self.study = study
        self.profileDigest = profileDigest
        self.copy = copy
    }
}

/// A copy as the research archive has it.
public struct ExportedCopy: Sendable, Equatable {
    /// The pseudonymous Study Instance UID.
    public let study: String
    /// SHA-256 of the certificate.
    public let certificate: String
    /// Images of the copy, without the certificate.
    public let instances: Int
    /// Objects of the study that no profile covers, and that stayed where they are.
    public let leftOut: Int

    public init(study: String, certificate: String, instances: Int, leftOut: Int) {
        self.study = study
        self.certificate = certificate
        self.instances = instances
        self.leftOut = leftOut
    }
}
