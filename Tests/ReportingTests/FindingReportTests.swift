import DICOM
import FHIR
import ImageClassifier
import JSON
import Testing

@testable import Reporting

@Suite("Reports of a finding")
struct FindingReportTests {
    @Test(
        "the coded answer, its interpretation and its words go together",
        arguments: [
            (Decision.positive, "52101004", "POS", "Pneumonia seen by this model."),
            (.negative, "2667000", "NEG", "No pneumonia seen by this model. Nothing else was looked for."),
            (.indeterminate, "82334004", "IND", "This model does not decide whether there is pneumonia."),
        ])
    func answers(decision: Decision, value: String, interpretation: String, words: String) throws {
        let composed = try Fixture.compose(.finding(Fixture.finding(decision)))
        let observation = composed.observation
        #expect(observation.code?.code(in: CodeSystem.snomed) == "233604007")
        #expect(observation.valueCodeableConcept?.code(in: CodeSystem.snomed) == value)
        #expect(observation.interpretation.first?.code(in: CodeSystem.interpretation) == interpretation)
        #expect(observation.dataAbsentReason == nil)
        #expect(composed.report.conclusion?.contains(words) == true)
        #expect(!composed.text.lowercased().contains("normal"))
    }

    @Test func `R4 §10.3: status, category, code, links, and no conclusionCode or interpreter`() throws {
        let composed = try Fixture.compose(.finding(Fixture.finding()))
        let report = composed.report
        #expect(report.status == "preliminary")
        #expect(report.category.map { $0.coding.first?.code } == ["RAD", "LP29684-5"])
        #expect(report.code?.code(in: CodeSystem.loinc) == "36554-4")
        #expect(report.subject?.reference == "Patient/p1")
        #expect(report.basedOn.map(\.reference) == ["ServiceRequest/sr1"])
        #expect(report.basedOn.first?.identifier?.value == "ORD-1")
        #expect(report.imagingStudy.map(\.reference) == ["ImagingStudy/is1"])
        #expect(report.performer.map(\.reference) == ["Organization/radiology"])
        #expect(report.result.map(\.reference) == ["urn:uuid:00000001-0002-8000-8000-000000000000"])
        #expect(report.elements["encounter"]?["reference"] == "Encounter/e1")
        #expect(report.elements["effectiveDateTime"] == "2026-01-02")
        #expect(report.issued == "2026-01-02T10:00:00.000005Z")
        #expect(report.elements["conclusionCode"] == nil)
        #expect(report.elements["resultsInterpreter"] == nil)
        #expect(composed.observation.device?.reference == "urn:uuid:00000001-0004-8000-8000-000000000000")
    }

    @Test func `without the EHR's own resources, order and study stand as identifiers`() throws {
        let request = try Fixture.request(
            .finding(Fixture.finding()), withServiceRequest: false, withImagingStudy: false)
        let composed = try Fixture.composer().compose(request)
        #expect(composed.report.basedOn.first?.reference == nil)
        #expect(composed.report.basedOn.first?.identifier?.value == "ORD-1")
        #expect(composed.report.imagingStudy.isEmpty)
        #expect(composed.report.elements["imagingStudy"] == nil)
        #expect(composed.observation.derivedFrom.first?.reference == nil)
        #expect(composed.observation.derivedFrom.first?.identifier?.value == "urn:oid:\(Fixture.studyUID)")
    }

    @Test func `R4 §3.1.0.8.1: each create is conditional on its derived identifier, and only Provenance is a PUT`()
        throws
    {
        let composed = try Fixture.compose(.finding(Fixture.finding()))
        let requests = composed.bundle.entries.compactMap(\.request)
        #expect(requests.map(\.method) == ["POST", "POST", "POST", "PUT"])
        #expect(
            requests.map(\.url) == [
                "Device", "Observation", "DiagnosticReport", "Provenance/00000001-0003-8000-8000-000000000000",
            ])
        for entry in composed.bundle.entries.dropLast() {
            let identifier = entry.resource?.elements["identifier"]?[0]?["value"]?.string ?? "none"
            #expect(entry.request?.ifNoneExist?.hasSuffix("%7C\(identifier)") == true)
            #expect(entry.fullURL == "urn:uuid:\(identifier)")
        }
    }

    @Test func `where client ids are refused, Provenance comes only with the first version`() throws {
        let composer = Fixture.composer(ReportPolicy(provenance: .createWithFirst))
        let request = try Fixture.request(.finding(Fixture.finding()))
        let first = try composer.compose(request, isFirst: true)
        let later = try composer.compose(request, isFirst: false)
        #expect(first.bundle.entries.last?.request?.url == "Provenance")
        #expect(first.resource("Provenance")?["id"] == nil)
        #expect(later.resource("Provenance") == nil)
        #expect(
            try Fixture.compose(.finding(Fixture.finding()), policy: ReportPolicy(provenance: .omit)).resource(
                "Provenance") == nil)
    }

    @Test func `the site may say partial; the observation, which has no such status, stays preliminary`() throws {
        let composed = try Fixture.compose(.finding(Fixture.finding()), policy: ReportPolicy(status: .partial))
        #expect(composed.report.status == "partial")
        #expect(composed.observation.status == "preliminary")
    }

    @Test(
        "probabilities have fixed digits and never read as certain",
        arguments: [
            (0.87, 3, "0.870", nil, "0.870"), (0.5, 1, "0.5", nil, "0.5"), (0.0004, 3, "0.001", "<", "below 0.001"),
            (0.9996, 3, "0.999", ">", "above 0.999"), (1, 2, "0.99", ">", "above 0.99"),
            (0, 2, "0.01", "<", "below 0.01"),
            (0.0005, 3, "0.001", nil, "0.001"), (0.123456, 6, "0.123456", nil, "0.123456"),
        ] as [(Double, Int, String, String?, String)])
    func probabilities(value: Double, decimals: Int, digits: String, comparator: String?, words: String) throws {
        let composed = try Fixture.compose(
            .finding(Fixture.finding(probability: value)), policy: ReportPolicy(decimals: decimals))
        let quantity = composed.observation.components.first?["valueQuantity"]
        #expect(quantity?["value"]?.number?.text == digits)
        #expect(quantity?["comparator"]?.string == comparator)
        #expect(quantity?["system"] == "http://unitsofmeasure.org")
        #expect(quantity?["code"] == "1")
        #expect(composed.observation.components.first?["code"]?["coding"]?[0]?["code"] == "122157")
        #expect(composed.report.conclusion?.contains("Calibrated probability \(words),") == true)
    }

    @Test func `the spread stands in words and as a Range of its own component`() throws {
        let composed = try Fixture.compose(.finding(Fixture.finding()))
        let words = "three networks and seven views of the image: 0.810 to 0.930"
        #expect(composed.report.conclusion?.contains(words) == true)
        #expect(composed.report.elements["text"]?["div"]?.string?.contains(words) == true)
        let component = try #require(self.component("probability-spread", of: composed.observation))
        #expect(component["code"]?["text"] == "Probability: three networks and seven views of the image")
        #expect(component["valueRange"]?["low"]?["value"]?.number?.text == "0.810")
        #expect(component["valueRange"]?["high"]?["value"]?.number?.text == "0.930")
        #expect(component["valueRange"]?["low"]?["code"] == "1")
        #expect(component["valueRange"]?["low"]?["system"] == "http://unitsofmeasure.org")
    }

    @Test(
        "R4 SimpleQuantity has no comparator: bounds of a spread beyond the digits are widened, in words they are not",
        arguments: [
            (0.0001...0.9999, "0.000", "1.000", "below 0.001 to above 0.999"),
            (0.0001...0.0002, "0.000", "0.001", "all below 0.001"),
            (0.9999...0.99991, "0.999", "1.000", "all above 0.999"),
        ])
    func wideSpread(spread: ClosedRange<Double>, low: String, high: String, words: String) throws {
        let composed = try Fixture.compose(.finding(Fixture.finding(spread: spread)))
        let range = try #require(self.component("probability-spread", of: composed.observation)?["valueRange"])
        #expect(range["low"]?["value"]?.number?.text == low)
        #expect(range["high"]?["value"]?.number?.text == high)
        #expect(composed.report.conclusion?.contains(words) == true)
    }

    @Test(
        "numbers of networks and views are words",
        arguments: [
            (1, 1, "one network and one view of the image"), (2, 12, "two networks and twelve views of the image"),
            (13, 2, "13 networks and two views of the image"),
        ])
    func witnesses(networks: Int, views: Int, words: String) throws {
        let composed = try Fixture.compose(.finding(Fixture.finding(networks: networks, views: views)))
        #expect(composed.report.conclusion?.contains("; \(words): ") == true)
    }

    @Test("an undecided finding says why, coded and in words", arguments: IndeterminateReason.allCases)
    func undecided(reason: IndeterminateReason) throws {
        let composed = try Fixture.compose(.finding(Fixture.finding(.indeterminate, reason: reason)))
        let component = try #require(self.component("indeterminate-reason", of: composed.observation))
        #expect(component["valueCodeableConcept"]?["coding"]?[0]?["code"] == .string(reason.rawValue))
        #expect(component["valueCodeableConcept"]?["text"] == .string(reason.words))
        #expect(composed.report.conclusion?.contains(reason.words) == true)
        #expect(composed.observation.elements["note"]?.array?.contains { $0["text"] == .string(reason.words) } == true)
        let decided = try Fixture.compose(.finding(Fixture.finding()))
        #expect(self.component("indeterminate-reason", of: decided.observation) == nil)
    }

    private func component(_ code: String, of observation: Observation) -> JSONValue? {
        observation.components.first { $0["code"]?["coding"]?[0]?["code"] == .string(code) }
    }

    @Test("what is no probability is refused", arguments: [Double.nan, .infinity, -0.1, 1.1])
    func improbable(value: Double) throws {
        #expect(throws: ReportingError(.probabilityInvalid, "probability")) {
            try Fixture.compose(.finding(Fixture.finding(probability: value)))
        }
    }

    @Test func `caveats say what was done, and nothing of another model`() {
        // Both contradictions end inverted; the range of ages is the model's own.
        #expect(Caveat.polarityContradiction.words.hasSuffix("small stored values were taken as bright."))
        #expect(Caveat.ageMissing.words.filter(\.isNumber) == "")
    }

    @Test("every caveat is put into words in report and observation", arguments: Caveat.allCases)
    func caveats(caveat: Caveat) throws {
        let composed = try Fixture.compose(.finding(Fixture.finding(caveats: [caveat])))
        #expect(composed.report.conclusion?.contains(caveat.words) == true)
        #expect(composed.observation.elements["note"]?.array?.contains { $0["text"] == .string(caveat.words) } == true)
    }

    @Test func `the Device is the same for every order: nothing of patient or order is in it`() throws {
        let one = try Fixture.compose(.finding(Fixture.finding()))
        let other = try Fixture.composer().compose(
            Fixture.request(.refusal(Fixture.refusal()), procedure: "other", orderNumber: "ORD-2", studyUID: "1.2.3"))
        #expect(one.resource("Device") == other.resource("Device"))
        #expect(one.resource("Device")?["version"]?[1]?["value"] == .string(String(repeating: "ab", count: 32)))
    }

    @Test func `R4 §6.3: Provenance names algorithm, gateway, order message and study`() throws {
        let provenance = try #require(try Fixture.compose(.finding(Fixture.finding())).resource("Provenance"))
        #expect(provenance["agent"]?[0]?["who"]?["reference"] == "urn:uuid:00000001-0004-8000-8000-000000000000")
        #expect(provenance["agent"]?[1]?["who"]?["identifier"]?["value"] == "imaging-gateway 0.1.0")
        #expect(provenance["entity"]?[0]?["what"]?["identifier"]?["value"] == "MSG00001")
        #expect(provenance["entity"]?[1]?["what"]?["identifier"]?["value"] == "urn:oid:1.2.826.0.1.3680043.8.498.1")
        #expect(provenance["target"]?.array?.count == 2)
    }

    @Test func `R4 §6.3: Provenance names the version of the mapping that read the order, where one did`() throws {
        let base = try Fixture.request(.finding(Fixture.finding()))
        let request = ReportRequest(
            matched: base.matched, classification: base.classification, names: base.names, issued: base.issued,
            receipt: base.receipt, orderIdentifier: base.orderIdentifier, mappingDigest: "9f2c41")
        let provenance = try #require(try Fixture.composer().compose(request).resource("Provenance"))
        #expect(provenance["entity"]?.array?.count == 3)
        #expect(provenance["entity"]?[1]?["what"]?["identifier"]?["value"] == "9f2c41")
        #expect(
            provenance["entity"]?[1]?["what"]?["identifier"]?["system"]?.string?.hasSuffix(":mapping:his") == true)
        let without = try #require(try Fixture.composer().compose(base).resource("Provenance"))
        #expect(without["entity"]?.array?.count == 2)
    }

    @Test func `a report made anew for another patient has other names, and the same Device`() throws {
        let (keys, model) = (try Fixture.keys(), Fixture.model())
        let study = try #require(UID(Fixture.studyUID))
        let names = try (0...2).map {
            try ReportNames(keys: keys, frozenKey: "filler|ris|F1", study: study, model: model, generation: $0)
        }
        #expect(try ReportNames(keys: keys, frozenKey: "filler|ris|F1", study: study, model: model) == names[0])
        #expect(Set(names.map(\.report)).count == 3)
        #expect(Set(names.map(\.observation)).count == 3)
        #expect(Set(names.map(\.device)).count == 1)
    }

    @Test func `the same request gives the same bytes`() throws {
        let request = try Fixture.request(.finding(Fixture.finding(side: 200)))
        let first = try Fixture.composer().compose(request).bundle.json.serialized()
        let second = try Fixture.composer().compose(request).bundle.json.serialized()
        #expect(first == second)
        #expect(try ComposedReport(Bundle(JSONValue(parsing: first))).bundle.json.serialized() == first)
    }

    @Test func `a patient without id cannot be reported on`() throws {
        let request = try Fixture.request(.finding(Fixture.finding()), patient: Patient(elements: ["active": true]))
        #expect(throws: ReportingError(.patientWithoutID)) { try Fixture.composer().compose(request) }
    }

    @Test(
        "a study date that is no date is left out",
        arguments: ["20261301", "2026", "2026-1-1", "20260100", "2026010a", "", "00000101"])
    func studyDates(text: String) throws {
        let composed = try Fixture.composer().compose(Fixture.request(.finding(Fixture.finding()), studyDate: text))
        #expect(composed.report.elements["effectiveDateTime"] == nil)
    }
}
