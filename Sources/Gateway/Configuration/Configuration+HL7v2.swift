/// `sources.<name>.replyType`: what answers an order message in the original mode and as application acknowledgment.
public enum ReplyTypeSection: String, Sendable, CaseIterable {
    /// A plain ACK, which almost every sender takes.
    case acknowledgment = "ACK"
    /// ORR^O02, ORI^O24 or ORG^O20 by the type of the order message.
    case response
}

/// `sources.<name>.busy`: what a sender sees while nothing can be stored.
public enum BusySection: String, Sendable, CaseIterable {
    /// No answer and a closed connection: the sender keeps the message and sends it again.
    case close
    /// AR, for a sender of which it is known that it sends again after one.
    case reject
}

/// A receiver of messages that the gateway sends by MLLP: `{host, port, tls?}`.
public struct MLLPPeerSection: Sendable, Equatable {
    public var endpoint: EndpointSection
    public var tls: ClientTLSSection?
}

/// `results[]`: a receiver of ORU^R01.
public struct ResultSection: Sendable, Equatable {
    /// Stands in audit records, metrics and the outbox.
    public var name: String
    public var address: MLLPPeerSection
    /// MSH-5 and MSH-6.
    public var application: String
    public var facility: String
    /// Whether the heat map goes along as an encapsulated document.
    public var pictures: Pictures
    /// The largest picture inside a message, in bytes before encoding.
    public var maxPictureBytes: Int
    /// MSH-12.
    public var version: String
    /// MSH-11.
    public var processingID: String
    /// MSH-18, of table 0211.
    public var characterSet: String
    public var acknowledgment: Acknowledgment
    /// For which purpose results are disclosed to this receiver, as a code of v3-ActReason; `nil` where it takes part in
    /// the patient's treatment.
    public var disclosure: Disclosure?

    /// Purposes other than treatment (45 CFR 164.528 asks to account for them).
    public enum Disclosure: String, Sendable, CaseIterable {
        case payment = "HPAYMT"
        case publicHealth = "PUBHLTH"
        case research = "HRESCH"
        case legal = "HLEGAL"
        case quality = "HQUALIMP"
        case patientRequest = "PATRQT"
    }

    /// Which answer is asked for.
    public enum Acknowledgment: String, Sendable, CaseIterable {
        /// MSH-15 and MSH-16 empty: AA, AE or AR.
        case original
        /// MSH-15 AL, MSH-16 NE: CA, CE or CR.
        case commit
    }

    public enum Pictures: String, Sendable, CaseIterable {
        case none
        case png = "PNG"
    }
}

/// `feeds`: ways by which HL7 v2 comes beside MLLP.
public struct FeedsSection: Sendable, Equatable {
    /// Sources that may post to `/hl7/<source>` on the FHIR listener.
    public var http: [String] = []
    public var files: [FileFeedSection] = []
}

/// `feeds.files[]`: a folder in which a source leaves messages as files.
public struct FileFeedSection: Sendable, Equatable {
    public var folder: String
    public var source: String
    /// How often the folder is looked at.
    public var poll: Duration
}

/// `orders`: what is decided for all sources alike.
public struct OrdersSection: Sendable, Equatable {
    public var afterDelivery = AfterDelivery.keep

    /// What a cancellation does to a report that went out.
    public enum AfterDelivery: String, Sendable, CaseIterable {
        /// The report stays: the exam was done.
        case keep
        /// The report is marked as entered in error.
        case withdraw
    }
}

extension Configuration {
    /// Rules of the HL7 v2 sections that span several keys.
    func checkHL7v2() throws(ConfigurationError) {
        for section in sources { try check(section) }
        for (index, section) in results.enumerated() { try check(section.address, at: "results[\(index)]") }
        try checkFeeds()
    }

    private func check(_ source: SourceSection) throws(ConfigurationError) {
        let path = "sources.\(source.name)"
        for application in source.applications where application.wholeMatch(of: /[^^~|&]+(\^[^^~|&]+)?/) == nil {
            throw ConfigurationError(
                .invalidValue, at: "\(path).applications", "expected MSH-3 and MSH-4 as APPLICATION^FACILITY")
        }
        if let address = source.acknowledgments { try check(address, at: "\(path).acknowledgments") }
        guard !source.certificates.isEmpty else { return }
        for (index, listener) in listeners.mllp.enumerated() where listener.source == source.name {
            try requireClientCA(listener.tls, at: "listeners.mllp[\(index)].tls", of: path)
        }
        if feeds.http.contains(source.name) {
            try requireClientCA(listeners.fhir?.tls, at: "listeners.fhir.tls", of: path)
        }
        if feeds.files.contains(where: { $0.source == source.name }) {
            throw ConfigurationError(
                .invalidValue, at: "\(path).certificates", "a source that is read from files shows no certificate")
        }
    }

    /// Without a clientCA nobody presents a certificate, and everybody would be refused.
    private func requireClientCA(
        _ tls: ServerTLSSection?, at path: String, of source: String
    ) throws(ConfigurationError) {
        guard tls?.clientCA == nil else { return }
        throw ConfigurationError(.missingKey, at: "\(path).clientCA", "\(source).certificates needs it")
    }

    func check(_ address: MLLPPeerSection, at path: String) throws(ConfigurationError) {
        guard address.endpoint.port > 0 else {
            throw ConfigurationError(.invalidValue, at: "\(path).port", "expected a port from 1 to 65535")
        }
        guard let tls = address.tls else {
            guard Self.isLoopback(address.endpoint.host) else {
                throw ConfigurationError(
                    .unsafe, at: "\(path).tls", "messages leave this machine by TLS only: name the `ca` to believe")
            }
            return
        }
        guard tls.ca != nil else {
            throw ConfigurationError(.missingKey, at: "\(path).tls.ca", "the authority to believe must be named")
        }
        guard (tls.certificate == nil) == (tls.key == nil) else {
            throw ConfigurationError(
                .missingKey, at: "\(path).tls.\(tls.key == nil ? "key" : "certificate")",
                "certificate and key go together")
        }
    }

    private func checkFeeds() throws(ConfigurationError) {
        let names = Set(sources.map(\.name))
        if !feeds.http.isEmpty, listeners.fhir == nil {
            throw ConfigurationError(.missingKey, at: "listeners.fhir", "feeds.http is served on this listener")
        }
        for (index, name) in feeds.http.enumerated() where !names.contains(name) {
            throw ConfigurationError(.invalidValue, at: "feeds.http[\(index)]", "no source has this name")
        }
        var folders: Set<String> = []
        for (index, feed) in feeds.files.enumerated() {
            let path = "feeds.files[\(index)]"
            guard names.contains(feed.source) else {
                throw ConfigurationError(.invalidValue, at: "\(path).source", "no source has this name")
            }
            guard folders.insert(feed.folder).inserted else {
                throw ConfigurationError(.invalidValue, at: "\(path).folder", "another feed reads this folder")
            }
            guard !Self.isInside(feed.folder, data), !Self.isInside(data, feed.folder) else {
                throw ConfigurationError(
                    .unsafe, at: "\(path).folder", "the folder and the data folder must lie apart")
            }
        }
    }

    /// Whether a folder is another one or lies below it.
    private static func isInside(_ folder: String, _ other: String) -> Bool {
        folder == other || folder.hasPrefix(other.hasSuffix("/") ? other : other + "/")
    }

    static func isLoopback(_ host: String) -> Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }
}
