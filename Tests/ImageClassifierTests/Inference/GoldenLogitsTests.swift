import DICOM
import Foundation
import JSON
import Sealing
import Testing

@testable import ImageClassifier

/// The bundled weights on every path, without the rest of the model.
struct BundledNetworks {
    let digest: String
    let side: Int
    /// Member → path → network.
    private(set) var networks: [[ConvolutionPath: Network]] = []
    private(set) var heads: [(weights: [Float], bias: Float)] = []

    init() throws {
        let folder = try #require(ModelBundle.bundledFolder(ModelBundle.defaultID))
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: "weights.safetensors")))
        let file = try Safetensors(parsing: bytes)
        digest = Digest.sha256(bytes).hex
        let architecture = try Architecture(
            json: try JSONValue(parsing: Array(try #require(file.metadata["architecture"]).utf8)))
        side = architecture.side
        let members = try JSONValue(parsing: Array(try #require(file.metadata["members"]).utf8)).array ?? []
        for member in members.compactMap(\.string) {
            var paths: [ConvolutionPath: Network] = [:]
            for path in ConvolutionPath.available {
                paths[path] = try Network(architecture, prefix: member, tensors: file.tensors, path: path)
            }
            networks.append(paths)
            heads.append(
                (
                    try #require(file.tensors["\(member).head.weight"]).values,
                    try #require(file.tensors["\(member).head.bias"]?.values.first)
                ))
        }
    }

    func logit(_ map: FeatureMap, member: Int) -> Double {
        zip(map.pooled(), heads[member].weights).reduce(Double(heads[member].bias)) { $0 + $1.0 * Double($1.1) }
    }
}

@Suite struct `The bundled networks` {
    /// One image of the vectors.
    struct Golden {
        let image: Frame
        let inputDigest: String
        /// Member by member: the image, its mirror image.
        let logits: [[Double]]

        init(_ json: JSONValue) throws {
            let (rows, columns) = (try #require(json["rows"]?.int), try #require(json["columns"]?.int))
            let maximum = try #require(json["maximum"]?.int)
            image = try frame(
                formula(rows: rows, columns: columns, seed: try #require(json["seed"]?.int), maximum: maximum),
                rows: rows, columns: columns, stored: maximum == 255 ? 8 : maximum == 4095 ? 12 : 16)
            inputDigest = try #require(json["input"]?.string)
            logits = (json["logits"]?.array ?? []).map { TestVectors.numbers($0) }
        }
    }

    @Test func `agree with ONNX Runtime on the same weights within 5e-5, on every path`() throws {
        let vectors = try TestVectors("logits.json").json
        let bundled = try BundledNetworks()
        #expect(vectors["weights"]?.string == bundled.digest, "run Vectors/make_logits.py again")
        let golden = try (vectors["images"]?.array ?? []).map { try Golden($0) }
        #expect(golden.count == 12)
        var worst = 0.0
        for (number, image) in golden.enumerated() {
            let input = try Preprocessing.prepare(image.image, header: acceptedHeader(), side: bundled.side).input
            let bytes = input.flatMap { value in
                [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value.bitPattern >> $0) }
            }
            #expect(Digest.sha256(bytes).hex == image.inputDigest, "image \(number)")
            let mirrored = try #require(Ensemble.mirrored(input, side: bundled.side))
            #expect(image.logits.count == bundled.networks.count)
            for (member, expected) in image.logits.enumerated() {
                for (view, logit) in zip([input, mirrored], expected) {
                    for (path, network) in bundled.networks[member] {
                        let difference = abs(bundled.logit(try #require(network(view)), member: member) - logit)
                        worst = max(worst, difference)
                        #expect(difference <= 5e-5, "image \(number), member \(member), \(path)")
                    }
                }
            }
        }
        print(
            "bundled networks: at most \(worst) from ONNX Runtime, paths \(ConvolutionPath.available.map(\.rawValue))")
    }

    @Test func `give the same bits on every path on formula images`() throws {
        let bundled = try BundledNetworks()
        for seed in 20..<26 {
            let drawn = try frame(
                formula(rows: 240, columns: 230, seed: seed, maximum: 4095), rows: 240, columns: 230, stored: 12)
            let input = try Preprocessing.prepare(drawn, header: acceptedHeader(), side: bundled.side).input
            for paths in bundled.networks {
                let maps = paths.values.map { $0(input)?.bits }
                #expect(Set(maps).count == 1 && maps.first != .some(nil), "seed \(seed)")
            }
        }
    }
}
