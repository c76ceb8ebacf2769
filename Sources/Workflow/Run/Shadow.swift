import Audit
import ImageClassifier

/// A study that shadow models are still to look at.
struct ShadowWork: Sendable {
    let models: [InstalledModel]
    let input: ModelInput
    let scope: AuditScope
}

/// Shadow models look at the same de-identified study as the model that answers, and what they say is recorded and
/// counted: it reaches no composer, and so no report, resource or message.
extension OrderWorker {
    /// Asks the shadow models after the order's new state is stored and the deliverer woken, with a report or without
    /// one. Nothing that goes wrong here touches the order: a model that fails is recorded as failed, and one whose
    /// intent cannot be recorded is not asked. A crash before the end loses what was not yet asked, and so does a study
    /// that takes them longer than a run may.
    func observe(_ work: ShadowWork) async {
        for model in work.models {
            do throws(AdapterError) {
                guard !Task.isCancelled else { throw AdapterError(.interrupted, code: "classifier.interrupted") }
                let result = try await ask(model, of: work.input, scope: work.scope.forShadow)
                observed(outcome(of: model, result))
            } catch {
                observed(ModelOutcome(model: model.identity.id, mode: .shadow, outcome: "unrecorded"))
            }
        }
    }
}

extension AuditScope {
    /// What nobody is treated by counts as an operation of the hospital.
    fileprivate var forShadow: AuditScope { counted(as: .operations, for: .operations) }
}
