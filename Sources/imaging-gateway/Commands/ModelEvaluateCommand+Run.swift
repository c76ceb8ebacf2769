import Audit
import DICOM
import DecodeWorker
import Deidentification
import Evaluation
import Foundation
import Gateway
import ImageClassifier
import Sealing
import Workflow

/// Takes files the way of an order's study, some at the same time, and tells the log of them in their order.
struct EvaluationRun: Sendable {
    let classifier: Classifier
    let decoder: WorkerFrameDecoder
    /// For de-identification; its key is thrown away afterwards.
    let pseudonyms: Pseudonyms
    let workers: Int
    /// Bytes that a file may have.
    let largestFile: Int

    /// What became of the files: rows in their order.
    struct Found {
        let evaluated: [EvaluatedCase]
        let withoutRow: Int
    }

    /// What is known of one file; the header names the patient and goes no further than the audit log.
    private struct Read: Sendable {
        let path: String
        var header: DataSet?
        var digest: String?
        var row: Int?
        var label: LabelledImage?
        var outcome = EvaluatedCase.Outcome.unread(code: "file.unreadable")
        var caveats: [String] = []
        var details: AuditDetails = [:]

        var code: String? {
            guard row != nil else { return "evaluation.withoutRow" }
            if case .unread(let code) = outcome { return code }
            return nil
        }
    }

    /// - Parameter patientNames: Makes the patients' pseudonyms; nil where they are numbered.
    func cases(
        of plan: EvaluationPlan, patientNames: Pseudonyms?, _ log: CommandLog
    ) async throws -> Found {
        var progress = Progress(total: plan.tasks.count, what: "images")
        var patients = EvaluationPatients(pseudonyms: patientNames)
        var cases: [EvaluatedCase] = []
        var rows: Set<Int> = []
        var images = EvaluationImages()
        var withoutRow = plan.withoutRow
        try await inOrder(plan) { read throws(AdapterError) in
            try await log.note(
                .classifyRun, "model evaluate", of: read.header, code: read.code, details: read.details)
            progress.advance()
            // A second file of the same instance is no second image.
            guard let row = read.row, rows.insert(row).inserted else {
                withoutRow += 1
                return
            }
            let isNew = images.insert(digest: read.digest, header: read.header)
            cases.append(
                EvaluatedCase(
                    row: row, digest: read.digest, label: read.label?.label,
                    patient: patients.name(group: read.label?.group, header: read.header, row: row),
                    subgroups: read.label?.subgroups ?? [], caveats: isNew ? read.caveats : [],
                    outcome: isNew ? read.outcome : .unread(code: EvaluationImages.repeated)))
        }
        progress.clear()
        let absent = plan.missing + plan.byInstance.values.filter { !rows.contains($0.row) }
        for label in absent.sorted(by: { $0.row < $1.row }) {
            cases.append(
                EvaluatedCase(
                    row: label.row, digest: nil, label: label.label,
                    patient: patients.name(group: label.group, header: nil, row: label.row),
                    subgroups: label.subgroups,
                    outcome: .unread(
                        code: label.isInstanceUID && images.contains(instance: label.name)
                            ? EvaluationImages.repeated : "evaluation.fileMissing")))
        }
        return Found(evaluated: cases.sorted { $0.row < $1.row }, withoutRow: withoutRow)
    }

    /// Reads files at the same time and hands them on in the order of the plan.
    private func inOrder(
        _ plan: EvaluationPlan, _ body: (Read) async throws(AdapterError) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, Read).self) { group in
            var next = 0
            var waiting: [Int: Read] = [:]
            var told = 0
            func begin() {
                guard next < plan.tasks.count else { return }
                let (index, task) = (next, plan.tasks[next])
                next += 1
                group.addTask { (index, read(task, plan)) }
            }
            for _ in 0..<workers { begin() }
            while let (index, result) = try await group.next() {
                waiting[index] = result
                while let read = waiting.removeValue(forKey: told) {
                    try await body(read)
                    told += 1
                }
                begin()
            }
        }
    }

    private func read(_ task: EvaluationPlan.Task, _ plan: EvaluationPlan) -> Read {
        var read = Read(path: task.path)
        if case .row(let row, let label) = task.target { (read.row, read.label) = (row, label) }
        do {
            let bytes = try EvaluationFile.bytes(task.path, atMost: largestFile)
            let digest = Digest.sha256(bytes).hex
            read.digest = digest
            let instance = try Instance(parsing: bytes)
            read.header = instance.dataSet
            if case .byInstance = task.target {
                guard let uid = instance.dataSet.uid(.sopInstanceUID), let label = plan.byInstance[uid.value] else {
                    return read
                }
                (read.row, read.label) = (label.row, label)
            }
            guard let uid = instance.dataSet.uid(.studyInstanceUID) else {
                read.outcome = .unread(code: "dicom.studyInstanceUIDMissing")
                return read
            }
            let (study, _) = try deidentify(
                Study(studyInstanceUID: uid, instances: [instance]), pseudonyms: pseudonyms,
                pixels: PixelReader(decoder: decoder))
            let classification = try classifier.classify(study, decoder: decoder)
            read.details = AuditDetails(classification, by: classifier.modelIdentity)
                .merging([.inputs: .digest(digest)])
            note(classification, in: &read)
        } catch let problem as EvaluationFile.Problem {
            read.outcome = .unread(code: problem.rawValue)
        } catch let error as DICOMError {
            read.outcome = .unread(code: "dicom.\(error.code.rawValue)")
        } catch let error as DeidentificationError {
            read.outcome = .unread(code: "deidentification.\(error.code.rawValue)")
        } catch let error as ClassifierError {
            read.outcome = .unread(code: "classifier.\(error.code.rawValue)")
        } catch {
            read.outcome = .unread(code: "file.unreadable")
        }
        return read
    }

    private func note(_ classification: Classification, in read: inout Read) {
        switch classification {
        case .refusal(let refusal): read.outcome = .refused(code: refusal.code.rawValue)
        case .finding(let finding):
            let decision: Bool? =
                switch finding.decision {
                case .positive: true
                case .negative: false
                case .indeterminate: nil
                }
            read.caveats = finding.caveats.map(\.rawValue)
            let spread = finding.spread
            read.outcome = .scored(
                EvaluatedCase.Score(
                    logit: finding.logit, probability: finding.probability,
                    spread: (spread.lowest, spread.highest, spread.deviation), decision: decision))
        }
    }
}

/// Which images were evaluated. A copy, a link or a second row by another name is the same image, and counts once: a
/// second one would narrow the intervals, and might carry another truth.
struct EvaluationImages {
    /// The code of a row whose image another row has.
    static let repeated = "evaluation.imageRepeated"
    private var digests: Set<String> = []
    private var instances: Set<String> = []

    /// Notes an image by its bytes and its SOP Instance UID; false where one of them was there already.
    mutating func insert(digest: String?, header: DataSet?) -> Bool {
        let isNewFile = digest.map { digests.insert($0).inserted } ?? true
        let isNewInstance = header?.uid(.sopInstanceUID).map { instances.insert($0.value).inserted } ?? true
        return isNewFile && isNewInstance
    }

    func contains(instance: String) -> Bool { instances.contains(instance) }
}

/// Names for patients that say nothing about them.
struct EvaluationPatients {
    let pseudonyms: Pseudonyms?
    private var numbers: [String: Int] = [:]
    private static let separator = "\u{1F}"

    init(pseudonyms: Pseudonyms?) { self.pseudonyms = pseudonyms }

    /// The patient's name: by the table's column, else by the header; a file that tells of none is a patient alone.
    mutating func name(group: String?, header: DataSet?, row: Int) -> String {
        // A name of the table is no Patient ID: 17 there and 17 in a header may be two patients. No value of a header
        // holds the separator.
        let issuer = group == nil ? header?.string(.issuerOfPatientID) ?? "" : "\(Self.separator)table"
        guard let id = group ?? header?.string(.patientID), !id.isEmpty else {
            return number(of: "row\(Self.separator)\(row)")
        }
        return pseudonyms?.patientID(issuer: issuer, patientID: id)
            ?? number(of: "patient\(Self.separator)\(issuer)\(Self.separator)\(id)")
    }

    private mutating func number(of key: String) -> String {
        let number = numbers[key] ?? numbers.count + 1
        numbers[key] = number
        return String(number)
    }
}
