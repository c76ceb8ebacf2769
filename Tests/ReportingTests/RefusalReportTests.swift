import FHIR
import ImageClassifier
import JSON
import Testing

@testable import Reporting

@Suite("Reports of a refusal")
struct RefusalReportTests {
    @Test(
        "each refusal has a reason in words and no number, value, interpretation or picture",
        arguments: RefusalCode.allCases)
    func refusals(code: RefusalCode) throws {
        let composed = try Fixture.compose(.refusal(Fixture.refusal(code)))
        let observation = composed.observation
        #expect(observation.dataAbsentReason?.coding.first?.system == CodeSystem.dataAbsentReason)
        #expect(observation.dataAbsentReason?.text == "Not analysed: this is not a negative result. \(code.reason)")
        #expect(!observation.elements.keys.contains { $0.hasPrefix("value") })
        #expect(observation.interpretation.isEmpty)
        #expect(!composed.bundle.json.everything.contains { $0.number != nil })
        #expect(!composed.text.lowercased().contains("probability"))
        #expect(!composed.text.contains("threshold"))
        #expect(!composed.text.contains("image/png"))
        #expect(composed.report.conclusion?.contains("Not analysed: this is not a negative result.") == true)
        #expect(composed.report.conclusion?.contains(code.reason) == true)
        let component = observation.components.first { $0["code"]?["coding"]?[0]?["code"] == "refusal" }
        #expect(component?["valueCodeableConcept"]?["coding"]?[0]?["code"] == .string(code.rawValue))
        #expect(!composed.text.lowercased().contains("normal"))
    }

    @Test(
        "the notice stands in conclusion, narrative, notes, text form and Device of every report",
        arguments: [true, false])
    func notice(isFinding: Bool) throws {
        let classification: Classification = isFinding ? .finding(try Fixture.finding()) : .refusal(Fixture.refusal())
        let composed = try Fixture.compose(classification)
        let notice = "AI-generated, preliminary, not for clinical use; not a medical device."
        let report = composed.report
        #expect(report.conclusion?.hasPrefix(notice) == true)
        #expect(report.elements["text"]?["div"]?.string?.contains(notice) == true)
        #expect(composed.observation.elements["text"]?["div"]?.string?.contains(notice) == true)
        #expect(composed.observation.elements["note"]?[0]?["text"] == .string(notice))
        #expect(composed.resource("Device")?["note"]?[0]?["text"] == .string(notice))
        for form in report.elements["presentedForm"]?.array ?? [] {
            #expect(form["title"]?.string?.hasPrefix(notice) == true)
        }
        let data = try #require(report.elements["presentedForm"]?[0]?["data"]?.string)
        #expect(data.hasPrefix(String(base64(Array(notice.utf8)).dropLast(4))))
    }

    @Test func `each refusal has its place among the reasons for an absent value (R4 data-absent-reason)`() {
        let places = Dictionary(grouping: RefusalCode.allCases) { $0.dataAbsentReason.code ?? "" }
        #expect(
            places == [
                "unsupported": [
                    .modalityNotSupported, .objectNotSupported, .forProcessing, .multipleFrames, .notGrayscale,
                    .pixelFormatNotSupported,
                ],
                "not-applicable": [.speciesNotHuman, .ageOutOfRange, .bodyPartNotChest, .viewNotFrontal],
                "unknown": [.ageMissing],
                "not-performed": [
                    .burnedInAnnotation, .imageUnusable, .imageRotated, .imageInverted, .imageNotLikeTraining,
                ],
            ])
    }

    @Test func `the names are made of installation, order, study and model, and the device's of the model alone`()
        throws
    {
        #expect(throws: ReportingError(.nameInvalid)) {
            try ReportNames(report: "A", observation: "b", provenance: "c", device: "d")
        }
        let one = "00000000-0000-8000-8000-00000000000a"
        #expect(throws: ReportingError(.nameInvalid)) {
            try ReportNames(report: one, observation: one, provenance: one, device: one)
        }
    }
}
