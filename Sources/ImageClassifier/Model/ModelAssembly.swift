internal import JSON
internal import Sealing

/// Puts a model together from its files, one check after the other, so that the gateway's start and `model verify` do
/// the very same: the start ends at the first check that fails, the verification goes on with those that still can be made.
struct ModelAssembly: Sendable {
    /// One check. The order is that in which they are made.
    enum Check: String, Sendable, CaseIterable {
        case description, licence, card, weightsDigest, weights, format, preprocessing, architecture, networks
        case calibration, framings, headerRules, gate, training
    }

    private let files: ModelFiles
    private let pins: ModelPins
    private var description: ModelDescription?
    private var digest: String?
    private var file: Safetensors?
    private var architecture: Architecture?
    private var ensemble: Ensemble?
    private var calibration: Calibration?
    private var framings: [Framing]?
    private var mapRange: Double?
    private var headerRules: HeaderRules?
    private var gate: ImageGate?
    private var training: (dataDigest: String, licence: String, attribution: String)?

    init(_ files: ModelFiles, pins: ModelPins) {
        self.files = files
        self.pins = pins
    }

    /// Makes one check; false where it cannot be made because of one before it.
    mutating func perform(_ check: Check) throws(ClassifierError) -> Bool {
        switch check {
        case .description:
            guard let bytes = files.description else { throw ClassifierError(.modelUnreadable, "model.json") }
            description = try ModelDescription(parsing: bytes)
            guard pins.description == nil || pins.description == Digest.sha256(bytes).hex else {
                throw ClassifierError(.weightsDigestMismatch, ModelPins.descriptionPlace)
            }
            return true
        case .licence:
            guard let text = files.licence, !text.isEmpty else { throw ClassifierError(.licenceMissing, "LICENSE") }
            return true
        case .card: return try checkCard()
        case .weightsDigest: return try checkDigest()
        case .weights:
            guard let bytes = files.weights else { return false }
            file = try Safetensors(parsing: bytes)
            return true
        case .format, .preprocessing: return try checkVersion(check)
        case .architecture, .networks, .calibration, .framings, .headerRules, .gate, .training:
            guard let file else { return false }
            return try read(check, of: file)
        }
    }

    private mutating func read(_ check: Check, of file: Safetensors) throws(ClassifierError) -> Bool {
        let metadata = WeightsMetadata(values: file.metadata)
        switch check {
        case .architecture:
            let found = try Architecture(json: try metadata.json("architecture"))
            guard found.side == (try metadata.side()) else { throw ClassifierError(.weightsIncomplete, "input.side") }
            architecture = found
        case .networks:
            guard let architecture else { return false }
            let found = try Ensemble(
                architecture: architecture, members: try metadata.members(), tensors: file.tensors)
            try Self.checkWork(architecture, file)
            ensemble = found
        case .calibration:
            calibration = try metadata.calibration()
            mapRange = try metadata.mapRange()
        case .framings: framings = try metadata.framings()
        case .headerRules: headerRules = try HeaderRules(json: try metadata.json("headerRules"))
        case .gate:
            let found = try ImageGate(file: file)
            guard let ensemble else { return false }
            guard found.features == ensemble.members.reduce(0, { $0 + $1.weights.count }) else {
                throw ClassifierError(.weightsIncomplete, "gate.pooled")
            }
            gate = found
        case .training: return try checkTraining(metadata)
        case .description, .licence, .card, .weightsDigest, .weights, .format, .preprocessing: return false
        }
        return true
    }

    private func checkCard() throws(ClassifierError) -> Bool {
        guard let pin = description?.card else { return false }
        guard let bytes = files.other(pin.file) else { throw ClassifierError(.cardMissing, pin.file) }
        guard Digest.sha256(bytes).hex == pin.digest else { throw ClassifierError(.cardDigestMismatch, pin.file) }
        guard (try? JSONValue(parsing: bytes))?.object != nil else { throw ClassifierError(.cardInvalid, pin.file) }
        return true
    }

    private mutating func checkDigest() throws(ClassifierError) -> Bool {
        guard let bytes = files.weights else { throw ClassifierError(.modelUnreadable, "weights.safetensors") }
        let found = Digest.sha256(bytes).hex
        digest = found
        guard let description else { return false }
        guard found == description.weightsDigest else { throw ClassifierError(.weightsDigestMismatch, "model.json") }
        guard pins.weights == nil || pins.weights == found else {
            throw ClassifierError(.weightsDigestMismatch, "configuration")
        }
        return true
    }

    private func checkVersion(_ check: Check) throws(ClassifierError) -> Bool {
        guard let file else { return false }
        let metadata = WeightsMetadata(values: file.metadata)
        guard check == .preprocessing else {
            guard try metadata.text("format") == WeightsMetadata.format else {
                throw ClassifierError(.modelFormatUnknown, "weights.safetensors")
            }
            return true
        }
        guard try metadata.text("preprocessing") == Preprocessing.version else {
            throw ClassifierError(.preprocessingVersionMismatch)
        }
        return true
    }

    private mutating func checkTraining(_ metadata: WeightsMetadata) throws(ClassifierError) -> Bool {
        let found = (
            dataDigest: try metadata.text("training.dataHash"), licence: try metadata.text("licence"),
            attribution: try metadata.text("attribution")
        )
        training = found
        guard let description else { return false }
        guard description.licence == found.licence else {
            throw ClassifierError(.modelDescriptionInvalid, "licence")
        }
        guard description.attribution == found.attribution else {
            throw ClassifierError(.modelDescriptionInvalid, "attribution")
        }
        return true
    }

    /// What one image costs: each network sees it, its mirror image and every framing.
    private static func checkWork(_ architecture: Architecture, _ file: Safetensors) throws(ClassifierError) {
        let metadata = WeightsMetadata(values: file.metadata)
        let views = 2 + ((try? metadata.framings().count) ?? 0)
        let work = architecture.size(of: shapes(file)).multiplications * (try metadata.members().count) * views
        guard work <= Architecture.Limits.multiplications else {
            throw ClassifierError(.architectureInvalid, "multiplications of all networks and views")
        }
    }

    private static func shapes(_ file: Safetensors) -> [String: [Int]] {
        guard let member = try? WeightsMetadata(values: file.metadata).members().first else { return [:] }
        let prefix = "\(member)."
        return Dictionary(
            uniqueKeysWithValues: file.tensors.filter { $0.key.hasPrefix(prefix) }.map {
                (String($0.key.dropFirst(prefix.count)), $0.value.shape)
            })
    }

    /// The model; nil before every check was made and passed.
    func bundle() -> ModelBundle? {
        guard let description, let digest, let file, let architecture, let ensemble, let calibration, let framings,
            let mapRange, let headerRules, let gate, let training, let text = files.description
        else { return nil }
        return ModelBundle(
            identity: ModelIdentity(
                id: description.id, version: description.version, title: description.title, weightsDigest: digest,
                preprocessingVersion: Preprocessing.version, trainingDataDigest: training.dataDigest,
                licence: training.licence, attribution: training.attribution, threshold: calibration.threshold),
            descriptionDigest: Digest.sha256(text).hex, description: description, metadata: file.metadata,
            memberShapes: Self.shapes(file), architecture: architecture, ensemble: ensemble, calibration: calibration,
            framings: framings,
            headerRules: headerRules, imageGate: gate, mapRange: mapRange)
    }
}
