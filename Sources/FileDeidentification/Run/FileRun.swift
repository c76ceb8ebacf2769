internal import DICOM
internal import Deidentification
internal import SecondOpinion
internal import Synchronization

/// De-identifies files in two passes: first it reads all headers, to know what is known of each patient, then it makes
/// the results, several at a time. What is in memory is a list of files, what is known of the patients, and one frame for
/// each task.
///
/// A file that fails is left out with its code, and the others go on. A result appears when it is whole and the second
/// opinion found nothing in it, or not at all; nothing is ever replaced.
public struct FileRun: Sendable {
    private let settings: RunSettings
    private let observer: any RunObserver

    /// A run that tells `observer` what it does.
    public init(_ settings: RunSettings, observer: any RunObserver) {
        self.settings = settings
        self.observer = observer
    }

    /// Works on files. Throws what the observer throws, and `RunError` where the output folder or that of the quarantine
    /// cannot be used. The list of the quarantine is written however the run ends.
    public func run(_ files: [InputPath]) async throws -> RunSummary {
        let ledger = RunLedger(settings, observer)
        try ledger.prepare()
        do {
            try await look(at: files, ledger)
            let plan = ledger.plan()
            try await inParallel(plan.files, atMost: settings.jobs) { file in
                try await FileStep(settings: settings, plan: plan, ledger: ledger).deidentify(file)
            }
        } catch {
            // Why the run ended says more than why its list is missing.
            _ = ledger.finish()
            throw error
        }
        return ledger.finish()
    }

    private func look(at files: [InputPath], _ ledger: RunLedger) async throws {
        let look = FirstLook(settings: settings)
        let total = files.count
        try await inParallel(files.enumerated(), atMost: settings.jobs) { index, path in
            do throws(LeftOut) {
                try ledger.found(try look.look(at: path), at: index)
            } catch {
                try await ledger.leaveOut(path, header: nil, error)
            }
            await observer.looked(at: ledger.looked(), of: total)
        }
    }
}

/// Why a run did not begin or did not end well, as a whole.
public struct RunError: Error, Hashable, Sendable {
    /// A stable code of `docs/operate/errors.md`.
    public let code: String

    init(_ reason: LeftOut) { code = reason.code }
}
