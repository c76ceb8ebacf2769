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
    /// Asks the shadow models after the report is stored and its deliverer woken. Nothing that goes wrong here touches
    /// the order: a model that fails is recorded as failed, and one whose intent cannot be recorded is not asked. A crash
    /// before the end loses what was not yet asked.
    func observe(_ work: ShadowWork) async {
        for model in work.models {
            do throws(AdapterError) {
                _ = try await ask(model, of: work.input, scope: work.scope.forShadow)
            } catch {
                observed(ModelOutcome(model: model.identity.id, mode: .shadow, outcome: "unrecorded"))
            }
        }
    }

    /// The same where there is no report to come before it: the order ends when all were asked, and is run again, and
    /// the models asked once more, should the gateway crash in between.
    func observeAlone(_ work: ShadowWork) async throws(RunFailure) {
        for model in work.models {
            do throws(AdapterError) {
                _ = try await ask(model, of: work.input, scope: work.scope.forShadow)
            } catch {
                throw RunFailure(error)
            }
        }
    }
}

extension AuditScope {
    /// What nobody is treated by counts as an operation of the hospital.
    fileprivate var forShadow: AuditScope { counted(as: .operations, for: .operations) }
}
