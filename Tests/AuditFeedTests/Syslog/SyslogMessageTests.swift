import Audit
import FHIR
import OutboundHTTP
import Testing

@testable import AuditFeed

func settings(
    host: String = "localhost", port: Int = 6514, tls: ClientTLS? = nil, hostName: String = "gw.example.org",
    hasByteOrderMark: Bool = true, timeout: Duration = .seconds(20)
) -> SyslogSettings {
    SyslogSettings(
        host: host, port: port, tls: tls, hostName: hostName, processID: "812", hasByteOrderMark: hasByteOrderMark,
        deliveryTimeout: timeout)
}

let instant = FHIRInstant(secondsSinceEpoch: 1_795_000_000, microseconds: 42)

func message(_ text: String, severity: SyslogMessage.Severity = .notice) -> SyslogMessage {
    SyslogMessage(severity: severity, time: instant, messageID: "IHE+RFC-3881", content: Array(text.utf8))
}

@Suite struct SyslogMessageTests {
    @Test func `A message has the header of RFC 5424 §6, no structured data, the mark and its content`() {
        let text = String(decoding: message("<?xml?>").bytes(settings()), as: UTF8.self)
        #expect(
            text
                == "<85>1 2026-11-18T11:06:40.000042Z gw.example.org imaging-gateway 812 IHE+RFC-3881 - \u{FEFF}<?xml?>"
        )
        let bare = message("x").bytes(settings(hasByteOrderMark: false))
        #expect(String(decoding: bare, as: UTF8.self).hasSuffix(" - x"))
    }

    @Test func `The worse the outcome, the more urgent: 85, 84, 83, 82`() {
        let priorities = Outcome.allCases.map { outcome in
            String(decoding: message("x", severity: .init(outcome)).bytes(settings()).prefix(5), as: UTF8.self)
        }
        #expect(priorities == ["<85>1", "<84>1", "<83>1", "<82>1"])
    }

    @Test func `The frame counts octets, not characters (RFC 5425 §4_3)`() {
        let message = message("M\u{FC}ller")
        let bytes = message.bytes(settings())
        #expect(message.frame(settings()) == Array("\(bytes.count) ".utf8) + bytes)
    }

    @Test(arguments: [
        ("", "-"), ("a b\n\u{7F}\u{FC}", "a_b____"),
        (String(repeating: "h", count: 300), String(repeating: "h", count: 255)),
    ])
    func `A header field is printable ASCII within its length, or the NILVALUE`(given: String, expected: String) {
        let text = String(decoding: message("x").bytes(settings(hostName: given)), as: UTF8.self)
        #expect(text.split(separator: " ")[2] == expected)
    }

    @Test func `A message prints nothing of what it holds`() {
        #expect(!"\(message("PLANTED"))".contains("PLANTED"))
        #expect(!String(reflecting: message("PLANTED")).contains("PLANTED"))
    }
}
