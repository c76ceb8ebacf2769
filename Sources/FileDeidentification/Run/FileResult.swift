public import DICOM
public import Deidentification
public import MessageDeidentification
public import Sealing

/// What came of one file.
public struct FileResult: Sendable {
    /// What came of it.
    public enum Outcome: Sendable {
        /// An instance was written to this path.
        case instance(path: String, DeidentificationReceipt)
        /// A message or resource was written to this path; the counts are by what was done to its values.
        case message(path: String, counts: [String: Int])
        /// The result was there already, whole and made in the same way.
        case present(path: String)
        /// Nothing has to come of it, for this reason.
        case passedOver(code: String)
        /// Nothing came of it, for this reason; `place` is an element, a field or a path, and never a value.
        case leftOut(code: String, place: String?)
    }

    /// The file. It may name a patient: for the person who gave it, and for no log.
    public let path: InputPath
    /// What came of it.
    public let outcome: Outcome
    /// Bytes read.
    public let size: Int
}

/// What the audit log has to know, before it becomes true.
public enum FileNote: Sendable {
    /// An instance is about to get its name in the output folder.
    case instance(header: DataSet, DeidentificationReceipt)
    /// A message or resource is: whom it is about, SHA-256 of the result, counts by what was done to its values.
    case message(MessageSubjects, digest: Digest, counts: [String: Int])
    /// The certificate of a study is about to get its name: the file is called for by this digest ever after.
    /// - `header`: of one of the originals; `study`: the new Study Instance UID; `digest`: SHA-256 of the certificate;
    ///   `instances`: how many results it certifies.
    case certificate(header: DataSet, study: String, digest: Digest, instances: Int)
    /// Nothing comes of a file; its header says whose it is, or its messages do, if they could be read.
    case leftOut(header: DataSet?, MessageSubjects?, code: String)
}

/// Who is told of a run, one call at a time or several at once.
public protocol RunObserver: Sendable {
    /// Called before a result or a certificate appears. What this throws ends the run, and it does not appear; of a
    /// study without its certificate the results of this run go too.
    func note(_ note: FileNote) async throws
    /// Called when a file is done.
    func finished(_ result: FileResult) async
    /// Called when headers were read: so many files of so many.
    func looked(at count: Int, of total: Int) async
}

/// What a run did.
public struct RunSummary: Sendable, Hashable {
    /// Instances written.
    public var instances = 0
    /// Messages and resources written.
    public var messages = 0
    /// Results that were there already.
    public var present = 0
    /// Files of which nothing has to come.
    public var passedOver = 0
    /// Files of which nothing came, by code.
    public var leftOut: [String: Int] = [:]
    /// Instances of which nobody knows whether text is burned into their pixels.
    public var pixelsUnchecked = 0
    /// Studies for which a certificate was written.
    public var certificates = 0
    /// Bytes of the files read.
    public var bytes = 0
    /// Why the list of the quarantine could not be written; nil where it was, or was not wanted.
    public var unlisted: String?

    /// Files of which nothing came.
    public var failures: Int { leftOut.values.reduce(0, +) }

    mutating func add(_ result: FileResult) {
        bytes += result.size
        switch result.outcome {
        case .instance(_, let receipt):
            instances += 1
            if receipt.burnedIn == .unchecked { pixelsUnchecked += 1 }
        case .message: messages += 1
        case .present: present += 1
        case .passedOver: passedOver += 1
        case .leftOut(let code, _): leftOut[code, default: 0] += 1
        }
    }
}
