import Foundation
import JSON
import Testing

@testable import Gateway

@Suite("`map test`: messages without a gateway")
struct MessageTrialTests {
    private static let order = [
        "MSH|^~\\&|HIS|HOSP|GW|GW|20261121101500||ORM^O01|M1|T|2.5.1",
        "PID|1||4711^^^HOSP&2.999.1&ISO^MR~0815^^^OTHER^PI||Invented^Sam||20220412|M",
        "ORC|NW|P100^HIS|F100^RIS", "OBR|1|P100^HIS|F100^RIS|36572-6^XR Chest AP^LN||||||||||||||ACC100||||||DX", "",
    ].joined(separator: "\r")

    private static var mappings: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/mappings"
    }

    private func read(_ text: String) async throws -> MessageReading {
        try await MessageTrial(mappings: Self.mappings, mapping: "default").run(Array(text.utf8))
    }

    @Test("Without a configuration the message's own assigners are known, by namespace and OID")
    func permissive() async throws {
        let reading = try await read(Self.order)
        let order = try #require(reading.orders.first)
        #expect(order.keys.map(\.kind) == ["accession", "filler", "placer"])
        #expect(order.patient.map(\.assigner) == ["HOSP", "OTHER"])
        #expect(order.problems.isEmpty && order.model == "chest-pneumonia-kermany")
        #expect(reading.acknowledgment.code == "AA" && reading.state == "accepted")
        #expect(order.fields.first { $0.name == "procedureCode" }?.path == "OBR-4")
    }

    @Test("What is wrong is told with its place, from the reply itself, before and after version 2.5")
    func refused() async throws {
        for version in ["2.3.1", "2.5.1"] {
            let text = Self.order.replacingOccurrences(of: "2.5.1", with: version)
                .replacingOccurrences(of: "36572-6^XR Chest AP^LN", with: "36572-6^XR Chest AP^LN^^^")
                .replacingOccurrences(of: "PID|1||4711^^^HOSP&2.999.1&ISO^MR~0815^^^OTHER^PI|", with: "PID|1|||")
            let reading = try await read(text)
            #expect(reading.acknowledgment.code == "AE" && !reading.acknowledgment.isPositive)
            #expect(reading.acknowledgment.rows.first?.location == "PID^1^3" && reading.state == nil)
            #expect(reading.acknowledgment.rows.first?.code == "101")
        }
    }

    @Test("Redacted JSON holds no value of the message")
    func redacted() async throws {
        let reading = try await read(Self.order)
        let open = String(decoding: reading.json(redacted: false).serialized(), as: UTF8.self)
        let closed = String(decoding: reading.json(redacted: true).serialized(), as: UTF8.self)
        for value in ["4711", "Invented", "20220412", "F100", "ACC100"] {
            #expect(open.contains(value) && !closed.contains(value))
        }
        #expect(closed.contains("PID-5"))
    }

    @Test("Bytes that are no message are answered as a listener answers them")
    func noMessage() async throws {
        let reading = try await read("nothing of the kind")
        #expect(reading.acknowledgment.code == "AR" && reading.type == nil && reading.orders.isEmpty)
    }

    @Test("Files of any form give the same messages")
    func files() {
        let one = Array("MSH|^~\\&|A\rPID|1\r".utf8)
        let two = Array("MSH|^~\\&|B\r".utf8)
        let forms: [[UInt8]] = [
            one + two, Array("MSH|^~\\&|A\nPID|1\n\nMSH|^~\\&|B".utf8),
            Array("\u{FEFF}MSH|^~\\&|A\r\nPID|1\r\nMSH|^~\\&|B\r\n".utf8),
            [0x0B] + one + [0x1C, 0x0D, 0x0B] + two + [0x1C, 0x0D],
            Array("FHS|^~\\&\rBHS|^~\\&\r".utf8) + one + two + Array("BTS|2\rFTS|1\r".utf8),
        ]
        for form in forms { #expect(MessageFile.messages(in: form) == [one, two]) }
        #expect(MessageFile.messages(in: []) == [])
        #expect(
            MessageFile.messages(in: [0x0B] + Array("MSH|\n".utf8) + [0x1C]) == [Array("MSH|\n".utf8)], "as on the wire"
        )
    }

    @Test("A merge is told, with its prior and its survivor")
    func merge() async throws {
        let reading = try await read(
            "MSH|^~\\&|HIS|HOSP|GW|GW|20261121101500||ADT^A40|M1|T|2.5.1\rPID|1||1^^^HOSP^MR\rMRG|2^^^HOSP^MR\r")
        #expect(reading.patientChange?.kind == "merge" && reading.orders.isEmpty)
        #expect(reading.patientChange?.merges == [.init(prior: "2 of HOSP", surviving: "1 of HOSP")])
        #expect(reading.acknowledgment.isPositive)
        let closed = String(decoding: reading.json(redacted: true).serialized(), as: UTF8.self)
        #expect(!closed.contains("HOSP"))
    }

    @Test("Each value names the entry of the mapping file that gave it, and each order the version of its files")
    func origin() async throws {
        let trial = try MessageTrial(mappings: Self.mappings, mapping: "sites/small-site.yaml")
        let reading = try await trial.run(Array(Self.order.utf8))
        let fields = try #require(reading.orders.first?.fields)
        #expect(fields.first { $0.name == "modality" }?.origin == "sites/small-site.yaml: order.modality")
        #expect(fields.first { $0.name == "procedureCode" }?.origin == "orders/default.yaml: order.procedureCode[0]")
        let version = try #require(reading.mappingVersion)
        #expect(version.count == 16 && version == trial.mappingVersion)
        #expect(try await read(Self.order).mappingVersion != version)
    }

    @Test("An order is shown as FHIR resources when asked, never redacted")
    func view() async throws {
        let reading = try await read(Self.order)
        let open = reading.json(redacted: false, withViews: true)
        #expect(open["orders"]?.array?.first?["fhir"]?["serviceRequest"]?["status"]?.string == "active")
        #expect(reading.json(redacted: true, withViews: true)["orders"]?.array?.first?["fhir"] == nil)
    }

    @Test("Seeded noise neither stops it nor is taken for an order")
    func noise() async throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: .min ... .max, using: &generator)
        print("seed \(seed)")
        var state = seed
        let trial = try MessageTrial(mappings: Self.mappings, mapping: "default")
        var bytes = Array(Self.order.utf8)
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 25)
            for message in MessageFile.messages(in: bytes) { _ = try await trial.run(message).json(redacted: false) }
        }
    }
}
