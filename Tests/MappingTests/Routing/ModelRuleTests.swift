import HL7v2
import Mapping
import Testing

@Suite("Routing to models by their own rules (docs/integrate/models.md)")
struct ModelRuleTests {
    private let order = ImagingOrder(
        identity: OrderIdentity(), modality: "DX", bodyPart: "CHEST", source: "his")

    private func rule(_ id: String, _ json: String) throws -> ModelRule {
        try ModelRule(id: id, json: Array(json.utf8))
    }

    private func routing(_ rule: String) throws -> Routing {
        try Routing(yaml: "version: 1\nrules:\n  - {name: r, \(rule)any: [{modality: [DX]}]}")
    }

    private var chest: ModelRule { get throws { try rule("chest", #"{"any":[{"bodyPart":["CHEST"]}]}"#) } }
    private var foot: ModelRule { get throws { try rule("foot", #"{"any":[{"bodyPart":["FOOT"]}]}"#) } }

    @Test("the first model whose rule fits takes an order for which the site names none")
    func first() throws {
        let routing = try routing("").among([foot, chest, rule("other", #"{"any":[{"bodyPart":["CHEST"]}]}"#)])
        #expect(routing.route(order) == .model(id: "chest", rule: "r"))
    }

    @Test("the model that the site names takes the order, whatever its own rule says")
    func named() throws {
        let routing = try routing("model: foot, ").among([chest, foot])
        #expect(routing.route(order) == .model(id: "foot", rule: "r"))
        #expect(routing.models == ["foot"])
    }

    @Test("a broad rule that finds no taker does not hide a later one that names its model")
    func next() throws {
        let rules = try Routing(
            yaml: """
                version: 1
                rules:
                  - {name: broad, any: [{modality: [DX]}]}
                  - {name: gone, model: gone, any: [{modality: [DX]}]}
                  - {name: narrow, model: foot, any: [{modality: [DX], bodyPart: [CHEST]}]}
                """)
        #expect(rules.among(try [foot]).route(order) == .model(id: "foot", rule: "narrow"))
        #expect(rules.among(try [foot, chest]).route(order) == .model(id: "chest", rule: "broad"))
        #expect(rules.among([]).route(order) == .notApplicable(reason: "noModel"))
    }

    @Test("no model of the name, none that fits: told apart from no rule")
    func none() throws {
        #expect(try routing("model: gone, ").among([chest]).route(order) == .notApplicable(reason: "noModel"))
        #expect(try routing("").among([foot]).route(order) == .notApplicable(reason: "noModel"))
        #expect(try routing("").among([]).route(order) == .notApplicable(reason: "noModel"))
        let other = ImagingOrder(identity: OrderIdentity(), modality: "CT", source: "his")
        #expect(try routing("").among([chest]).route(other) == .notApplicable(reason: "noRule"))
    }

    @Test(
        "a rule without a condition, with an unknown one or with a sender is refused",
        arguments: [
            "{}", #"{"any":[]}"#, #"{"any":[{}]}"#, #"{"any":[{"colour":["red"]}]}"#, #"{"any":[{"source":["his"]}]}"#,
            #"{"any":[{"modality":["DX"]}],"model":"x"}"#, "[1]", "",
        ])
    func refused(json: String) {
        #expect(throws: MappingError.self) { try rule("m", json) }
    }

    @Test("a field that the order does not have fulfils no condition")
    func missing() throws {
        let silent = ImagingOrder(identity: OrderIdentity(), modality: "DX", source: "his")
        #expect(try chest.claims(order))
        #expect(try !chest.claims(silent))
    }
}
