import Mapping
import Testing

@testable import Workflow

@Suite("Whatever comes, in whatever order (design §4)")
struct IntakeInvariantTests {
    // MARK: - Order of arrival

    static let versions: [OrderText] = [
        .chest.with { $0.time = "20260101120000" },
        .chest.with { ($0.control, $0.modality, $0.study, $0.time) = ("XO", "CR", nil, "20260101120100") },
        OrderText(control: "HD", filler: nil, accession: nil, study: nil, procedure: nil, time: "20260101120200"),
        OrderText(control: "RL", filler: nil, accession: nil, study: nil, procedure: nil, time: "20260101120300"),
        .chest.with { ($0.control, $0.procedure, $0.time) = ("RP", "36643-5^XR Chest 2 Views^LN", "20260101120400") },
    ]

    @Test("NW, XO, HD, RL and RP with their times end in the same order, however they arrive")
    func permutations() async throws {
        let inOrder = try IntakeBench()
        for (index, version) in Self.versions.enumerated() {
            await inOrder.send(OrderText.message("\(index)", version))
        }
        let expected = try inOrder.order
        #expect(expected.state == .accepted)
        #expect(expected.content.order?.procedureCode?.codings.first?.code == "36643-5")
        #expect(expected.content.order?.modality == "DX", "as the last one says")
        for permutation in Self.permutations(of: Array(Self.versions.indices)) {
            let bench = try IntakeBench()
            for index in permutation { await bench.send(OrderText.message("\(index)", Self.versions[index])) }
            let order = try bench.order
            #expect(order.state == .accepted, "\(permutation)")
            let isSame = try #require(order.content.order).says(
                sameAs: try #require(expected.content.order), isPlanned: true)
            #expect(isSame, "\(permutation)")
        }
    }

    private static func permutations(of items: [Int]) -> [[Int]] {
        guard let last = items.last, items.count > 1 else { return [items] }
        return permutations(of: items.dropLast()).flatMap { rest in
            (0...rest.count).map { place in Array(rest[..<place]) + [last] + Array(rest[place...]) }
        }
    }

    // MARK: - Any sequence

    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test("Any sequence of messages leaves orders whose parts agree", arguments: [UInt64](1...40))
    func anySequence(_ seed: UInt64) async throws {
        var random = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let bench = try IntakeBench(retraction: seed.isMultiple(of: 2) ? .keep : .enteredInError)
        for number in 0..<40 {
            let before = Dictionary(uniqueKeysWithValues: bench.store.orders.map { ($0.id, $0) })
            let answer = await bench.send(message(number, &random))
            #expect(["AA", "AE"].contains(answer), "seed \(seed)")
            let decision = try #require(bench.store.last)
            #expect(!decision.records.isEmpty, "every message leaves a leaf; seed \(seed)")
            for order in bench.store.orders {
                check(order, before: before[order.id], decision, "seed \(seed), message \(number)")
            }
            work(bench, &random)
        }
        let ids = Set(bench.store.orders.map(\.id))
        #expect(bench.store.all.keys.values.allSatisfy(ids.contains))
    }

    private func check(_ order: StoredOrder, before: StoredOrder?, _ decision: IntakeDecision, _ comment: Comment) {
        let content = order.content
        #expect((content.parking != nil) == (order.state == .parked), comment)
        #expect((content.heldFrom != nil) == (order.state == .held), comment)
        #expect((content.notApplicableReason != nil) == (order.state == .notApplicable), comment)
        #expect(order.kind != .tombstone || order.state == .cancelled, comment)
        #expect(order.kind == .tombstone || content.order != nil, comment)
        #expect(order.state != .delivered || order.standing.isOut, comment)
        #expect(order.state != .cancelled || !order.standing.isOut, comment)
        // What is retracted is made anew under other names, and nothing else is.
        let isRetracted = decision.retractions.contains(order.id)
        #expect((content.generation > before?.content.generation ?? 0) == isRetracted, comment)
        // A report that may still go out is withdrawn when its order goes back.
        if before?.state == .composed, order.state != .composed {
            #expect(decision.withdrawn.contains(order.id), comment)
        }
    }

    /// What worker and deliverer might do meanwhile.
    private func work(_ bench: IntakeBench, _ random: inout Generator) {
        guard let order = bench.store.orders.randomElement(using: &random) else { return }
        let step = Int.random(in: 0..<5, using: &random)
        let now = bench.clock.now()
        bench.store.change(order.id) { order in
            switch step {
            case 0: order.apply(.imagesMissing, now: now)
            case 1 where order.state.isBeforeCompose:
                order.content.frozenKey = "frozen"
                order.apply(.composed, now: now)
            case 2 where order.state == .composed: order.reportWentOut(now: now)
            case 3 where order.state.isBeforeCompose: order.apply(.parked, now: now, parking: (.patientNotFound, nil))
            case 4 where order.state == .composed: order.reportWentOut(isFinal: true, now: now)
            default: break
            }
        }
    }

    private func message(_ number: Int, _ random: inout Generator) -> String {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
        func order() -> OrderText {
            let exam = Int.random(in: 1...3, using: &random)
            let isOurs = Int.random(in: 0..<4, using: &random) > 0
            return OrderText(
                control: pick(["NW", "NW", "XO", "RP", "RO", "CA", "DC", "HD", "RL", "SC", "SN"]),
                status: pick(["", "", "CM", "CA", "IP"]), placer: pick(["PL\(exam)", "PL\(exam)", "PL9"]),
                filler: pick(["FI\(exam)", nil]), accession: pick(["ACC\(exam)", "ACC\(exam)", nil]),
                study: pick(["1.2.826.0.1.\(exam)", nil, "1.2.826.0.1.9"]),
                procedure: isOurs ? "30745-4^XR Chest^LN" : pick(["24725-4^CT Head^LN", nil]),
                modality: isOurs ? "DX" : "CT",
                time: pick([nil, "202601011200", "202601011201", "202601011202", "20260101"]))
        }
        let patient = pick(["P007", "P007", "P007", "P008", nil])
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            return OrderText.merge(
                "\(number)", (surviving: pick(["P007", "P008", "P100"]), prior: pick(["P007", "P008", "P200"])))
        case 1: return OrderText.update("\(number)", identifiers: "\(pick(["P007", "P008"]))^^^HOSP^MR")
        case 2: return OrderText.message("\(number)", patient: patient, order(), order(), order())
        default: return OrderText.message("\(number)", patient: patient, order())
        }
    }
}
