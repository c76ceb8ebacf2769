import Foundation
import HL7v2
import JSON
import Mapping
import Testing

@Suite("Damaged and foreign order messages")
struct MutationTests {
    @Test("20,000 seeded mutations become candidates or clear errors, and every order can be stored and routed")
    func mutations() throws {
        let seed: UInt64 = 314_159
        print("Order mutation seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let mapping = try Examples.mapping()
        let routing = try Routing(yaml: Examples.file("routing/default.yaml"))
        let corpus = [Examples.orm, Examples.omi].map { Array($0.map { $0 + "\r" }.joined().utf8) }
        var counts = ["message": 0, "order": 0, "clean": 0, "claimed": 0]
        for _ in 0..<20_000 {
            let original = corpus.randomElement(using: &random) ?? []
            let bytes = random.damaged(original, with: Array("|^~\\&\r\"0.".utf8) + [0, 0x80, 0xFF])
            guard let message = try? Message(parsing: bytes) else { continue }
            counts["message", default: 0] += 1
            do throws(MappingError) {
                for candidate in try mapping.orders(from: message) {
                    counts["order", default: 0] += 1
                    check(candidate, routing, &counts)
                }
            } catch {
                #expect(error.location != nil)
            }
        }
        print("Order mutations: \(counts)")
        #expect((counts["clean"] ?? 0) > 1000 && (counts["claimed"] ?? 0) > 1000)
    }

    private func check(_ candidate: OrderCandidate, _ routing: Routing, _ counts: inout [String: Int]) {
        if candidate.problems.isEmpty {
            counts["clean", default: 0] += 1
            #expect(!candidate.order.identity.keys.isEmpty)
            #expect(candidate.order.identity.accession?.value.unicodeScalars.count ?? 0 <= 16)
        }
        #expect(candidate.errors.allSatisfy { !$0.condition.text.isEmpty && $0.condition != .messageAccepted })
        if case .model = routing.route(candidate.order) { counts["claimed", default: 0] += 1 }
        let stored = try? ImagingOrder(json: JSONValue(parsing: candidate.order.json.serialized()))
        #expect(stored == candidate.order)
    }

    @Test("the shared samples: their orders are laboratory work, none is claimed")
    func samples() throws {
        let configured = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(filePath: $0) }
        let shared = configured ?? Examples.package.deletingLastPathComponent().appending(path: "shared")
        guard
            let found = FileManager.default.enumerator(
                at: shared.appending(path: "data/hl7-samples"), includingPropertiesForKeys: nil)?.compactMap({
                    $0 as? URL
                }),
            !found.isEmpty
        else {
            print("SKIPPED: no ../shared/data/hl7-samples on this machine")
            return
        }
        let mapping = try Examples.mapping()
        let routing = try Routing(yaml: Examples.file("routing/default.yaml"))
        var orders = 0
        for url in found where url.pathExtension == "hl7" {
            guard let message = try? Message(parsing: [UInt8](Data(contentsOf: url))) else { continue }
            for candidate in try mapping.orders(from: message) {
                orders += 1
                #expect(routing.route(candidate.order) == .notApplicable(reason: "noRule"), "\(url.lastPathComponent)")
            }
        }
        print("Samples: \(orders) orders")
        #expect(orders > 5)
    }
}
