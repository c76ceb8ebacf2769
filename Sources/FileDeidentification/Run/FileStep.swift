internal import DICOM
internal import Deidentification
internal import JSON
internal import MessageDeidentification
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
            return try await certify(study.finish(result(ready, written: nil)))
        }
        try await ledger.note(.instance(header: ready.header, ready.receipt.receipt))
        do throws(LeftOut) {
            try put(new, at: ready.place, ready.receipt.json)
        } catch {
            try await ledger.leaveOut(file.path, header: ready.header, size: file.identity.size, error)
            return try await certify(study.finish(nil))
        }
        await finish(file, .instance(path: ready.place.path, ready.receipt.receipt))
        try await certify(study.finish(result(ready, written: ready.place)))
    }

    private func result(_ ready: InstanceWork.Ready, written: OutputFolder.Place?) -> StudyWork.Result {
        StudyWork.Result(
            deidentifier: ready.deidentifier, receipt: ready.receipt, header: ready.header, written: written)
    }

    private func message(_ file: FoundFile) async throws {
        let ready: MessageWork.Ready
        do throws(LeftOut) {
            ready = try MessageWork(settings: settings, folder: folder, claims: plan.claims, patients: plan.patients)
                .prepare(file)
        } catch {
            return try await ledger.leaveOut(
                file.path, header: nil, about: file.subjects, size: file.identity.size, error)
        }
        guard let new = ready.file else { return await finish(file, .present(path: ready.place.path)) }
        try await ledger.note(.message(ready.result.subjects, digest: ready.digest, counts: ready.result.counts))
        do throws(LeftOut) {
            try put(new, at: ready.place, ready.receipt)
        } catch {
            return try await ledger.leaveOut(
                file.path, header: nil, about: file.subjects, size: file.identity.size, error)
        }
        await finish(file, .message(path: ready.place.path, counts: ready.result.counts))
    }

    /// What was handed out is found again before anything with it appears.
    private func put(_ file: NewFile, at place: OutputFolder.Place, _ receipt: JSONObject) throws(LeftOut) {
        guard (try? settings.pseudonyms.commit()) != nil else { throw LeftOut("deidentification.pseudonymsNotKept") }
        try OutputFolder.put(file, at: place, receipt: .object(try signed(receipt)))
    }

    /// Signed, so that a later run that passes over the result knows that the program wrote it.
    private func signed(_ receipt: JSONObject) throws(LeftOut) -> JSONObject {
        guard let key = settings.signingKey else { return receipt }
        do {
            return try SignedReceipt.signed(receipt, by: key)
        } catch {
            throw LeftOut("certificate.notSigned")
        }
    }

    private func finish(_ file: FoundFile, _ outcome: FileResult.Outcome) async {
        await ledger.finish(FileResult(path: file.path, outcome: outcome, size: file.identity.size))
    }

    /// The certificate of a study whose last file is done: told to the log by its digest, then written. Where one of
    /// both fails, what this run wrote of the study is taken away and the run ends: nobody could answer for it.
    private func certify(_ study: StudyWork.Made?) async throws {
        guard let study else { return }
        do {
            let writing = StudyCertificate(settings: settings, folder: folder)
            guard let certificate = try writing.certificate(of: study) else { return }
            try await ledger.note(
                .certificate(
                    header: study.header, study: certificate.certificate.studyInstanceUID, digest: certificate.digest,
                    instances: certificate.certificate.instances.count))
            try writing.put(certificate)
        } catch {
            for place in study.written { OutputFolder.remove(place) }
            guard let reason = error as? LeftOut else { throw error }
            try await ledger.note(.leftOut(header: study.header, nil, code: reason.code))
            throw RunError(reason)
        }
        ledger.certified()
    }
}
