import FHIR
import Foundation
import ImageClassifier
import Mapping
import Reporting
import Sealing
import Workflow

/// Models of a simulated installation: the bundled one, and copies of it under other ids and rules.
struct SimulatedModel: Sendable {
    /// The bundled model under its own id and rule.
    static let bundled = SimulatedModel(id: ModelBundle.defaultID, mode: .report)

    var id: String
    var mode: InstalledModel.Mode
    /// The entry `routing` of its folder; nil for that of the bundled model.
    var rule: String?

    func installed(keys: KeyRing, policy: ScopePolicy = ScopePolicy()) throws -> InstalledModel {
        let bundle = id == ModelBundle.defaultID ? try Self.original.get() : try Self.copy(id)
        let rule = try rule.map { try ModelRule(id: id, json: Array($0.utf8)) }
        return InstalledModel(
            classifier: Classifier(model: bundle, policy: policy),
            rule: try rule ?? ModelRule(id: id, json: bundle.routing), mode: mode,
            composer: ReportComposer(
                settings: ReportSettings(
                    installation: keys.installation, organization: Reference("Organization/radiology"),
                    gateway: "imaging-gateway"), template: try ReportTemplate(of: bundle)))
    }

    private static let original = Result { try ModelBundle.bundled() }

    /// The bundled folder with another id in its description.
    private static func copy(_ id: String) throws -> ModelBundle {
        let source = try required(ModelBundle.bundledFolder(ModelBundle.defaultID))
        let folder = "/tmp/workflow-tests-model-" + randomUUID()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: source, toPath: folder)
        let file = URL(fileURLWithPath: folder + "/model.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacingOccurrences(of: "\"id\": \"\(ModelBundle.defaultID)\"", with: "\"id\": \"\(id)\"")
            .write(to: file, atomically: true, encoding: .utf8)
        return try ModelBundle(folder: folder)
    }
}
