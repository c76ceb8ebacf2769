import DICOM
import Sealing
import Testing

@testable import Deidentification
@testable import ImageClassifier

@Suite struct ClassifierTests {
    @Test func `a study without instances is an error, not a refusal`() throws {
        #expect(throws: ClassifierError(.studyEmpty)) { try classify([]) }
    }

    @Test func `a study out of scope is refused without decoding`() throws {
        let adult = try instance(age: "045Y", view: "AP", pixels: nil)
        let result = try classify([adult])
        guard case .refusal(let refusal) = result else {
            Issue.record("scored an adult")
            return
        }
        #expect(refusal.code == .ageOutOfRange)
        #expect(refusal.reason.hasSuffix("(1 to 5 years)."))
        #expect(refusal.instance == 0)
        #expect(refusal.model == (try Bundled.model().identity))
    }

    @Test func `the refusal is that of the image that came furthest`() throws {
        let result = try classify([
            try instance(modality: "CT", view: "AP", pixels: nil), try instance(view: "LL", pixels: nil),
        ])
        guard case .refusal(let refusal) = result else {
            Issue.record("scored a lateral view")
            return
        }
        #expect(refusal.code == .viewNotFrontal)
        #expect(refusal.instance == 1)
    }

    @Test func `pixels that cannot be decoded are an error`() throws {
        #expect(throws: ClassifierError(.pixelDataUndecodable)) {
            try classify([try instance(view: "AP", pixels: [1, 2, 3])])
        }
    }

    @Test func `an image that cannot be decoded does not hide the others`() throws {
        let torn = try instance(view: "AP", pixels: [1, 2, 3])
        let pixels = formula(rows: 224, columns: 224, seed: 1, maximum: 255).map { UInt8($0) }
        guard case .finding(let finding) = try classify([torn, try instance(view: "AP", pixels: pixels)], gate: false)
        else {
            Issue.record("refused")
            return
        }
        #expect(finding.instance == 1)
        let flat = try instance(view: "AP", pixels: [UInt8](repeating: 9, count: 224 * 224))
        guard case .refusal(let refusal) = try classify([torn, flat]) else {
            Issue.record("scored nothing")
            return
        }
        #expect(refusal.code == .imageUnusable && refusal.instance == 1)
        // What a header says of another image does not explain it.
        #expect(throws: ClassifierError(.pixelDataUndecodable)) {
            try classify([torn, try instance(view: "LL", pixels: pixels)])
        }
    }

    @Test func `a cancelled task scores no further image`() async throws {
        let study = [try instance(view: "AP", pixels: [UInt8](repeating: 9, count: 224 * 224))]
        let ended = await withTaskGroup(of: ClassifierError?.self) { group in
            group.cancelAll()
            group.addTask {
                do { _ = try classify(study) } catch { return error as? ClassifierError }
                return nil
            }
            return await group.next() ?? nil
        }
        #expect(ended == ClassifierError(.interrupted))
    }

    @Test func `the stated frontal view is scored and the result says all that a report needs`() throws {
        let pixels = formula(rows: 224, columns: 224, seed: 1, maximum: 255).map { UInt8($0) }
        let result = try classify(
            [
                try instance(view: nil, pixels: pixels), try instance(view: "LL", pixels: pixels),
                try instance(view: "PA", pixels: pixels),
            ], gate: false)
        guard case .finding(let finding) = result else {
            Issue.record("refused")
            return
        }
        #expect(finding.instance == 2)
        #expect(finding.viewPosition == "PA")
        #expect(finding.logit == finding.map.logit)
        #expect((0...1).contains(finding.probability))
        #expect(finding.image.rows == 224 && finding.image.columns == 224)
        let picture = overlay(finding)
        #expect(picture.width >= 224 && picture.pixels.count == picture.width * picture.height * 3)
        #expect(finding.model.id == ModelBundle.defaultID)
    }

    @Test func `what de-identification leaves is enough for gate and preprocessing`() throws {
        let pixels = formula(rows: 224, columns: 224, seed: 1, maximum: 255).map { UInt8($0) }
        let original = try instance(view: "PA", pixels: pixels)
        let uid = try #require(UID("1.2.3"))
        let pseudonyms = try Pseudonyms(key: [UInt8](repeating: 7, count: 32))
        let (study, _) = try deidentify(Study(studyInstanceUID: uid, instances: [original]), pseudonyms: pseudonyms)
        let model = try permissive()
        let direct = try Classifier(model: model).classify(
            Deidentified(Study(studyInstanceUID: uid, instances: [original])), decoder: DCMTKFrameDecoder())
        #expect(try classify(study, model: model) == direct)
    }

    @Test func `an image unlike the training is refused after the header accepted it`() throws {
        var random = SplitMix(state: 11)
        let noise = (0..<(224 * 224)).map { _ in UInt8.random(in: 0...255, using: &random) }
        guard case .refusal(let refusal) = try classify([try instance(view: "AP", pixels: noise)]) else {
            Issue.record("scored noise")
            return
        }
        #expect(refusal.code == .imageNotLikeTraining)
    }

    @Test func `a flat image and a small one are refused`() throws {
        let flat = [UInt8](repeating: 9, count: 224 * 224)
        let small = try instance(view: "AP", side: 64, pixels: [UInt8](repeating: 9, count: 64 * 64))
        for instance in [try instance(view: "AP", pixels: flat), small] {
            guard case .refusal(let refusal) = try classify([instance]) else {
                Issue.record("scored nothing")
                return
            }
            #expect(refusal.code == .imageUnusable)
        }
    }

    private func classify(_ instances: [Instance], gate: Bool = true) throws -> Classification {
        let uid = try #require(UID("1.2.3"))
        // Only the tests can make one without `deidentify`; what is tried here must not depend on its rules.
        let study = Deidentified(Study(studyInstanceUID: uid, instances: instances))
        return try classify(study, model: gate ? Bundled.model() : permissive())
    }

    private func classify(_ study: Deidentified<Study>, model: ModelBundle) throws -> Classification {
        try Classifier(model: model).classify(study, decoder: DCMTKFrameDecoder())
    }

    /// The bundled weights with an image gate that lets synthetic images pass.
    private func permissive() throws -> ModelBundle {
        var files = try BundleFiles()
        try files.widenGate()
        return try files.read()
    }

    private func instance(
        age: String = "003Y", modality: String = "DX", view: String?, side: Int = 224, pixels: [UInt8]?
    ) throws -> Instance {
        var meta = DataSet()
        meta.set(.transferSyntaxUID, .UI, "1.2.840.10008.1.2.1")
        var data = DataSet()
        data.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.1.1")
        data.set(.sopInstanceUID, .UI, "1.2.3.4")
        data.set(.studyInstanceUID, .UI, "1.2.3")
        data.set(.seriesInstanceUID, .UI, "1.2.3.5")
        data.set(.modality, .CS, modality)
        data.set(.presentationIntentType, .CS, "FOR PRESENTATION")
        data.set(.patientAge, .AS, age)
        data.set(.bodyPartExamined, .CS, "CHEST")
        if let view { data.set(.viewPosition, .CS, view) }
        data.set(.photometricInterpretation, .CS, "MONOCHROME2")
        let numbers = [
            (Tag.samplesPerPixel, 1), (.rows, side), (.columns, side), (.bitsAllocated, 8), (.bitsStored, 8),
            (.highBit, 7), (.pixelRepresentation, 0),
        ]
        for (tag, value) in numbers {
            data.set(tag, .US, value)
        }
        return Instance(fileMeta: meta, dataSet: data, pixelData: pixels.map { .native($0) })
    }
}
