/// The whole configuration of `imaging-gateway serve`, read from one YAML file.
///
/// Unknown keys are refused, secrets are named as files only, and relative paths count from the file's folder. The
/// reference of all keys is `docs/operate/configuration.md`.
public struct Configuration: Sendable, Equatable {
    /// The data folder (`data`), owned by the gateway alone.
    public var data: String
    /// The key file (`keys`), outside the data folder.
    public var keys: String
    /// The folder with orders, routing, codes, reports and sites (`mappings`).
    public var mappings: String
    /// Models beside the bundled one (`models`); empty means the bundled model.
    public var models: [ModelSection]
    /// Places outside the data folder that get signed checkpoints (`checkpoints`).
    public var checkpoints: [CheckpointSection]
    /// `delivery: shadow | on`; shadow composes reports and keeps them.
    public var delivery: DeliveryMode
    public var assigners: [AssignerSection]
    public var listeners: ListenersSection
    public var sources: [SourceSection]
    public var ehr: EHRSection
    public var archives: [ArchiveSection]
    /// Who gets de-identified copies of studies (`researchArchives`); nobody by default.
    public var researchArchives: [ResearchArchiveSection] = []
    /// Receivers of ORU^R01 (`results`); none by default.
    public var results: [ResultSection] = []
    /// HL7 v2 by HTTP and by files (`feeds`); none by default.
    public var feeds = FeedsSection()
    public var orders = OrdersSection()
    public var waiting: WaitingSection
    public var retry: RetrySection
    public var limits: LimitsSection
    /// Audit repositories (`auditFeeds`); none by default.
    public var auditFeeds: [AuditFeedSection] = []
    public var audit = AuditSection()
    /// Who may ask for AuditEvents (`auditors`); nobody by default.
    public var auditors: [AuditorSection] = []
    /// Who may run commands (`access`).
    public var access = AccessSection()
    /// SHA-256 of the file's text in hex, for the audit log.
    public var digest: String

    public enum DeliveryMode: String, Sendable { case shadow, on }
}

/// One identifier-assigning authority: `{hl7: […], fhir: uri, dicom: […]}`.
public struct AssignerSection: Sendable, Equatable {
    public var name: String
    public var hl7: [String]
    public var fhir: String?
    public var dicom: [String]
}

/// `listeners`: MLLP (one or more), FHIR and admin.
public struct ListenersSection: Sendable, Equatable {
    public var mllp: [MLLPSection]
    public var fhir: FHIRListenerSection?
    public var admin: EndpointSection?
}

/// `{host, port}`; loopback unless TLS is configured.
public struct EndpointSection: Sendable, Equatable {
    public var host: String
    public var port: Int
}

/// `listeners.mllp[]`: `{host, port, tls?, source, release2?}`.
public struct MLLPSection: Sendable, Equatable {
    public var endpoint: EndpointSection
    public var tls: ServerTLSSection?
    public var source: String
    /// Commit bytes (MLLP release 2) before the acknowledgment.
    public var release2 = false
}

/// `listeners.fhir`: `{host, port, tls?, secretFile?}`.
public struct FHIRListenerSection: Sendable, Equatable {
    public var endpoint: EndpointSection
    public var tls: ServerTLSSection?
    public var secretFile: String?
}

/// `tls` of a listener: `{certificate, key, clientCA?}`; with `clientCA` a client certificate is demanded.
public struct ServerTLSSection: Sendable, Equatable {
    public var certificate: String
    public var key: String
    public var clientCA: String?
}

/// `tls` of a peer: `{ca?, certificate?, key?}`.
public struct ClientTLSSection: Sendable, Equatable {
    public var ca: String?
    public var certificate: String?
    public var key: String?
}

/// `auth`: `{type: none | basic | bearer, user?, passwordFile?, tokenFile?}`.
public enum AuthSection: Sendable, Equatable {
    case none
    case basic(user: String, passwordFile: String)
    case bearer(tokenFile: String)
}

/// `sources.<name>`: how one sender's messages are read.
public struct SourceSection: Sendable, Equatable {
    public var name: String
    /// A file of `mappings/orders/`.
    public var mapping: String
    /// The zone of times without one, such as `+01:00`; nil means the zone of MSH-7, or UTC.
    public var timeZone: String?
    /// The character set where MSH-18 is empty.
    public var characterSet: String?
    public var defaultAssigner: String?
    /// The only MSH-11 that is accepted.
    public var processingID: String
    public var replyType = ReplyTypeSection.acknowledgment
    /// Names of client certificates, of which the sender must show one; empty asks for none.
    public var certificates: [String] = []
    /// `MSH-3^MSH-4` of which a message must have one; empty takes every name.
    public var applications: [String] = []
    /// Where application acknowledgments of the enhanced mode are sent.
    public var acknowledgments: MLLPPeerSection?
    public var busy = BusySection.close
}

/// `ehr.fhir`.
public struct EHRSection: Sendable, Equatable {
    public var base: String
    public var auth: AuthSection
    public var tls: ClientTLSSection?
    public var defaultAssigner: String?
    /// Reference of the Organization that performs, such as `Organization/1`, or its display name.
    public var organization: String?
    /// The largest picture inside a report, in bytes.
    public var maxPictureBytes: Int
}

/// `archives[]`.
public struct ArchiveSection: Sendable, Equatable {
    public var name: String
    public var base: String
    public var auth: AuthSection
    public var tls: ClientTLSSection?
    public var defaultAssigner: String?
    /// A study is complete when its instance count did not change for this long.
    public var settleTime: Duration
}

/// `waiting`: how images that are not there yet are waited for.
public struct WaitingSection: Sendable, Equatable {
    public var firstPoll: Duration = .seconds(30)
    public var maxInterval: Duration = .seconds(900)
    public var giveUpAfter: Duration = .seconds(30 * 86400)
    /// How long an announced study waits for its order.
    public var noticeWait: Duration = .seconds(86400)
}

/// `retry`.
public struct RetrySection: Sendable, Equatable {
    public var maxAge: Duration = .seconds(72 * 3600)
    public var maxInterval: Duration = .seconds(300)
}

/// `limits`: what peers may ask of us.
public struct LimitsSection: Sendable, Equatable {
    public var mllpFrameBytes = 16 << 20
    public var mllpConnections = 256
    public var mllpConnectionsPerAddress = 32
    public var mllpIdle: Duration = .seconds(300)
    public var fhirBodyBytes = 32 << 20
    /// A message or batch that is posted to `/hl7/<source>`.
    public var hl7BodyBytes = 16 << 20
    /// A file of `feeds.files`.
    public var feedFileBytes = 64 << 20
    public var instanceBytes = 512 << 20
    public var instancesPerStudy = 16
    public var workers = 2
    /// Free space on the data folder's disk under which the gateway stops reading from peers.
    public var minimumFreeBytes = 256 << 20
}
