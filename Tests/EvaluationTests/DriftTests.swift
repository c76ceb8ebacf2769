import JSON
import Testing

@testable import Evaluation

@Suite("Drift against SciPy")
struct DriftTests {
    let golden: Golden
    let reference: Distribution

    init() throws {
        golden = try Golden()
        let values = try #require(golden.json["drift"]?["reference"]?.array).compactMap { $0.number?.double }
        reference = try #require(Distribution(values))
    }

    @Test func `index, distance and probability are NumPy's and SciPy's`() throws {
        for wanted in try #require(golden.json["drift"]?["samples"]?.array) {
            let values = try #require(wanted["values"]?.array).compactMap { $0.number?.double }
            let drift = try #require(Drift(values, from: reference))
            #expect(agree(drift.stabilityIndex, wanted["stabilityIndex"]?.number?.double))
            #expect(agree(drift.distance, wanted["distance"]?.number?.double))
            #expect(agree(drift.pValue, wanted["pValue"]?.number?.double))
            #expect(agree(drift.stabilityByChance, wanted["byChance"]?.number?.double))
        }
    }

    @Test func `the same population is within chance, a moved one is not`() throws {
        let verdicts = try #require(golden.json["drift"]?["samples"]?.array).compactMap { wanted in
            Drift(wanted["values"]?.array?.compactMap { $0.number?.double } ?? [], from: reference)?.verdict
        }
        #expect(verdicts == [.withinChance, .moderate, .large])
    }

    @Test func `a shift that the tenths do not see and the distance does is no chance`() throws {
        // All within their tenth, at its upper end: the index sees nothing.
        let moved = try (0..<50).map { index in
            let place = Double(index % 10) / 10 + 0.0995
            return try #require(quantile(place, of: reference.quantiles))
        }
        let drift = try #require(Drift(moved, from: reference))
        let even = try #require(Drift(moved.map { $0 - 0.0001 }, from: reference))
        #expect(drift.stabilityIndex <= drift.stabilityByChance && even.stabilityIndex <= even.stabilityByChance)
        // Twenty times as many patients with the same shift: the distance cannot be chance, the index still can.
        let many = try #require(Drift(Array(repeating: moved, count: 20).flatMap(\.self), from: reference))
        #expect(many.stabilityIndex <= many.stabilityByChance && many.pValue < 0.05)
        #expect(many.verdict == .small)
    }

    @Test func `a reference is that of the same weights`() throws {
        let distributions: JSONValue = ["refused": 0, "asked": 3, "logit": ["all": reference.json]]
        let own: JSONValue = ["model": ["weightsSHA256": "ab"], "distributions": distributions]
        for evaluation in [own, ["validation": own]] {
            #expect(try MeasuredDistributions(evaluation: evaluation, weightsSHA256: "ab").asked == 3)
            #expect(throws: EvaluationError(.referenceOtherModel)) {
                try MeasuredDistributions(evaluation: evaluation, weightsSHA256: "cd")
            }
        }
        for evaluation: JSONValue in [["distributions": distributions], ["model": ["weightsSHA256": "ab"]], [], .null] {
            #expect(throws: EvaluationError(.referenceInvalid)) {
                try MeasuredDistributions(evaluation: evaluation, weightsSHA256: "ab")
            }
        }
    }

    @Test func `Kolmogorov's distribution is SciPy's on both of its series`() throws {
        for row in try golden.rows("kolmogorov") { #expect(agree(Drift.kolmogorov(row[0]), row[1])) }
    }

    @Test func `distributions survive a file`() throws {
        let again = try Distribution(json: JSONValue(parsing: reference.json.serialized()))
        #expect(again.count == reference.count)
        #expect(zip(again.quantiles, reference.quantiles).allSatisfy { agree($0, $1, within: 1e-5) })
    }

    @Test(arguments: [
        "null", "{}", #"{"count":3,"quantiles":[1,2]}"#, #"{"count":0,"quantiles":[]}"#,
        #"{"count":-1,"quantiles":"x"}"#,
    ])
    func `another file is refused`(text: String) throws {
        let json = try JSONValue(parsing: Array(text.utf8))
        #expect(throws: EvaluationError(.referenceInvalid)) { try Distribution(json: json) }
        #expect(throws: EvaluationError(.referenceInvalid)) { try MeasuredDistributions(json: json) }
    }

    @Test func `quantiles that fall are refused`() throws {
        var values = (0...100).map { JSONValue.number(JSONNumber($0)) }
        values[50] = 0
        #expect(throws: EvaluationError(.referenceInvalid)) {
            try Distribution(json: ["count": 5, "quantiles": .array(values)])
        }
    }
}
