internal import JSON
internal import Sealing

/// A model that has been read, checked against its digest and found complete.
public struct ModelBundle: Sendable {
    /// Which model it is.
    public let identity: ModelIdentity
    let network: ResidualNetwork
    let calibration: Calibration
    let scope: Scope
    let imageGate: ImageGate
    let mapRange: Double

    /// Reads a model.
    ///
    /// `modelJSON` names the model and pins its weights; `expectedSHA256`, from the site's configuration, pins them a
    /// second time. Calibration, limits and scope stand in the metadata of the weights, so the one digest covers all
    /// that decides a result. Throws where a digest, the preprocessing version or a needed entry does not fit.
    public init(
        modelJSON: [UInt8], weights: [UInt8], expectedSHA256: String? = nil
    ) throws(ClassifierError) {
        guard let json = try? JSONValue(parsing: modelJSON), let id = json["id"]?.string,
            let version = json["version"]?.string, let title = json["title"]?.string,
            let pinned = json["weightsSHA256"]?.string, !id.isEmpty, !version.isEmpty
        else { throw ClassifierError(.modelDescriptionInvalid) }
        let digest = Digest.sha256(weights).hex
        guard digest == pinned.lowercased(), expectedSHA256.map({ $0.lowercased() == digest }) ?? true else {
            throw ClassifierError(.weightsDigestMismatch)
        }
        let file = try Safetensors(parsing: weights)
        let metadata = Metadata(values: file.metadata)
        guard try metadata.text("architecture") == ResidualNetwork.architecture else {
            throw ClassifierError(.weightsIncomplete, "architecture")
        }
        guard try metadata.text("preprocessing") == Preprocessing.version else {
            throw ClassifierError(.preprocessingVersionMismatch)
        }
        network = try ResidualNetwork(file)
        calibration = try metadata.calibration()
        scope = try metadata.scope()
        imageGate = try ImageGate(file, channels: network.headWeights.count)
        mapRange = try metadata.number("map.range")
        guard mapRange > 0 else { throw ClassifierError(.weightsIncomplete, "map.range") }
        identity = ModelIdentity(
            id: id, version: version, title: title, weightsDigest: digest,
            preprocessingVersion: Preprocessing.version, trainingDataDigest: try metadata.text("training.dataHash"),
            licence: try metadata.text("licence"), attribution: try metadata.text("attribution"),
            threshold: calibration.threshold)
    }

    /// The metadata block of the weights.
    private struct Metadata {
        let values: [String: String]

        func text(_ name: String) throws(ClassifierError) -> String {
            guard let value = values[name], !value.isEmpty else { throw ClassifierError(.weightsIncomplete, name) }
            return value
        }

        func number(_ name: String) throws(ClassifierError) -> Double {
            guard let value = Double(try text(name)), value.isFinite else {
                throw ClassifierError(.weightsIncomplete, name)
            }
            return value
        }

        func calibration() throws(ClassifierError) -> Calibration {
            guard
                let calibration = Calibration(
                    slope: try number("platt.slope"), intercept: try number("platt.intercept"),
                    threshold: try number("decision.threshold"),
                    negativeLimit: try number("decision.negativeLimit"),
                    positiveLimit: try number("decision.positiveLimit"))
            else { throw ClassifierError(.weightsIncomplete, "calibration") }
            return calibration
        }

        func scope() throws(ClassifierError) -> Scope {
            guard let json = try? JSONValue(parsing: Array(try text("scope").utf8)), let scope = Scope(json: json)
            else {
                throw ClassifierError(.weightsIncomplete, "scope")
            }
            return scope
        }
    }
}
