import JSON
import Sealing
import Testing

@testable import ImageClassifier

/// The files of the bundled model, to be changed by a test.
struct BundleFiles {
    var files: ModelFiles

    init() throws {
        files = ModelFiles(folder: try #require(ModelBundle.bundledFolder(ModelBundle.defaultID)))
    }

    /// Changes entries of `model.json`.
    mutating func describe(_ change: (inout JSONObject) -> Void) throws {
        let text = try #require(files.description)
        var object = try #require(try JSONValue(parsing: text).object)
        change(&object)
        files.description = JSONValue.object(object).serialized()
    }

    /// Changes the header of the weights, and pins them anew.
    mutating func header(_ change: (inout JSONObject) throws -> Void) throws {
        let weights = try #require(files.weights)
        let length = weights[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        var object = try #require(try JSONValue(parsing: Array(weights[8..<(8 + length)])).object)
        try change(&object)
        let text = JSONValue.object(object).serialized()
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        try replaceWeights(prefix + text + weights[(8 + length)...])
    }

    /// Sets or takes away an entry of the metadata, and pins the weights anew.
    mutating func metadata(_ name: String, _ value: String?) throws {
        try header { header in
            var metadata = try #require(header["__metadata__"]?.object)
            metadata[name] = value.map { .string($0) }
            header["__metadata__"] = .object(metadata)
        }
    }

    /// Other weights, pinned.
    mutating func replaceWeights(_ weights: [UInt8]) throws {
        files.weights = weights
        try describe { $0["weightsSHA256"] = .string(Digest.sha256(weights).hex) }
    }

    /// Lets the image gate pass everything that has a finite result.
    mutating func widenGate() throws {
        try metadata("gate.likenessLimit", "1e30")
        try metadata("gate.pooledLimit", "1e30")
        let model = try ModelBundle(files)
        var classes = try #require(try WeightsMetadata(values: model.metadata).json("gate.classes").array)
        for index in classes.indices.dropFirst() {
            var entry = try #require(classes[index].object)
            entry["limit"] = 1_000_000_000
            classes[index] = .object(entry)
        }
        try metadata("gate.classes", String(decoding: JSONValue.array(classes).serialized(), as: UTF8.self))
    }

    func read(expected: String? = nil, description: String? = nil) throws -> ModelBundle {
        try ModelBundle(files, pins: ModelPins(weights: expected, description: description))
    }
}
