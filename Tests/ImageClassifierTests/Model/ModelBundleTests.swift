import Foundation
import Sealing
import Testing

@testable import ImageClassifier

@Suite struct `Model bundle` {
    @Test func `the bundled model is complete and names its origin`() throws {
        let identity = try Bundled.model().identity
        #expect(identity.id == "chest-pneumonia-kermany")
        #expect(identity.preprocessingVersion == "1")
        #expect(identity.licence == "CC-BY-4.0")
        #expect(identity.attribution.contains("10.17632/rscbjbr9sj"))
        #expect(identity.weightsDigest.count == 64 && identity.trainingDataDigest.count == 64)
        #expect(identity.threshold == 0.5)
    }

    @Test func `a changed bit of the weights is refused`() throws {
        var files = try BundleFiles()
        files.weights[files.weights.count - 3] ^= 1
        #expect(throws: ClassifierError(.weightsDigestMismatch)) { try files.read() }
    }

    @Test func `the site's digest is compared too`() throws {
        let files = try BundleFiles()
        let digest = Digest.sha256(files.weights).hex
        #expect(throws: Never.self) { try files.read(expected: digest.uppercased()) }
        #expect(throws: ClassifierError(.weightsDigestMismatch)) {
            try files.read(expected: String(repeating: "0", count: 64))
        }
    }

    @Test(arguments: [
        (#""preprocessing":"1""#, #""preprocessing":"2""#, ClassifierError(.preprocessingVersionMismatch)),
        (#""resnet-24"#, #""resnet-25"#, ClassifierError(.weightsIncomplete, "architecture")),
        (#""decision.threshold":"0.5""#, #""decision.threshold":"9.5""#, .init(.weightsIncomplete, "calibration")),
        (#""decision.threshold""#, #""decision.thresholx""#, .init(.weightsIncomplete, "decision.threshold")),
        (#""gate.distanceLimit""#, #""gate.distanceLimix""#, .init(.weightsIncomplete, "gate.distanceLimit")),
        (#""gate.mean""#, #""gate.meax""#, .init(.weightsIncomplete, "gate.mean")),
        (#""head.bias""#, #""head.biax""#, .init(.weightsIncomplete, "head")),
        (
            #""stage1.block0.shortcut.weight""#, #""stage1.block0.shortcut.weighx""#,
            .init(.weightsIncomplete, "stage1.block0.shortcut")
        ),
        (#"\"views\""#, #"\"viewx\""#, .init(.weightsIncomplete, "scope")),
    ])
    func `an entry that is missing or unknown is named`(
        old: String, new: String, error: ClassifierError
    ) throws {
        var files = try BundleFiles()
        try files.replace(old, new)
        #expect(throws: error) { try files.read() }
    }

    @Test(arguments: ["", "{}", "[1]", #"{"id":"","version":"1","title":"t","weightsSHA256":"00"}"#])
    func `an unreadable description is refused`(text: String) throws {
        let files = try BundleFiles()
        #expect(throws: ClassifierError(.modelDescriptionInvalid)) {
            try ModelBundle(modelJSON: Array(text.utf8), weights: files.weights)
        }
    }

    @Test func `a folder without a model is told`() {
        #expect(throws: ClassifierError(.modelUnreadable, "model.json")) { try ModelBundle(folder: "/nonexistent") }
    }
}

/// The files of the bundled model, to be changed by a test.
struct BundleFiles {
    var weights: [UInt8]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/ImageClassifier/Models/chest-pneumonia-kermany")
        weights = [UInt8](try Data(contentsOf: folder.appending(path: "weights.safetensors")))
    }

    /// Replaces a text of the header by one of the same length.
    mutating func replace(_ old: String, _ new: String) throws {
        let length = weights[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = String(decoding: weights[8..<(8 + length)], as: UTF8.self)
        // The writer may put a blank after a colon.
        let found = try #require([old, old.replacing("\":\"", with: "\": \"")].first { header.contains($0) })
        let changed = header.replacing(found, with: found == old ? new : new.replacing("\":\"", with: "\": \""))
        try #require(changed.utf8.count == length)
        weights.replaceSubrange(8..<(8 + length), with: Array(changed.utf8))
    }

    /// Reads the model with a description that pins the weights as they are, or as they were.
    func read(expected: String? = nil) throws -> ModelBundle {
        let pinned = try Digest.sha256(BundleFiles().weights).hex
        let own = Digest.sha256(weights).hex
        // A flipped bit in the data is what the pin must see; a changed header is pinned anew to get past it.
        let isHeaderChanged = try weights.prefix(1 << 14) != BundleFiles().weights.prefix(1 << 14)
        let digest = isHeaderChanged ? own : pinned
        let json = #"{"id":"m","version":"1","title":"t","weightsSHA256":"\#(digest)"}"#
        return try ModelBundle(modelJSON: Array(json.utf8), weights: weights, expectedSHA256: expected)
    }
}

extension BundleFiles {
    /// Raises both limits of the image gate, keeping the length of the header.
    mutating func widenGate() throws {
        for name in ["gate.distanceLimit", "gate.residualLimit"] {
            let text = String(decoding: weights.prefix(1 << 14), as: UTF8.self)
            let value = try #require(text.firstMatch(of: try Regex("\"\(name)\": ?\"([0-9.]+)\""))?.output[1].substring)
            try replace(String(value), "9" + String(repeating: "0", count: value.count - 1))
        }
    }
}
