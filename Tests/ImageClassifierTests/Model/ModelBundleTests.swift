import Foundation
import JSON
import Sealing
import Testing

@testable import ImageClassifier

@Suite("A model is a folder (docs/integrate/models.md)")
struct ModelBundleTests {
    @Test func `the bundled model is complete and names its origin`() throws {
        let model = try Bundled.model()
        let identity = model.identity
        #expect(identity.id == ModelBundle.defaultID)
        #expect(identity.preprocessingVersion == Preprocessing.version)
        #expect(identity.licence == "CC-BY-4.0")
        #expect(identity.attribution.contains("10.17632/rscbjbr9sj"))
        #expect(identity.weightsDigest.count == 64 && identity.trainingDataDigest.count == 64)
        #expect(identity.threshold == 0.5)
        #expect(ModelBundle.bundledIDs.contains(identity.id))
        #expect(ModelBundle.bundledFolder("../models") == nil)
    }

    @Test func `a changed bit of the weights is refused`() throws {
        var files = try BundleFiles()
        let count = try #require(files.files.weights?.count)
        files.files.weights?[count - 3] ^= 1
        #expect(throws: ClassifierError(.weightsDigestMismatch, "model.json")) { try files.read() }
    }

    @Test func `the site's digest is compared too`() throws {
        let files = try BundleFiles()
        let digest = Digest.sha256(try #require(files.files.weights)).hex
        #expect(throws: Never.self) { try files.read(expected: digest.uppercased()) }
        #expect(throws: ClassifierError(.weightsDigestMismatch, "configuration")) {
            try files.read(expected: String(repeating: "0", count: 64))
        }
    }

    @Test func `the site's digest of the description finds exchanged answers`() throws {
        var files = try BundleFiles()
        let digest = Digest.sha256(try #require(files.files.description)).hex
        #expect(throws: Never.self) { try files.read(description: digest.uppercased()) }
        try files.describe { description in
            var report = description["report"]?.object ?? [:]
            let (present, absent) = (report["present"], report["absent"])
            report["present"] = absent
            report["absent"] = present
            description["report"] = .object(report)
        }
        #expect(throws: Never.self) { try files.read() }
        #expect(throws: ClassifierError(.weightsDigestMismatch, "descriptionSHA256")) {
            try files.read(description: digest)
        }
    }

    @Test func `networks and views of an image together are bounded`() throws {
        var files = try BundleFiles()
        let text = try #require(try Bundled.model().metadata["architecture"])
        var architecture = try #require(try JSONValue(parsing: Array(text.utf8)).object)
        architecture["side"] = 384
        try files.metadata(
            "architecture", String(decoding: JSONValue.object(architecture).serialized(), as: UTF8.self))
        try files.metadata("input.side", "384")
        let error = ClassifierError(.architectureInvalid, "multiplications of all networks and views")
        #expect(throws: error) { try files.read() }
    }

    @Test func `names that a file makes up do not reach a terminal as they are`() throws {
        var files = try BundleFiles()
        try files.describe { $0["\u{1B}]0;owned\u{7}"] = "x" }
        #expect(throws: ClassifierError(.modelDescriptionInvalid, "?]0;owned?")) { try files.read() }
        var weights = try BundleFiles()
        try weights.metadata("members", #"["\u001b[2J"]"#)
        #expect(throws: ClassifierError(.weightsIncomplete, "members")) { try weights.read() }
    }

    @Test(
        "an entry of the weights that is missing or wrong is named",
        arguments: [
            ("preprocessing", "1", ClassifierError(.preprocessingVersionMismatch)),
            ("preprocessing", nil, ClassifierError(.weightsIncomplete, "preprocessing")),
            ("format", "imaging-gateway/model/2", ClassifierError(.modelFormatUnknown, "weights.safetensors")),
            ("format", nil, ClassifierError(.weightsIncomplete, "format")),
            ("architecture", "{", ClassifierError(.weightsIncomplete, "architecture")),
            ("architecture", nil, ClassifierError(.weightsIncomplete, "architecture")),
            ("input.side", "64", ClassifierError(.weightsIncomplete, "input.side")),
            ("members", #"["member9"]"#, ClassifierError(.weightsIncomplete, "member9.stem.weight")),
            ("members", "[]", ClassifierError(.weightsIncomplete, "members")),
            ("members", #"["member0","member0"]"#, ClassifierError(.weightsIncomplete, "members")),
            ("members", #"["member0",1]"#, ClassifierError(.weightsIncomplete, "members")),
            ("calibration.slope", "nan", ClassifierError(.weightsNotFinite, "calibration.slope")),
            ("calibration.slope", "-1", ClassifierError(.weightsIncomplete, "calibration")),
            ("decision.threshold", "9.5", ClassifierError(.weightsIncomplete, "calibration")),
            ("decision.threshold", nil, ClassifierError(.weightsIncomplete, "decision.threshold")),
            ("map.range", "0", ClassifierError(.weightsIncomplete, "map.range")),
            ("map.range", "inf", ClassifierError(.weightsNotFinite, "map.range")),
            ("framings", "{}", ClassifierError(.weightsIncomplete, "framings")),
            (
                "framings", #"[{"top":0.5,"left":0,"bottom":0,"right":0,"mirrored":false}]"#,
                ClassifierError(.weightsIncomplete, "framings")
            ),
            ("headerRules", nil, ClassifierError(.weightsIncomplete, "headerRules")),
            ("gate.architecture", nil, ClassifierError(.weightsIncomplete, "gate.architecture")),
            ("training.dataHash", nil, ClassifierError(.weightsIncomplete, "training.dataHash")),
            ("licence", "MIT", ClassifierError(.modelDescriptionInvalid, "licence")),
            ("attribution", "nobody", ClassifierError(.modelDescriptionInvalid, "attribution")),
        ] as [(String, String?, ClassifierError)])
    func entries(name: String, value: String?, error: ClassifierError) throws {
        var files = try BundleFiles()
        try files.metadata(name, value)
        #expect(throws: error) { try files.read() }
    }

    @Test func `an operation that this program has not is named`() throws {
        var files = try BundleFiles()
        let text = try #require(try Bundled.model().metadata["architecture"])
        try files.metadata("architecture", text.replacing("\"convolution\"", with: "\"attention\""))
        #expect(throws: ClassifierError(.operationUnknown, "attention")) { try files.read() }
    }

    @Test func `a value that is not a number is refused`() throws {
        var files = try BundleFiles()
        var weights = try #require(files.files.weights)
        weights.replaceSubrange((weights.count - 4)..., with: [0, 0, 0xC0, 0x7F])
        try files.replaceWeights(weights)
        #expect { try files.read() } throws: { error in
            let code = (error as? ClassifierError)?.code
            return code == .weightsNotFinite || code == .weightsMalformed
        }
    }

    @Test func `a tensor under another name is missed`() throws {
        var files = try BundleFiles()
        try files.header { header in
            header["member0.head.biax"] = header["member0.head.bias"]
            header["member0.head.bias"] = nil
        }
        #expect(throws: ClassifierError(.weightsIncomplete, "member0.head")) { try files.read() }
    }

    @Test(
        "an entry of model.json that is missing, unknown or wrong is named",
        arguments: [
            ("format", nil, ClassifierError(.modelDescriptionInvalid, "format")),
            ("format", "imaging-gateway/model-folder/2", ClassifierError(.modelFormatUnknown, "model.json")),
            ("id", "", ClassifierError(.modelDescriptionInvalid, "id")),
            ("id", "a b", ClassifierError(.modelDescriptionInvalid, "id")),
            ("id", "über", ClassifierError(.modelDescriptionInvalid, "id")),
            ("version", nil, ClassifierError(.modelDescriptionInvalid, "version")),
            ("title", "two\nlines", ClassifierError(.modelDescriptionInvalid, "title")),
            ("weightsSHA256", "00", ClassifierError(.modelDescriptionInvalid, "weightsSHA256")),
            ("card", nil, ClassifierError(.cardMissing, "model.json")),
            ("card", "card.json", ClassifierError(.modelDescriptionInvalid, "card")),
            ("report", nil, ClassifierError(.modelDescriptionInvalid, "report")),
            ("routing", "all", ClassifierError(.modelDescriptionInvalid, "routing")),
            ("licence", nil, ClassifierError(.modelDescriptionInvalid, "licence")),
            ("colour", "red", ClassifierError(.modelDescriptionInvalid, "colour")),
        ] as [(String, String?, ClassifierError)])
    func description(name: String, value: String?, error: ClassifierError) throws {
        var files = try BundleFiles()
        try files.describe { $0[name] = value.map { .string($0) } }
        #expect(throws: error) { try files.read() }
    }

    @Test("what is no description is refused", arguments: ["", "{}", "[1]", "{\"id\":"])
    func unreadable(text: String) throws {
        var files = try BundleFiles()
        files.files.description = Array(text.utf8)
        #expect { try files.read() } throws: { ($0 as? ClassifierError)?.code == .modelDescriptionInvalid }
    }

    @Test func `a card that is missing, another one or no object is refused, and so is a path out of the folder`()
        throws
    {
        var files = try BundleFiles()
        let card = try #require(files.files.other("card.json"))
        files.files.other = { _ in nil }
        #expect(throws: ClassifierError(.cardMissing, "card.json")) { try files.read() }
        files.files.other = { _ in card + [0x20] }
        #expect(throws: ClassifierError(.cardDigestMismatch, "card.json")) { try files.read() }
        let list = Array("[]".utf8)
        files.files.other = { _ in list }
        let digest = Digest.sha256(list).hex
        try files.describe { $0["card"] = ["file": "card.json", "sha256": .string(digest)] }
        #expect(throws: ClassifierError(.cardInvalid, "card.json")) { try files.read() }
        for path in ["../card.json", "/etc/passwd", ".hidden", "a/b"] {
            try files.describe { $0["card"] = ["file": .string(path), "sha256": .string(digest)] }
            #expect(throws: ClassifierError(.modelDescriptionInvalid, "card")) { try files.read() }
        }
    }

    @Test func `a folder without licence, description or weights is told`() throws {
        var files = try BundleFiles()
        files.files.licence = nil
        #expect(throws: ClassifierError(.licenceMissing, "LICENSE")) { try files.read() }
        files = try BundleFiles()
        files.files.weights = nil
        #expect(throws: ClassifierError(.modelUnreadable, "weights.safetensors")) { try files.read() }
        #expect(throws: ClassifierError(.modelUnreadable, "model.json")) { try ModelBundle(folder: "/nonexistent") }
    }

    @Test func `the facts hold what decides, and count what is computed`() throws {
        let model = try Bundled.model()
        let facts = model.facts
        let network = try #require(facts["network"])
        #expect(network["side"]?.int == model.architecture.side)
        #expect(network["operations"]?.int == model.architecture.operations.count)
        // All tensors of the first member are counted, and nothing else.
        let count = model.memberShapes.values.reduce(0) { $0 + $1.reduce(1, *) }
        #expect(network["parameters"]?.int == count)
        let multiplications = try #require(network["multiplicationsPerView"]?.int)
        #expect((1_000_000..<Architecture.Limits.multiplications).contains(multiplications))
        #expect(facts["decision"]?["threshold"]?.number?.double == model.calibration.threshold)
        #expect(facts["headerRules"]?.array?.isEmpty == false)
        #expect(facts["training"]?["dataHash"]?.string == model.identity.trainingDataDigest)
    }
}
