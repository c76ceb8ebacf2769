import DICOM
import HL7v2
import Mapping
import Testing

@Suite("Routing: a missing field never claims")
struct RoutingTests {
    static let chest = CodedConcept(code: "XRCH2", display: "XR Chest 2 views", system: "L")

    func order(
        modality: String? = nil, procedure: CodedConcept? = nil, bodyPart: String? = nil, birth: String? = nil,
        at time: String? = "20260301093000+0000", control: OrderControl = .NW
    ) throws -> ImagingOrder {
        let zone = SourceTimeZone.utc
        return ImagingOrder(
            identity: OrderIdentity(), birthDate: try birth.map { text throws(HL7v2Error) in try DTM(parsing: text) },
            orderControl: control, procedureCode: procedure, modality: modality, bodyPart: bodyPart,
            scheduledTime: try time.map { text throws(HL7v2Error) in OrderTime(try DTM(parsing: text), in: zone) },
            source: "his")
    }

    static let claimed = RoutingDecision.model(id: "chest-pneumonia-kermany", rule: "chest-radiograph")
    static let unclaimed = RoutingDecision.notApplicable(reason: "noRule")

    /// Modality, procedure code, its text, its system, body part; whether the shipped file claims the order.
    static let table: [(String?, String?, String?, String?, String?, Bool)] = [
        ("DX", "XRCH2", "XR Chest 2 views", "L", nil, true),
        ("CR", "R1", "RÖ THORAX 2 EBENEN", "L", nil, true),
        ("DX", "R1", nil, "L", "CHEST", true),
        (nil, "36643-5", nil, "LN", nil, true),
        (nil, "36643-5", nil, "L", nil, false),
        ("DX", "R2", "XR Foot", "L", nil, false),
        ("DX", "R2", "Chestnut", "L", nil, false),
        ("DX", nil, nil, nil, nil, false),
        ("CT", "R3", "CT Chest", "L", "CHEST", false),
        (nil, "R1", "XR Chest", "L", "CHEST", false),
        (nil, nil, nil, nil, nil, false),
    ]

    @Test("the shipped rules claim chest radiographs and nothing else", arguments: table)
    func shipped(
        modality: String?, code: String?, text: String?, system: String?, bodyPart: String?, isClaimed: Bool
    ) throws {
        let routing = try Routing(yaml: Examples.file("routing/default.yaml"))
        let procedure = code.map { CodedConcept(code: $0, display: text, system: system) }
        let order = try order(modality: modality, procedure: procedure, bodyPart: bodyPart)
        #expect(routing.route(order) == (isClaimed ? Self.claimed : Self.unclaimed))
    }

    @Test("an adult's chest radiograph is claimed: the model's gate refuses it with a report")
    func adult() throws {
        let routing = try Routing(yaml: Examples.file("routing/default.yaml"))
        #expect(routing.route(try order(modality: "DX", procedure: Self.chest, birth: "19500101")) == Self.claimed)
        #expect(routing.models == ["chest-pneumonia-kermany"])
    }

    @Test("questions and answers are no orders", arguments: [OrderControl.SS, .UA, .SN, .DE])
    func conversation(control: OrderControl) throws {
        let routing = try Routing(yaml: Examples.file("routing/default.yaml"))
        let order = try order(modality: "DX", procedure: Self.chest, control: control)
        #expect(routing.route(order) == .notApplicable(reason: "orderControl"))
    }

    /// Birth date, scheduled time, and whether ages 1 to 5 claim.
    static let ages: [(String?, String?, Bool)] = [
        ("20250301", "20260301", true), ("20250302", "20260301", false), ("20200302", "20260301", true),
        ("20200301", "20260301", false), ("2025", "20260301", true), ("2026", "20260301", false),
        ("202003", "20260301", true), ("202002", "20260301", false), ("20240229", "20250228", false),
        ("20240229", "20250301", true), ("20270101", "20260301", false), (nil, "20260301", false),
        ("20230101", nil, false),
    ]

    @Test("age is counted in completed years at the scheduled time", arguments: ages)
    func age(birth: String?, time: String?, isClaimed: Bool) throws {
        let routing = try Routing(
            yaml: "version: 1\nrules: [{name: r, model: m, any: [{modality: DX, age: {min: 1, max: 5}}]}]")
        let decision = routing.route(try order(modality: "DX", birth: birth, at: time))
        #expect(decision == (isClaimed ? .model(id: "m", rule: "r") : Self.unclaimed))
    }

    @Test("the first rule that claims decides; what is not fulfilled can be told")
    func order() throws {
        let routing = try Routing(
            yaml: """
                version: 1
                rules:
                  - {name: a, model: x, any: [{source: other}, {modality: CT, bodyPart: CHEST}]}
                  - {name: b, model: y, any: {modality: [CT]}}
                  - {name: c, model: z, any: {modality: [CT]}}
                """)
        let order = try order(modality: "CT")
        #expect(routing.route(order) == .model(id: "y", rule: "b"))
        #expect(routing.explain(order).map(\.rule) == ["a", "a", "b", "c"])
        #expect(routing.explain(order).map(\.unfulfilled) == [[.source], [.bodyPart], [], []])
    }

    static let mistakes: [(String, MappingError.Code, String?)] = [
        ("rules: [{name: r, model: m, any: [{}]}]", .invalidValue, "rules[0].any[0]"),
        ("rules: [{name: r, model: m, any: []}]", .invalidValue, "rules[0]"),
        ("rules: [{name: r, model: m, any: [{modalities: DX}]}]", .unknownKey, "rules[0].any[0].modalities"),
        ("rules: [{name: r, model: m, any: [{age: {min: 5, max: 1}}]}]", .invalidValue, "rules[0].any[0].age"),
        ("rules: [{name: r, model: m, any: [{age: {min: x}}]}]", .invalidValue, "rules[0].any[0].age.min"),
        ("rules: [{name: r, model: m, any: [{age: {}}]}]", .invalidValue, "rules[0].any[0].age"),
        ("rules: [{name: r, model: m}]", .missingKey, "rules[0]"),
        (
            "rules: [{name: r, model: m, any: {modality: A}}, {name: r, model: m, any: {modality: A}}]", .invalidValue,
            "rules"
        ),
    ]

    @Test("mistakes in a routing file are named", arguments: mistakes)
    func mistake(rules: String, code: MappingError.Code, keyPath: String?) {
        #expect(throws: MappingError(code, keyPath: keyPath, line: 2)) { try Routing(yaml: "version: 1\n" + rules) }
    }
}
