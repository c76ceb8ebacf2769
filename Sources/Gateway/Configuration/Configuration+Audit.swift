public import AuditFeed

/// `checkpoints[]`: one place outside the data folder that gets signed checkpoints.
public struct CheckpointSection: Sendable, Equatable {
    /// Stands in metrics, logs and error codes; by default the kind and its number, such as `witness2`.
    public var name: String
    public var place: Place

    /// What kind of place it is.
    public enum Place: Sendable, Equatable {
        /// A folder, best on another machine.
        case folder(String)
        /// `PUT <url>/<size>.checkpoint`.
        case https(HTTPPlaceSection)
        /// One RFC 5424 message for each checkpoint.
        case syslog(SyslogSection)
        /// A witness (C2SP tlog-witness) and its public key, `name+hex+base64`.
        case witness(HTTPPlaceSection, key: String)
        /// A time stamp authority (RFC 3161) and the file with the authority to believe.
        case timestamps(HTTPPlaceSection, ca: String)
    }

    /// The folder, where the place is one.
    public var folder: String? {
        if case .folder(let path) = place { path } else { nil }
    }

    /// The word of the configuration.
    public var kind: String {
        switch place {
        case .folder: "folder"
        case .https: "https"
        case .syslog: "syslog"
        case .witness: "witness"
        case .timestamps: "timestamps"
        }
    }
}

/// A service that is reached by HTTP: `{url, auth?, tls?}`.
public struct HTTPPlaceSection: Sendable, Equatable {
    public var url: String
    public var auth = AuthSection.none
    public var tls: ClientTLSSection?
}

/// A receiver of syslog messages: `{host, port, tls?, bom?}`; octet counting, over TLS but on this machine.
public struct SyslogSection: Sendable, Equatable {
    public var endpoint: EndpointSection
    public var tls: ClientTLSSection?
    /// Whether a byte order mark stands before the message (RFC 5424 §6.4); receivers of ATNA differ.
    public var bom = true
}

/// `auditFeeds[]`: an audit repository that gets every record.
public struct AuditFeedSection: Sendable, Equatable {
    /// Stands in metrics, logs and error codes, and keeps the feed's place in the log.
    public var name: String
    public var repository: Repository
    public var start = Start.beginning

    /// Where records go and in which form.
    public enum Repository: Sendable, Equatable {
        /// DICOM audit messages by syslog (IHE ITI-20).
        case syslog(SyslogSection)
        /// FHIR AuditEvents (IHE RESTful ATNA).
        case fhir(HTTPPlaceSection, create: FHIRAuditRepository.Creation)
    }

    /// Where a feed that is new begins.
    public enum Start: String, Sendable, CaseIterable {
        case beginning, now
    }
}

/// `audit`.
public struct AuditSection: Sendable, Equatable {
    /// The enterprise site in audit messages (`AuditEnterpriseSiteID`).
    public var site: String?
    /// How long bodies of records are kept; by default six years (45 CFR 164.316(b)(2)).
    public var retention: Duration = .seconds(2192 * 86_400)
    /// Folders where files of the archive are looked for, beside those to which they were written: for a copy, or a disk
    /// that has moved.
    public var archives: [String] = []
    /// Without any checkpoint outside for so many records, the gateway stops reading from peers; nil for never.
    public var mostRecordsWithoutCheckpoint: Int?
    /// Without any checkpoint outside for so long although there are new records, likewise; nil for never.
    public var longestWithoutCheckpoint: Duration?
}

/// `auditors[]`: who may ask for AuditEvents on `listeners.fhir` (IHE ITI-81).
public struct AuditorSection: Sendable, Equatable {
    /// Stands in audit records.
    public var name: String
    /// Common names or DNS names of client certificates.
    public var certificates: [String] = []
    /// The file with the bearer secret.
    public var secretFile: String?
}

/// `access`: which users of the operating system may run commands; a list that is absent lets in everybody who can read
/// the key file, an empty one nobody.
public struct AccessSection: Sendable, Equatable {
    /// Users that may run operators' commands.
    public var operators: [String]?
    /// Users that may run auditors' commands.
    public var auditors: [String]?
}

extension Configuration {
    /// Rules of the audit sections that span several keys.
    func checkAudit() throws(ConfigurationError) {
        for (index, section) in checkpoints.enumerated() { try check(section, at: "checkpoints[\(index)]") }
        for (index, feed) in auditFeeds.enumerated() { try check(feed, at: "auditFeeds[\(index)]") }
        try checkAuditors()
        let waits = audit.mostRecordsWithoutCheckpoint != nil || audit.longestWithoutCheckpoint != nil
        guard !waits || !checkpoints.isEmpty else {
            throw ConfigurationError(
                .missingKey, at: "checkpoints", "audit.stopWithoutCheckpoint needs a place for them")
        }
        guard audit.retention >= .seconds(86_400) else {
            throw ConfigurationError(.invalidValue, at: "audit.retention", "expected a day or more")
        }
    }

    private func check(_ section: CheckpointSection, at path: String) throws(ConfigurationError) {
        switch section.place {
        case .folder(let folder):
            guard folder != data, !folder.hasPrefix(data + "/") else {
                throw ConfigurationError(
                    .unsafe, at: "\(path).folder", "checkpoints must lie outside the data folder")
            }
        case .syslog(let syslog): try check(syslog, at: "\(path).syslog")
        case .https, .witness, .timestamps: break
        }
    }

    private func check(_ feed: AuditFeedSection, at path: String) throws(ConfigurationError) {
        if case .syslog(let syslog) = feed.repository { try check(syslog, at: "\(path).syslog") }
    }

    private func check(_ syslog: SyslogSection, at path: String) throws(ConfigurationError) {
        try check(MLLPPeerSection(endpoint: syslog.endpoint, tls: syslog.tls), at: path)
    }

    private func checkAuditors() throws(ConfigurationError) {
        guard !auditors.isEmpty else { return }
        guard let fhir = listeners.fhir else {
            throw ConfigurationError(.missingKey, at: "listeners.fhir", "auditors ask on this listener")
        }
        for (index, auditor) in auditors.enumerated() {
            let path = "auditors[\(index)]"
            guard auditor.secretFile != nil || !auditor.certificates.isEmpty else {
                throw ConfigurationError(.missingKey, at: "\(path).certificates", "or a secretFile")
            }
            guard auditor.certificates.isEmpty || fhir.tls?.clientCA != nil else {
                throw ConfigurationError(
                    .missingKey, at: "listeners.fhir.tls.clientCA", "\(path).certificates needs it")
            }
            guard auditor.secretFile == nil || auditor.secretFile != fhir.secretFile else {
                throw ConfigurationError(.unsafe, at: "\(path).secretFile", "the EHR's secret is another's")
            }
        }
    }
}
