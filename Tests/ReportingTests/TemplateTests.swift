import FHIR
import ImageClassifier
import JSON
import Testing

@testable import Reporting

@Suite("Report templates")
struct TemplateTests {
    private func shipped() throws -> [UInt8] { try ModelBundle.bundled().report }

    @Test func `the bundled model's folder has the words of its reports`() throws {
        let template = try ReportTemplate(of: .bundled())
        #expect(template.finding.code == "233604007")
        #expect(template.words(for: .negative) == "No pneumonia seen by this model. Nothing else was looked for.")
        #expect(template.value(for: .positive).code == "52101004")
    }

    private func changed(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        var object = try #require(try JSONValue(parsing: shipped()).object)
        change(&object)
        return JSONValue.object(object).serialized()
    }

    @Test func `unknown and missing entries are refused by name`() throws {
        #expect(throws: ReportingError(.templateInvalid, "colour")) {
            try ReportTemplate(parsing: changed { $0["colour"] = "red" })
        }
        #expect(throws: ReportingError(.templateInvalid, "absent")) {
            try ReportTemplate(parsing: changed { $0["absent"] = nil })
        }
        #expect(throws: ReportingError(.templateInvalid, "categories")) {
            try ReportTemplate(parsing: changed { $0["categories"] = [] })
        }
        #expect(throws: ReportingError(.templateInvalid, "finding")) {
            try ReportTemplate(
                parsing: changed { $0["finding"] = ["system": "s", "code": "c", "display": "d", "x": "y"] })
        }
        #expect(throws: ReportingError(.templateInvalid, "finding")) {
            try ReportTemplate(parsing: changed { $0["finding"] = ["system": "", "code": "c", "display": "d"] })
        }
        #expect(throws: ReportingError(.templateInvalid, "json")) { try ReportTemplate(parsing: Array("[]".utf8)) }
    }

    @Test("answers that cannot be told apart are refused", arguments: ["code", "display"])
    func answers(part: String) throws {
        for (key, like) in [("absent", "present"), ("indeterminate", "present"), ("indeterminate", "absent")] {
            let bytes = try changed { object in
                var coding = object[key]?.object
                coding?[part] = object[like]?[part]
                if part == "code" { coding?["system"] = object[like]?["system"] }
                object[key] = coding.map { .object($0) }
            }
            #expect(throws: ReportingError(.templateInvalid, key)) { try ReportTemplate(parsing: bytes) }
        }
    }

    @Test func `equal words for two answers are refused, whatever their case and spaces`() throws {
        for (key, like) in [
            ("negativeWords", "positiveWords"), ("indeterminateWords", "positiveWords"),
            ("indeterminateWords", "negativeWords"),
        ] {
            let bytes = try changed { $0[key] = .string(" " + ($0[like]?.string ?? "").uppercased()) }
            #expect(throws: ReportingError(.templateInvalid, key)) { try ReportTemplate(parsing: bytes) }
        }
    }

    @Test func `the name of an unknown entry is told without what could take a terminal over`() throws {
        let name = "\u{1B}[2J" + String(repeating: "x", count: 100)
        #expect(throws: ReportingError(.templateInvalid, "?[2J" + String(repeating: "x", count: 36))) {
            try ReportTemplate(parsing: changed { $0[name] = "x" })
        }
    }

    @Test("words that call an image normal are refused", arguments: ["Normal.", "Abnormal", "looks NORMAL", ""])
    func words(text: String) throws {
        #expect(throws: ReportingError(.templateInvalid, "negativeWords")) {
            try ReportTemplate(parsing: changed { $0["negativeWords"] = .string(text) })
        }
    }
}
