internal import DICOM
public import Sealing
public import SecondOpinion

/// Compares files with certificates, one after another: each file must be one that a certificate names, and as each
/// certificate that names it says. Certificates that only lie beside the files vouch for theirs, and need not be whole.
public struct CertificateVerification: Sendable {
    private var parts: [CertificatePart] = []
    private let given: Int
    private let receipts: ListedReceipt
    private var seen: Set<String> = []
    private var seenReceipts: Set<String> = []
    private var examined = 0
    /// What is wrong so far.
    public private(set) var problems: [CertificateProblem] = []
    /// What the second opinion looked at, where it could.
    public private(set) var statistics = SearchResult.Statistics()
    /// How many values of the originals are searched for.
    public private(set) var searchedValues = 0
    /// Files that are receipts of certified objects, and no objects.
    public private(set) var receiptCount = 0
    /// Files that only certificates beside the given ones name: place of the file, and of the certificate among those.
    public private(set) var namedBeside: [Int: Int] = [:]

    /// - Parameters:
    ///   - certificates: those that are verified.
    ///   - beside: others whose files are not added ones: `SignedCertificate.standing` is `vouches`.
    ///   - keys: those of the certificates: receipts beside the files must be signed with one of them; none where no
    ///     key is known.
    ///   - originals: what is known of the patients; without it dates alone are searched, where the profile removes
    ///     them. Days are compared only where they were removed: a moved day can be one of the original's.
    /// - Throws: `tooManyIdentifiers`.
    public init(
        _ certificates: [DeidentificationCertificate], beside: [DeidentificationCertificate] = [],
        keys: [SignatureVerifier] = [], originals: CertifiedOriginals? = nil
    ) throws(SecondOpinionError) {
        let all = certificates + beside
        given = certificates.count
        receipts = ListedReceipt(all, keys: keys)
        var searches: [CertificatePart.Rules: ResidualSearch] = [:]
        for certificate in all {
            let rules = CertificatePart.Rules(certificate)
            if let search = searches[rules] {
                parts.append(CertificatePart(certificate, rules, search))
                continue
            }
            let identity = try originals?.identity(for: certificate) ?? KnownIdentity()
            let search = try CertificatePart.search(certificate, identity)
            searchedValues += identity.count
            searches[rules] = search
            parts.append(CertificatePart(certificate, rules, search))
        }
    }

    /// One certificate.
    ///
    /// - Parameter identity: what is known of the patient, of the originals' headers collected under
    ///   `certificate.rules()`.
    /// - Throws: `tooManyIdentifiers`.
    public init(_ certificate: DeidentificationCertificate, identity: KnownIdentity) throws(SecondOpinionError) {
        given = 1
        receipts = ListedReceipt([certificate], keys: [])
        searchedValues = identity.count
        let search = try CertificatePart.search(certificate, identity)
        parts = [CertificatePart(certificate, CertificatePart.Rules(certificate), search)]
    }

    /// Looks at the next file: its place is the number of those before it.
    public mutating func examine(_ bytes: [UInt8]) {
        let file = examined
        examined += 1
        guard let instance = try? Instance(parsing: bytes), let uid = instance.dataSet.string(.sopInstanceUID) else {
            return examine(other: bytes, file)
        }
        let naming = parts.indices.filter { parts[$0].places[uid] != nil }
        guard let first = naming.first, let place = parts[first].places[uid] else {
            return problems.append(CertificateProblem(.fileAdded, file: file))
        }
        guard seen.insert(uid).inserted else {
            return problems.append(CertificateProblem(.fileTwice, file: file, certificate: first, instance: place))
        }
        if first >= given { namedBeside[file] = first - given }
        compare(instance, bytes, file, with: naming.filter { first >= given || $0 < given })
    }

    private mutating func compare(_ instance: Instance, _ bytes: [UInt8], _ file: Int, with naming: [Int]) {
        let digest = Digest.sha256(bytes).hex
        var searched: Set<CertificatePart.Rules> = []
        for index in naming {
            guard let place = parts[index].place(of: instance) else { continue }
            let problem = { (code: CertificateProblem.Code, at: String?) in
                CertificateProblem(code, file: file, certificate: index, instance: place, place: at)
            }
            if digest != parts[index].certificate.instances[place].output {
                problems.append(problem(.fileChanged, nil))
            }
            if !parts[index].isMarked(instance, place) { problems.append(problem(.marks, nil)) }
            // A second opinion once more.
            guard searched.insert(parts[index].rules).inserted else { continue }
            do {
                let result = try parts[index].search.search(bytes)
                statistics.add(result.statistics)
                problems += result.hits.map { problem(.residual, "\($0.kind.rawValue) at \($0.path)") }
            } catch {
                problems.append(problem(.fileUnreadable, nil))
            }
        }
    }

    /// What is no object must be the receipt of one.
    private mutating func examine(other bytes: [UInt8], _ file: Int) {
        switch receipts.recognise(bytes) {
        case .certified(let instance):
            receiptCount += 1
            guard seenReceipts.insert(instance).inserted else {
                return problems.append(CertificateProblem(.fileTwice, file: file))
            }
        case .altered: problems.append(CertificateProblem(.fileChanged, file: file))
        case .added: problems.append(CertificateProblem(.fileAdded, file: file))
        case .none: problems.append(CertificateProblem(.fileUnreadable, file: file))
        }
    }

    /// After the last file: files that the given certificates name and that were not there.
    public mutating func finish() {
        for (index, part) in parts.prefix(given).enumerated() {
            for (place, instance) in part.certificate.instances.enumerated()
            where !seen.contains(instance.sopInstanceUID) {
                problems.append(CertificateProblem(.fileMissing, certificate: index, instance: place))
            }
        }
    }
}
