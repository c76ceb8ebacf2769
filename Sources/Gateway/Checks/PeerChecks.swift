import OutboundHTTP
import Workflow

/// What all peers are asked: can they be reached, and is their clock ours.
struct PeerChecks {
    /// Limits of a check: a peer that does not answer soon is not ready.
    static let limits = OutboundLimits(
        connectTimeout: .seconds(5), inactivityTimeout: .seconds(10), answerTimeout: .seconds(10))

    let peer: Peer
    let words: PeerWords
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Name, TCP and TLS; nothing is sent.
    func connection() async -> [CheckItem] {
        let start = now()
        let report = await peer.probe(now: start)
        let name = "\(peer.name).connection"
        if let failure = report.failure {
            let (message, remedy) = words.words(failure)
            return [
                CheckItem(name, .problem, code: "\(peer.name).\(failure.rawValue)", message, remedy: remedy)
            ]
        }
        let reached = CheckItem.ok(
            name, report.isEncrypted ? "reached, TLS with a certificate that is believed" : "reached")
        guard let ends = report.certificateEnds, ends < start + CertificateChecks.notice else { return [reached] }
        return [
            reached,
            CheckItem(
                "\(peer.name).tls", .warning,
                code: "\(peer.name).\(CheckItem.Code.certificateExpiresSoon.rawValue)",
                "the certificate of \(words.peer) expires on \(CertificateChecks.day(ends))",
                remedy: "let its operator replace it in time"),
        ]
    }

    /// Our clock against the peer's.
    func clock(_ date: Int64?) -> CheckItem {
        let name = "\(peer.name).clock"
        guard let date else {
            return CheckItem(
                name, .skipped, code: "\(peer.name).\(CheckItem.Code.clockUnknown.rawValue)",
                "\(words.peer) does not say what time it is")
        }
        let difference = now() - date
        let message =
            "our clock is \(abs(difference)) seconds \(difference > 0 ? "ahead of" : "behind") the one of \(words.peer)"
        let code = "\(peer.name).\(CheckItem.Code.clockDiffers.rawValue)"
        let remedy = "keep both machines' clocks by NTP"
        switch abs(difference) {
        case ...60: return .ok(name, abs(difference) <= 1 ? "the same as ours" : message)
        case ...300: return CheckItem(name, .warning, code: code, message, remedy: remedy)
        default: return CheckItem(name, .problem, code: code, message, remedy: remedy)
        }
    }

    func problem(_ what: String, _ code: CheckItem.Code, _ message: String, remedy: String) -> CheckItem {
        CheckItem(
            "\(peer.name).\(what)", .problem, code: "\(peer.name).\(code.rawValue)", message, remedy: remedy)
    }

    func warning(_ what: String, _ code: CheckItem.Code, _ message: String, remedy: String) -> CheckItem {
        CheckItem(
            "\(peer.name).\(what)", .warning, code: "\(peer.name).\(code.rawValue)", message, remedy: remedy)
    }

    func skipped(_ what: String, _ code: CheckItem.Code, _ message: String, remedy: String? = nil) -> CheckItem {
        CheckItem(
            "\(peer.name).\(what)", .skipped, code: "\(peer.name).\(code.rawValue)", message, remedy: remedy)
    }
}
