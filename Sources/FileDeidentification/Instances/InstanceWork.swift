internal import DICOM
internal import Deidentification
internal import Sealing
internal import SecondOpinion

/// One instance from its file to a result that has no name yet: read, rewritten, cleaned, written, searched.
struct InstanceWork {
    let settings: RunSettings
    let folder: OutputFolder
    let claims: Claims

    /// A result that waits for its name.
    struct Ready {
        let header: DataSet
        let place: OutputFolder.Place
        /// Nil where the result is there already.
        let file: NewFile?
        let receipt: InstanceReceipt
        let deidentifier: StudyDeidentifier
    }

    /// A header, and why nothing comes of it.
    struct Failure: Error {
        let header: DataSet?
        let reason: LeftOut
    }

    func prepare(_ found: FoundFile, in study: StudyWork) throws(Failure) -> Ready {
        let opened: OpenedFile
        let stored: StoredInstance
        do {
            (opened, stored) = try open(found)
        } catch {
            throw Failure(header: nil, reason: error)
        }
        do {
            return try prepare(stored, from: opened, in: study)
        } catch {
            throw Failure(header: stored.dataSet, reason: error)
        }
    }

    private func open(_ found: FoundFile) throws(LeftOut) -> (OpenedFile, StoredInstance) {
        var file = try OpenedFile(found.path, digests: true)
        // What is known of the patient was read from that file, not from this one.
        guard file.identity == found.identity else { throw LeftOut("file.changed") }
        return (file, try LeftOut.dicom { () throws(DICOMError) in try StoredInstance(reading: &file) })
    }

    private func prepare(_ stored: StoredInstance, from opened: OpenedFile, in study: StudyWork) throws(LeftOut)
        -> Ready
    {
        var file = opened
        var deidentifier = try study.deidentifier()
        var rewritten = try LeftOut.rules { () throws(DeidentificationError) in
            try deidentifier.rewrite(
                stored.dataSet, transferSyntax: stored.transferSyntax, detector: settings.detector)
        }
        let place = try place(of: rewritten.dataSet)
        try claims.claim(place.path)
        if let cleaner = rewritten.pixels, try StreamBits(stored, cleaner, settings.decoder).holdMore(in: &file) {
            rewritten = rewritten.decoding()
        }
        if OutputFolder.exists(place.path) {
            return try present(rewritten, of: stored, file, place, deidentifier, study)
        }
        try OutputFolder.make(place.folder)
        let new = try NewFile(in: place.folder)
        let days = WrittenDays(rewritten.dataSet)
        var sink = InstanceSink(new, opinion: try study.search(for: deidentifier, having: days))
        let verdict = try write(rewritten, of: stored, from: &file, to: &sink, study)
        let written = try sink.finish()
        let receipt = try receipt(rewritten, deidentifier, verdict, written, of: file)
        return Ready(header: stored.dataSet, place: place, file: new, receipt: receipt, deidentifier: deidentifier)
    }

    private func receipt(
        _ rewritten: RewrittenInstance, _ deidentifier: StudyDeidentifier, _ verdict: BurnedInVerdict,
        _ written: InstanceSink.Written, of file: OpenedFile
    ) throws(LeftOut) -> InstanceReceipt {
        guard let input = try LeftOut.dicom({ () throws(DICOMError) in try file.digest() }) else {
            throw LeftOut("file.unreadable")
        }
        let syntax = rewritten.fileMeta.uid(.transferSyntaxUID).map { TransferSyntax($0) }
        return InstanceReceipt(
            study: rewritten.dataSet.string(.studyInstanceUID) ?? "",
            series: rewritten.dataSet.string(.seriesInstanceUID) ?? "",
            instance: rewritten.dataSet.string(.sopInstanceUID) ?? "",
            receipt: deidentifier.receipt(
                inputDigest: input.hex, outputDigest: written.digest.hex, secondOpinion: written.opinion.statistics),
            verdict: verdict, written: written, inputSize: file.count, recipients: settings.recipients?.digest,
            certified: CertifiedInstance(
                rewritten.dataSet, transferSyntax: syntax ?? .explicitVRLittleEndian, input: input,
                output: written.digest, size: written.count))
    }

    private func write(
        _ rewritten: RewrittenInstance, of stored: StoredInstance, from file: inout OpenedFile,
        to sink: inout InstanceSink, _ study: StudyWork
    ) throws(LeftOut) -> BurnedInVerdict {
        guard (rewritten.pixels == nil) == (stored.pixelData == nil) else {
            throw LeftOut("deidentification.unsupportedObject")
        }
        let examination = BurnedInExamination(
            rewritten.plan, policy: settings.burnedIn, identity: try study.identity())
        let readers = PixelReaders(decoder: settings.decoder, detector: settings.detector)
        var pixels = rewritten.pixels.map { PixelExamination(stored, $0, examination, readers) }
        var dataSet = rewritten.dataSet
        if let photometric = try pixels?.decodedPhotometric(from: &file) {
            dataSet.set(.photometricInterpretation, .CS, photometric)
        }
        if let recipients = settings.recipients {
            try LeftOut.rules { () throws(DeidentificationError) in
                try EncryptedAttributes.seal(stored.dataSet, into: &dataSet, for: recipients)
            }
        }
        let form = pixels?.form ?? .none
        let writer = try LeftOut.dicom { () throws(DICOMError) in try InstanceWriter(dataSet, pixelData: form) }
        try sink.write(writer.head())
        let verdict = try pixels?.write(from: &file, to: &sink) ?? rewritten.plan.expected
        try sink.write(writer.tail())
        return verdict
    }

    private func place(of dataSet: DataSet) throws(LeftOut) -> OutputFolder.Place {
        guard let study = dataSet.uid(.studyInstanceUID), let series = dataSet.uid(.seriesInstanceUID),
            let instance = dataSet.uid(.sopInstanceUID)
        else { throw LeftOut("deidentification.missingInstanceUID") }
        return folder.place(study: study, series: series, instance: instance)
    }

    private func present(
        _ rewritten: RewrittenInstance, of stored: StoredInstance, _ file: OpenedFile, _ place: OutputFolder.Place,
        _ deidentifier: StudyDeidentifier, _ study: StudyWork
    ) throws(LeftOut) -> Ready {
        let input = try LeftOut.dicom { () throws(DICOMError) in try file.digest() }
        guard settings.resumes, let input,
            let written = try EarlierResult.written(
                at: place, input: input, settings,
                opinion: try study.search(for: deidentifier, having: WrittenDays(rewritten.dataSet)))
        else { throw LeftOut("file.exists") }
        let receipt = try receipt(rewritten, deidentifier, rewritten.plan.expected, written, of: file)
        return Ready(header: stored.dataSet, place: place, file: nil, receipt: receipt, deidentifier: deidentifier)
    }
}
