import JSON
public import MerkleLog
import Sealing

/// Verifies a bundle line by line, as `docs/comply/verify_bundle.py` does: same checks, same codes. It needs no
/// network, no store and no secret. Without all leaves its memory does not grow with the bundle.
public struct BundleVerifier: Sendable {
    /// How many problems are kept; further ones are counted.
    public static let problemLimit = 100

    private let trusted: VerifierKey?
    private let witnesses: [WitnessVerifierKey]
    private var lineNumber = 0
    private var header: BundleHeader?
    private var told: Checkpoint?
    private var isSigned = false
    private var keys: LogKeys?
    private var content: BundleContent
    private var hasher = SHA256Hasher()
    private var hasTrailer = false
    private var cosignatures: [WitnessVerifierKey: UInt64] = [:]
    private var problems: [BundleProblem] = []
    private var problemCount = 0

    /// - Parameters:
    ///   - trusted: the log's key as the reader knows it by another way.
    ///   - witnesses: each of these must have cosigned the checkpoint.
    ///   - digest: in hexadecimal digits; an entry is looked for whose record names it.
    public init(
        trusted: VerifierKey? = nil, witnesses: [WitnessVerifierKey] = [], naming digest: String? = nil
    ) {
        content = BundleContent(naming: digest)
        self.trusted = trusted
        self.witnesses = witnesses
    }

    /// The longest line that is read, with its newline. A longer one may be given cut off: it is refused either way.
    public static var lineLimit: Int { BundleFormat.lineLimit }

    /// Takes the next line with its newline.
    public mutating func add(line: [UInt8]) {
        lineNumber += 1
        guard lineNumber > 1 else { return start(line) }
        guard let header, let told else { return }
        guard !hasTrailer else { return report(.trailer) }
        let object = BundleFormat.object(of: line)
        if let object, object.keys == ["trailer"] {
            hasTrailer = true
            return end(object)
        }
        hasher.update(line)
        content.count += 1
        guard let line = object.flatMap(BundleLine.init), line.entry != nil || header.allLeaves else {
            return report(.line)
        }
        for code in content.add(line, under: told, allLeaves: header.allLeaves) { report(code) }
    }

    /// Ends the verification.
    public consuming func finish() -> BundleVerification {
        // An empty file has no header either.
        if lineNumber == 0 { report(.header) }
        lineNumber = 0
        if let header, let told {
            if !hasTrailer { report(.trailer) }
            if header.allLeaves, !content.isWhole(told) { report(.root) }
            if header.allLeaves, header.wholeCorrelations, content.leftOut > 0 { report(.leftOut) }
        }
        return BundleVerification(
            header: header, checkpoint: isSigned ? told : nil, problems: problems, problemCount: problemCount,
            entries: content.entries, withoutRecord: content.withoutRecord, leaves: content.leaves,
            isKeyTrusted: trusted != nil && isSigned && !problems.contains { $0.code == .key },
            cosignatures: cosignatures, named: content.named,
            leftOut: header?.allLeaves == true ? content.leftOut : nil)
    }

    private mutating func start(_ line: [UInt8]) {
        guard let header = BundleHeader(line: line), let told = try? Checkpoint(text: header.checkpoint.text) else {
            return report(.header)
        }
        hasher.update(line)
        self.header = header
        self.told = told
        do {
            keys = try LogKeys(anchor: header.key, handovers: header.handovers)
        } catch {
            report(.handover)
        }
        if let trusted, !(keys ?? LogKeys(anchor: header.key)).contains(trusted) { report(.key) }
        if let keys {
            isSigned = (try? keys.checkpoint(note: header.checkpoint.serialized)) != nil
            if !isSigned { report(.checkpoint) }
        }
        for witness in witnesses {
            cosignatures[witness] = header.checkpoint.cosignature(of: witness)
            if cosignatures[witness] == nil { report(.cosignature) }
        }
    }

    private mutating func end(_ object: JSONObject) {
        guard let told, let text = object["trailer"]?.string, let note = try? SignedNote(parsing: Array(text.utf8))
        else {
            return report(.trailer)
        }
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        let trailer = BundleTrailer(origin: told.origin, count: content.count, digest: hasher.finalize())
        let expected = trailer.text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.count != expected.count || lines.prefix(3) != expected.prefix(3) || lines.last != "" {
            report(.trailer)
        } else if lines != expected {
            report(.digest)
        }
        guard let keys, let key = try? keys.current.named(told.origin), (try? note.verify(key)) != nil else {
            return report(.signature)
        }
    }

    private mutating func report(_ code: BundleProblem.Code) {
        problemCount += 1
        guard problems.count < Self.problemLimit else { return }
        problems.append(BundleProblem(code, line: lineNumber == 0 ? nil : lineNumber))
    }
}
