import JSON
import Testing

@testable import ImageClassifier

@Suite struct `Header rules of a weights file` {
    /// A rule for each element that every model must judge.
    static let needed = HeaderRules.required.map { element in
        element.isNumber
            ? #"{"element":"\#(element.rawValue)","between":[1,1],"absent":"refuse","refusal":"notGrayscale"}"#
            : #"{"element":"\#(element.rawValue)","oneOf":["X"],"absent":"refuse","refusal":"notGrayscale"}"#
    }
    static let age =
        #"{"element":"PatientAge","between":[18,120],"absent":"site","refusal":"ageOutOfRange","#
        + #""absentRefusal":"ageMissing"}"#

    @Test func `another model's range is read, and its words name it`() throws {
        let rules = try Self.rules(Self.needed + [Self.age])
        let rule = try #require(rules.rules.last)
        #expect(rule.element == .patientAge && rule.condition == .between(18...120) && rule.absent == .site)
        #expect(rule.refusal == .ageOutOfRange && rule.absentRefusal == .ageMissing)
        #expect(rules.reason(.ageOutOfRange).hasSuffix("(18 to 120 years)."))
    }

    @Test func `a model without a rule for the age neither refuses by it nor mentions it`() throws {
        let gate = HeaderGate(rules: try Self.rules(Self.needed), policy: ScopePolicy())
        var header = acceptedHeader()
        header.patientAge = nil
        header.viewPosition = nil
        #expect(gate.caveats(header).isEmpty)
    }

    @Test func `noneOf refuses its values only`() throws {
        let rule = #"{"element":"BodyPartExamined","noneOf":["HAND"],"absent":"accept","refusal":"bodyPartNotChest"}"#
        let parsed = try #require(try Self.rules(Self.needed + [rule]).rules.last)
        let gate = HeaderGate(rules: HeaderRules(rules: [parsed]), policy: ScopePolicy())
        var header = acceptedHeader()
        for (part, code) in [("HAND", RefusalCode.bodyPartNotChest), ("CHEST", nil), (nil, nil)] {
            header.bodyPart = part
            #expect(gate.refusal(header)?.code == code)
        }
    }

    @Test(arguments: [
        (#""element":"PatientAge""#, #""element":"PatientWeight""#, "element"),
        (#""between":[18,120]"#, #""above":18"#, "*"),
        (#""between":[18,120],"#, "", "condition"),
        (#""between":[18,120]"#, #""between":[120,18]"#, "condition"),
        (#""between":[18,120]"#, #""between":["18","120"]"#, "condition"),
        (#""between":[18,120]"#, #""between":[18,60,120]"#, "condition"),
        (#""between":[18,120]"#, #""oneOf":["18"]"#, "condition"),
        (#""between":[18,120]"#, #""between":[18,120],"oneOf":["18"]"#, "condition"),
        (#""absent":"site""#, #""absent":"ignore""#, "absent"),
        (#""absent":"site","#, "", "absent"),
        (#""refusal":"ageOutOfRange""#, #""refusal":"tooYoung""#, "refusal"),
        (#""refusal":"ageOutOfRange","#, "", "refusal"),
        (#""absentRefusal":"ageMissing""#, #""absentRefusal":1"#, "absentRefusal"),
        (#""absent""#, #""secondaryCapture":["18"],"absent""#, "secondaryCapture"),
        (#""absent""#, #""comment":"x","absent""#, "*"),
    ])
    func `what is not understood is refused with its place`(old: String, new: String, place: String) throws {
        let changed = Self.age.replacing(old, with: new)
        try #require(changed != Self.age)
        #expect(throws: ClassifierError(.headerRulesInvalid, "headerRules[7].\(place)")) {
            try Self.rules(Self.needed + [changed])
        }
    }

    @Test(arguments: [
        #"{"element":"ViewPosition","between":[1,2],"absent":"accept","refusal":"viewNotFrontal"}"#,
        #"{"element":"ViewPosition","oneOf":[],"absent":"accept","refusal":"viewNotFrontal"}"#,
        #"{"element":"ViewPosition","oneOf":["ap"],"absent":"accept","refusal":"viewNotFrontal"}"#,
        #"{"element":"ViewPosition","oneOf":["AP",7],"absent":"accept","refusal":"viewNotFrontal"}"#,
    ])
    func `a condition that could never hold is refused`(rule: String) {
        #expect(throws: ClassifierError(.headerRulesInvalid, "headerRules[7].condition")) {
            try Self.rules(Self.needed + [rule])
        }
    }

    @Test func `only age and burned-in text can be left to the site`() {
        let rule = #"{"element":"ViewPosition","oneOf":["AP"],"absent":"site","refusal":"viewNotFrontal"}"#
        #expect(throws: ClassifierError(.headerRulesInvalid, "headerRules[7].absent")) {
            try Self.rules(Self.needed + [rule])
        }
    }

    @Test(arguments: HeaderRules.required.indices)
    func `a model that says nothing of what every model must judge is refused`(index: Int) {
        var rules = Self.needed
        rules.remove(at: index)
        let name = HeaderRules.required[index].rawValue
        #expect(throws: ClassifierError(.headerRulesInvalid, "headerRules without \(name)")) {
            try Self.rules(rules + [Self.age])
        }
    }

    @Test(arguments: ["{}", "[]", "[1]", "null", #""x""#])
    func `rules that are no list of objects are refused`(text: String) throws {
        let json = try JSONValue(parsing: Array(text.utf8))
        #expect { try HeaderRules(json: json) } throws: { ($0 as? ClassifierError)?.code == .headerRulesInvalid }
    }

    private static func rules(_ rules: [String]) throws -> HeaderRules {
        try HeaderRules(json: JSONValue(parsing: Array("[\(rules.joined(separator: ","))]".utf8)))
    }
}
