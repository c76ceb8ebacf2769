internal import DICOM
internal import Deidentification
internal import JSON
internal import Sealing

/// The second pass over one file.
struct FileStep: Sendable {
    let settings: RunSettings
    let plan: RunPlan
    let ledger: RunLedger

    private var folder: OutputFolder { OutputFolder(path: settings.output) }

    func deidentify(_ file: FoundFile) async throws {
        switch file.content {
        case .instance(let study, _):
            guard let work = plan.studies[study] else { return }
            try await instance(file, of: work)
        case .hl7, .fhirJSON: try await message(file)
        case .directory:
            await ledger.finish(
                FileResult(path: file.path, outcome: .passedOver(code: "file.dicomdir"), size: file.identity.size))
        }
    }

    private func instance(_ file: FoundFile, of study: StudyWork) async throws {
        let ready: InstanceWork.Ready
        do throws(InstanceWork.Failure) {
            ready = try InstanceWork(settings: settings, folder: folder, claims: plan.claims).prepare(file, in: study)
        } catch {
            try await ledger.leaveOut(file.path, header: error.header, size: file.identity.size, error.reason)
            return try await certify(study.finish(nil))
        }
        guard let new = ready.file else {
            await finish(file, .present(path: ready.place.path))
            return try await certify(study.finish(result(ready, isNew: false)))
        }
        try await ledger.note(.instance(header: ready.header, ready.receipt.receipt))
        do throws(LeftOut) {
            try put(new, at: ready.place, ready.receipt.json)
        } catch {
            try await ledger.leaveOut(file.path, header: ready.header, size: file.identity.size, error)
            return try await certify(study.finish(nil))
        }
        await finish(file, .instance(path: ready.place.path, ready.receipt.receipt))
        try await certify(study.finish(result(ready, isNew: true)))
    }

    private func result(_ ready: InstanceWork.Ready, isNew: Bool) -> StudyWork.Result {
        StudyWork.Result(deidentifier: ready.deidentifier, receipt: ready.receipt, isNew: isNew)
    }

    private func message(_ file: FoundFile) async throws {
        let ready: MessageWork.Ready
        do throws(LeftOut) {
            ready = try MessageWork(settings: settings, folder: folder, claims: plan.claims, patients: plan.patients)
                .prepare(file)
        } catch {
            return try await ledger.leaveOut(file.path, header: nil, size: file.identity.size, error)
        }
        guard let new = ready.file else { return await finish(file, .present(path: ready.place.path)) }
        try await ledger.note(.message(counts: ready.counts))
        do throws(LeftOut) {
            try put(new, at: ready.place, ready.receipt)
        } catch {
            return try await ledger.leaveOut(file.path, header: nil, size: file.identity.size, error)
        }
        await finish(file, .message(path: ready.place.path, counts: ready.counts))
    }

    /// What was handed out is found again before anything with it appears.
    private func put(_ file: NewFile, at place: OutputFolder.Place, _ receipt: JSONValue) throws(LeftOut) {
        guard (try? settings.pseudonyms.commit()) != nil else { throw LeftOut("deidentification.pseudonymsNotKept") }
        try OutputFolder.put(file, at: place, receipt: receipt)
    }

    private func finish(_ file: FoundFile, _ outcome: FileResult.Outcome) async {
        await ledger.finish(FileResult(path: file.path, outcome: outcome, size: file.identity.size))
    }

    /// The certificate of a study whose last file is done. Where it cannot be made or written, the run ends: nobody
    /// could answer for the results.
    private func certify(_ study: StudyWork.Made?) async throws {
        guard let study else { return }
        do throws(LeftOut) {
            guard try StudyCertificate(settings: settings, folder: folder).write(study) else { return }
        } catch {
            throw RunError(error)
        }
        ledger.certified()
    }
}
