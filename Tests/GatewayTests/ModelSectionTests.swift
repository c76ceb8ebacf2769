import Foundation
import ImageClassifier
import Mapping
import Sealing
import Testing
import Workflow

@testable import Gateway

@Suite("Models of a configuration")
struct ModelSectionTests {
    private func configuration(_ models: String) throws(ConfigurationError) -> Configuration {
        try Configuration.parse("\(ConfigurationTests.complete)\n\(models)\n", folder: "/srv")
    }

    private func failure(_ models: String) -> ConfigurationError? {
        do {
            _ = try configuration(models).loadedModels()
            return nil
        } catch {
            return error
        }
    }

    @Test("Without a word the bundled model is reported")
    func bundled() throws {
        let models = try configuration("").loadedModels()
        #expect(models.map(\.rule.id) == [ModelBundle.defaultID])
        #expect(models.map(\.section.mode) == [.report])
    }

    @Test("Folder, hash and mode are read; a folder counts from the configuration's")
    func sections() throws {
        let digest = String(repeating: "ab", count: 32)
        let configuration = try configuration(
            "models: [{bundled: chest-pneumonia-kermany}, {folder: ./m, sha256: \(digest), descriptionSHA256: ef, mode: shadow}]"
        )
        #expect(
            configuration.models == [
                ModelSection(place: .bundled("chest-pneumonia-kermany")),
                ModelSection(place: .folder("/srv/m"), sha256: digest, descriptionSHA256: "ef", mode: .shadow),
            ])
    }

    @Test(
        "What is missing or wrong is named",
        arguments: [
            ("models: [{mode: report}]", "models[0].folder"),
            ("models: [{folder: ./m, bundled: x, sha256: aa}]", "models[0].folder"),
            ("models: [{folder: ./m}]", "models[0].sha256"),
            ("models: [{bundled: chest-pneumonia-kermany, mode: off}]", "models[0].mode"),
            ("models: [{bundled: nobody}]", "models[0].bundled"),
            ("models: [{bundled: chest-pneumonia-kermany, name: x}]", "models[0].name"),
            ("models: [{folder: /nonexistent, sha256: aa}]", "models[0]"),
            (
                "models: [{bundled: chest-pneumonia-kermany}, {bundled: chest-pneumonia-kermany, mode: shadow}]",
                "models[1]"
            ),
        ])
    func wrong(text: String, place: String) {
        #expect(failure(text)?.path == place)
    }

    @Test("The code of what is wrong with a folder is told")
    func code() {
        let digest = String(repeating: "0", count: 64)
        let error = failure("models: [{bundled: chest-pneumonia-kermany, sha256: \"\(digest)\"}]")
        #expect(error?.explanation.contains("[classifier.weightsDigestMismatch]") == true)
        #expect(
            failure("models: [{folder: /nonexistent, sha256: aa}]")?.explanation.contains("modelUnreadable") == true)
    }

    @Test("A digest of the description that is not that of the folder stops the start")
    func description() throws {
        let digest = try ModelBundle.bundled().descriptionDigest
        let model = "bundled: chest-pneumonia-kermany, descriptionSHA256"
        #expect(failure("models: [{\(model): \"\(digest)\"}]") == nil)
        let error = failure("models: [{\(model): \"\(String(repeating: "0", count: 64))\"}]")
        #expect(error?.path == "models[0]")
        #expect(error?.explanation.contains("descriptionSHA256: the SHA-256 of model.json is not") == true)
        #expect(error?.explanation.contains("[classifier.weightsDigestMismatch]") == true)
    }

    @Test("A rule of the site that names a model which is not configured is refused")
    func routing() throws {
        let mappings =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/mappings"
        var configuration = try configuration("")
        configuration.mappings = mappings
        configuration.sources = []
        let assigners = try configuration.assignerDirectory()
        let known = try ModelRule(id: ModelBundle.defaultID, json: Array(#"{"any":[{"modality":["DX"]}]}"#.utf8))
        let other = try ModelRule(id: "other", json: Array(#"{"any":[{"modality":["DX"]}]}"#.utf8))
        #expect(throws: Never.self) { try Mappings(configuration, assigners: assigners, models: [other, known]) }
        do {
            _ = try Mappings(configuration, assigners: assigners, models: [other])
            Issue.record("a model that is not there was accepted")
        } catch {
            #expect(error.path == "mappings/routing/default.yaml")
            #expect(error.explanation.contains("[mapping.modelUnknown]"))
        }
    }

    @Test("Every way in which a model can be wrong has words")
    func words() {
        for code in ClassifierError.Code.allCases { #expect(!ModelWords.words(code).isEmpty) }
    }

    @Test("What models say is counted by model, mode and outcome")
    func counted() {
        let metrics = Metrics()
        let outcome = ModelOutcome(model: "candidate", mode: .shadow, outcome: "refused")
        metrics.count(outcome)
        metrics.count(outcome)
        let line = #"imaging_gateway_model_results_total{model="candidate",mode="shadow",outcome="refused"} 2"#
        #expect(metrics.render(nil).contains(line))
    }
}
