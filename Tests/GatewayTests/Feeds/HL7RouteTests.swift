import HL7v2
import Hummingbird
import HummingbirdTesting
import NIOCore
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("Feeds: HL7 v2 over HTTP")
struct HL7RouteTests {
    private let fixture: ListenerFixture

    init() throws { fixture = try ListenerFixture() }

    private static let er7 = "x-application/hl7-v2+er7"
    private static let xml = "x-application/hl7-v2+xml"

    private func send(
        _ body: [UInt8], type: String? = er7, to path: String = "/hl7/his", secret: String? = ListenerFixture.secret,
        listener: FHIRListener? = nil
    ) async throws -> (status: Int, type: String?, body: [UInt8]) {
        var headers: HTTPFields = [:]
        headers[.authorization] = secret.map { "Bearer \($0)" }
        headers[.contentType] = type
        let sent = headers
        let application = (try listener ?? fixture.fhir()).application()
        return try await application.test(.router) { client in
            try await client.execute(uri: path, method: .post, headers: sent, body: ByteBuffer(bytes: body)) {
                ($0.status.code, $0.headers[.contentType], Array($0.body.readableBytesView))
            }
        }
    }

    private func orders() async throws -> Int { try await fixture.store.orders(OrderFilter()).count }

    @Test func `an order is stored and answered with its acknowledgment in the same encoding`() async throws {
        let answer = try await send(FeedMessages.order)
        #expect(answer.status == 200 && answer.type == Self.er7)
        #expect(MessageGate.codes(in: answer.body) == [.AA])
        #expect(try await orders() == 1)
    }

    @Test func `v2_xml is read, and answered in XML`() async throws {
        let answer = try await send(FeedMessages.xmlOrder, type: "application/hl7-v2+xml; charset=utf-8")
        #expect(answer.status == 200 && answer.type?.hasPrefix("application/hl7-v2+xml") == true)
        let reply = try Message(parsingXML: answer.body)
        #expect(reply.value(at: try FieldPath(parsing: "MSA-1")) == "AA")
        #expect(reply.value(at: try FieldPath(parsing: "MSA-2")) == "X1")
        #expect(try await orders() == 1)
    }

    @Test func `a message that is refused is answered with 200 and a negative acknowledgment, and kept`() async throws {
        let answer = try await send(Array("no message at all".utf8))
        #expect(answer.status == 200)
        #expect(MessageGate.codes(in: answer.body) == [.AR])
        #expect(try await fixture.store.counts().keptMessages == 1)
        let xml = try await send(Array("<!DOCTYPE x><x/>".utf8), type: Self.xml)
        let said = String(decoding: xml.body, as: UTF8.self)
        #expect(xml.status == 200 && said.contains("<MSA.1>AR</MSA.1>"))
        #expect(
            said.contains("document type declaration"), "what is wrong with the XML, not only that it is no message")
    }

    @Test func `without the secret nothing is read, and the refusal is in the log`() async throws {
        for secret in [nil, "wrong-secret-wrong-secret"] {
            #expect(try await send(FeedMessages.order, secret: secret).status == 401)
        }
        #expect(try await orders() == 0)
        #expect(try await fixture.store.counts().leaves >= 1)
    }

    @Test func `unknown sources, other types, long bodies and a full disk have their status`() async throws {
        #expect(try await send(FeedMessages.order, to: "/hl7/other").status == 404)
        #expect(try await send(FeedMessages.order, type: "application/json").status == 415)
        #expect(try await send(FeedMessages.order, type: nil).status == 415)
        #expect(try await send(FeedMessages.order, listener: fixture.fhir(hl7BodyLimit: 100)).status == 413)
        #expect(try await send(FeedMessages.order, listener: fixture.fhir(isSpaceEnough: false)).status == 503)
        #expect(try await orders() == 0)
    }
}

/// Messages as a source of the shipped mappings sends them.
enum FeedMessages {
    static let order = message(controlID: "F1", accession: "ACC100")

    static func message(controlID: String, accession: String) -> [UInt8] {
        Array(
            [
                "MSH|^~\\&|HIS|HOSP|GW|GW|20261121101500||ORM^O01|\(controlID)|P|2.5.1",
                "PID|1||4711^^^HOSP^MR||Invented^Sam||20220412|M", "ORC|NW|P\(accession)^HOSP|F\(accession)^HOSP",
                "OBR|1|P\(accession)^HOSP|F\(accession)^HOSP|36572-6^XR Chest AP^LN||||||||||||||\(accession)||||||DX",
                "",
            ].joined(separator: "\r").utf8)
    }

    static let xmlOrder = Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ORM_O01 xmlns="urn:hl7-org:v2xml">
          <MSH><MSH.1>|</MSH.1><MSH.2>^~\\&amp;</MSH.2><MSH.3><HD.1>HIS</HD.1></MSH.3><MSH.4><HD.1>HOSP</HD.1></MSH.4>
            <MSH.7><TS.1>20261121101500</TS.1></MSH.7><MSH.9><MSG.1>ORM</MSG.1><MSG.2>O01</MSG.2></MSH.9>
            <MSH.10>X1</MSH.10><MSH.11><PT.1>P</PT.1></MSH.11><MSH.12><VID.1>2.5.1</VID.1></MSH.12></MSH>
          <ORM_O01.PATIENT>
            <PID><PID.3><CX.1>4711</CX.1><CX.4><HD.1>HOSP</HD.1></CX.4><CX.5>MR</CX.5></PID.3>
              <PID.5><XPN.1><FN.1>Invented</FN.1></XPN.1><XPN.2>Sam</XPN.2></PID.5>
              <PID.7><TS.1>20220412</TS.1></PID.7><PID.8>M</PID.8></PID>
          </ORM_O01.PATIENT>
          <ORM_O01.ORDER>
            <ORC><ORC.1>NW</ORC.1><ORC.2><EI.1>P1</EI.1><EI.2>HOSP</EI.2></ORC.2></ORC>
            <ORM_O01.ORDER_DETAIL><OBR><OBR.1>1</OBR.1><OBR.2><EI.1>P1</EI.1><EI.2>HOSP</EI.2></OBR.2>
              <OBR.4><CE.1>36572-6</CE.1><CE.2>XR Chest AP</CE.2><CE.3>LN</CE.3></OBR.4>
              <OBR.18>ACC1</OBR.18><OBR.24>DX</OBR.24></OBR></ORM_O01.ORDER_DETAIL>
          </ORM_O01.ORDER>
        </ORM_O01>
        """.utf8)
}
