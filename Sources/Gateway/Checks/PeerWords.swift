import OutboundHTTP
import Workflow

/// What went wrong with a peer, in one sentence and with its remedy.
struct PeerWords {
    /// The peer in words: `the EHR`, `the archive pacs`.
    let peer: String
    /// Its section of the configuration, such as `ehr.fhir`.
    let section: String
    /// The keys that say where it is.
    let place: String

    /// A peer with a base URL.
    init(peer: String, section: String) {
        self.peer = peer
        self.section = section
        place = "\(section).base"
    }

    /// A service with a URL.
    init(service: String, section: String) {
        peer = service
        self.section = section
        place = "\(section).url"
    }

    /// A receiver with host and port.
    init(receiver: String, section: String) {
        peer = receiver
        self.section = section
        place = "\(section).host or .port"
    }

    func words(_ failure: ConnectionReport.Failure) -> (message: String, remedy: String) {
        switch failure {
        case .name:
            ("the name of \(peer) is not known here", "correct the host in \(place), or the machine's DNS")
        case .refused:
            (
                "nobody answers at the address of \(peer)",
                "start it, correct host and port in \(place), or open the firewall"
            )
        case .timeout:
            (
                "no connection to \(peer) within 5 seconds",
                "correct host and port in \(place), or open the firewall"
            )
        case .tlsFile: ("the TLS files for \(peer) cannot be read", "correct the paths under \(section).tls")
        case .notTLS:
            ("what answers at the address of \(peer) does not speak TLS", "correct \(place)")
        case .expired: ("the certificate of \(peer) has expired", "let its operator replace it")
        case .notYetValid:
            (
                "the certificate of \(peer) is not valid yet",
                "check this machine's clock, or let its operator replace it"
            )
        case .otherName:
            (
                "the certificate of \(peer) is for another name",
                "use the name of the certificate in \(place), or let its operator replace it"
            )
        case .authority:
            (
                "the certificate of \(peer) is of an authority that is not believed",
                "name the file with the authority that signed it under \(section).tls.ca"
            )
        case .handshakeRefused:
            (
                "\(peer) ended the TLS handshake",
                "check that this port speaks TLS; if it demands a client certificate, name one under \(section).tls"
            )
        }
    }

    func words(_ error: AdapterError) -> (message: String, remedy: String) {
        let code = error.code.split(separator: ".").dropFirst().joined(separator: ".")
        switch code {
        case "http.401":
            return ("\(peer) does not accept the credentials (401)", "correct \(section).auth and its file")
        case "http.403", "transaction.403":
            return (
                "\(peer) knows who we are and does not allow it (403)", "let its operator give our account the right"
            )
        case "http.404": return ("\(peer) has nothing at this path (404)", "correct the path in \(section).base")
        case "http.405", "http.501", "transaction.405":
            return ("\(peer) does not support this (\(code.suffix(3)))", "ask its operator to turn it on")
        case "http.429", "http.503": return ("\(peer) is busy (\(code.suffix(3)))", "try again later")
        case "credentials":
            return ("the password or token file cannot be read", "correct its path or rights under \(section).auth")
        case "tls":
            return (
                "\(peer) ended the TLS connection after the handshake",
                "if it demands a client certificate, name one under \(section).tls.certificate and key"
            )
        case "connect": return words(.refused)
        case "connect.timeout": return words(.timeout)
        case "timeout", "slow": return ("\(peer) did not answer within 10 seconds", "look at its load")
        case "connection", "http.malformed", "http.headers":
            return (
                "the connection to \(peer) ended without an answer", "check that \(section).base is an http service"
            )
        case "search.ignored", "search.mismatch":
            return (
                "\(peer) ignores the identifier that is searched for", "ask its operator to index Patient.identifier"
            )
        case "search.malformed", "mediaType", "malformed":
            return ("\(peer) answers with something else than FHIR", "correct the path in \(section).base")
        default:
            let isRefusal = code.hasPrefix("http.3")
            return isRefusal
                ? (
                    "\(peer) points to another address (\(code.suffix(3)))",
                    "put the final address into \(section).base"
                )
                : ("\(peer) refused the request", "see the code in docs/operate/errors.md, and the peer's log")
        }
    }

    func item(_ name: String, _ error: AdapterError) -> CheckItem {
        let (message, remedy) = words(error)
        return CheckItem(name, .problem, code: error.code, message, remedy: remedy)
    }
}
