internal import DICOM
internal import Deidentification
internal import MessageDeidentification
internal import SecondOpinion
internal import Synchronization

/// What a run knows: of patients, files and results. All tasks write into it.
final class RunLedger: Sendable {
    private let settings: RunSettings
    private let observer: any RunObserver
    private let state = Mutex(State())
    private let quarantine = Mutex<Quarantine?>(nil)

    private struct State {
        var found: [(index: Int, file: FoundFile)] = []
        var patients: [PatientKey: KnownIdentity] = [:]
        /// Patients of whom more is known than can be looked for.
        var unsearchable: Set<PatientKey> = []
        var looked = 0
        var summary = RunSummary()
    }

    init(_ settings: RunSettings, _ observer: any RunObserver) {
        self.settings = settings
        self.observer = observer
    }

    /// Makes the folders. Throws `RunError`, also where what identifies would lie in what is given away.
    func prepare() throws(RunError) {
        do throws(LeftOut) {
            try OutputFolder.make(settings.output)
            if let folder = settings.quarantine {
                let made = try Quarantine(folder)
                // Looked at once more: the folders were not there before, or a link led nowhere.
                guard !FolderPlace(folder).overlaps(FolderPlace(settings.output)) else {
                    throw LeftOut("file.quarantineInOutput")
                }
                quarantine.withLock { $0 = made }
            }
        } catch {
            throw RunError(error)
        }
    }

    // MARK: - First pass

    /// Notes a file. Throws `secondOpinion.tooManyIdentifiers` where more is known of its patient than can be looked for.
    func found(_ answer: FirstLook.Answer, at index: Int) throws(LeftOut) {
        try state.withLock { state throws(LeftOut) in
            if case .instance(_, let patient) = answer.file.content {
                do throws(SecondOpinionError) {
                    try state.patients[patient, default: KnownIdentity()].merge(answer.identity)
                } catch {
                    // The patient's other files cannot be searched for it either.
                    state.unsearchable.insert(patient)
                    throw LeftOut(error)
                }
            }
            state.found.append((index, answer.file))
        }
    }

    /// How many files were looked at, this one too.
    func looked() -> Int {
        state.withLock { state in
            state.looked += 1
            return state.looked
        }
    }

    /// What to work on.
    func plan() -> RunPlan {
        state.withLock { state in
            let files = state.found.sorted { $0.index < $1.index }.map(\.file)
            var members: [UID: (files: Int, patients: Set<PatientKey>)] = [:]
            for case .instance(let study, let patient) in files.lazy.map(\.content) {
                members[study, default: (0, [])].files += 1
                members[study, default: (0, [])].patients.insert(patient)
            }
            let messages = LinkedMessages(files.flatMap(\.persons))
            var studies: [UID: StudyWork] = [:]
            for (study, member) in members {
                studies[study] = StudyWork(
                    study,
                    patients: member.patients.map { state.unsearchable.contains($0) ? nil : state.patients[$0] }
                        + messages.identities(of: member.patients, study: study),
                    named: StudyPatients(member.patients), files: member.files, settings)
            }
            return RunPlan(files: files, studies: studies, patients: state.patients)
        }
    }

    // MARK: - Second pass

    /// Tells the log that nothing comes of a file, then everybody.
    func leaveOut(
        _ path: InputPath, header: DataSet?, about subjects: MessageSubjects? = nil, size: Int = 0, _ reason: LeftOut
    ) async throws {
        // Nothing is wrong with the file.
        guard reason != .interrupted else { throw CancellationError() }
        try await observer.note(.leftOut(header: header, subjects, code: reason.code))
        quarantine.withLock { $0 }?.add(path, reason)
        await finish(FileResult(path: path, outcome: .leftOut(code: reason.code, place: reason.place), size: size))
    }

    func note(_ note: FileNote) async throws { try await observer.note(note) }

    func finish(_ result: FileResult) async {
        state.withLock { $0.summary.add(result) }
        await observer.finished(result)
    }

    func certified() { state.withLock { $0.summary.certificates += 1 } }

    /// Writes the list of the quarantine, and answers what was done.
    func finish() -> RunSummary {
        do throws(LeftOut) { try quarantine.withLock { $0 }?.finish() } catch {
            state.withLock { [error] in $0.summary.unlisted = error.code }
        }
        return state.withLock { $0.summary }
    }
}
