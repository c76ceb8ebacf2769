internal import JSON

/// A model that has been read, checked against its hashes and found complete.
public struct ModelBundle: Sendable {
    /// Which model it is.
    public let identity: ModelIdentity
    /// SHA-256 of `model.json`, which pins weights and card and holds the words of the reports.
    public let descriptionDigest: String
    let description: ModelDescription
    let metadata: [String: String]
    /// Shapes of the first member's tensors, by their names without its prefix.
    let memberShapes: [String: [Int]]
    let architecture: Architecture
    let ensemble: Ensemble
    let calibration: Calibration
    let framings: [Framing]
    let headerRules: HeaderRules
    let imageGate: ImageGate
    let mapRange: Double

    /// The entry `report` of `model.json`: codes and words of the reports, as JSON.
    public var report: [UInt8] { description.report.serialized() }

    /// The entry `routing` of `model.json`: which orders the model is asked for, as JSON.
    public var routing: [UInt8] { description.routing.serialized() }

    /// The model card's file in the folder, and its SHA-256.
    public var card: (file: String, sha256: String) { (description.card.file, description.card.digest) }
}

extension ModelBundle {
    /// Puts a model together; the first check that fails is thrown.
    init(_ files: ModelFiles, pins: ModelPins = ModelPins()) throws(ClassifierError) {
        var assembly = ModelAssembly(files, pins: pins)
        for check in ModelAssembly.Check.allCases { _ = try assembly.perform(check) }
        guard let bundle = assembly.bundle() else { throw ClassifierError(.weightsIncomplete) }
        self = bundle
    }
}
