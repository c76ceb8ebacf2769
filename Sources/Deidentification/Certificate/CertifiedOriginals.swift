internal import DICOM
internal import Sealing
internal import SecondOpinion

/// The identified files that certificates are compared with: which of them are meant, and what they tell of the patient.
///
/// A folder of originals may hold other studies: their files are counted and passed over. A study is meant if one of its
/// files is a certified one, or was named alone.
public struct CertifiedOriginals: Sendable {
    private struct File {
        let study: String?
        let isKnown: Bool
        let isNamed: Bool
    }

    /// One original study.
    private struct Study {
        /// Study Instance UIDs of the certificates that know a file of it.
        var certified: Set<String> = []
        var isNamed = false
        /// What its headers tell under the rules of each set of options; nil where that is too much.
        var identities: [[String]: KnownIdentity?] = [:]
    }

    /// Certified studies by the digests of their originals.
    private let known: [String: Set<String>]
    private let rules: [[String]: DeidentificationProfile]
    private var files: [File] = []
    private var studies: [String: Study] = [:]

    /// - Parameter certificates: those that files are compared with, and those beside them.
    /// - Throws: as `DeidentificationCertificate.rules()`.
    public init(_ certificates: [DeidentificationCertificate]) throws(DeidentificationError) {
        var known: [String: Set<String>] = [:]
        var rules: [[String]: DeidentificationProfile] = [:]
        for certificate in certificates {
            for input in certificate.instances.compactMap(\.input) {
                known[input, default: []].insert(certificate.studyInstanceUID)
            }
            if rules[certificate.options] == nil { rules[certificate.options] = try certificate.rules() }
        }
        self.known = known
        self.rules = rules
    }

    /// Notes the next file. `isNamed`: it was named itself, and not found in a folder.
    public mutating func add(_ bytes: [UInt8], isNamed: Bool) {
        let certified = known[Digest.sha256(bytes).hex] ?? []
        let header = (try? Instance(parsing: bytes))?.dataSet
        let uid = header?.string(.studyInstanceUID)
        if !certified.isEmpty { comparedCount += 1 }
        files.append(File(study: uid, isKnown: !certified.isEmpty, isNamed: isNamed))
        guard let header, let uid else { return }
        var study = studies[uid] ?? Study()
        study.certified.formUnion(certified)
        study.isNamed = study.isNamed || isNamed
        for (options, profile) in rules {
            // Nil is too much of a study that may not be meant.
            guard var identity = study.identities[options, default: KnownIdentity()] else { continue }
            do {
                try identity.collect(from: header, under: profile)
                study.identities[options] = .some(identity)
            } catch {
                study.identities[options] = .some(nil)
            }
        }
        studies[uid] = study
    }

    /// Files that are certified originals.
    public private(set) var comparedCount = 0

    /// Files of other studies, and those that are of none.
    public var otherCount: Int { files.count { !$0.isKnown && !isProblem($0) } }

    /// Files of a study that is meant which nobody de-identified; all of them, where none is a certified one.
    public var problems: [CertificateProblem] {
        files.enumerated().filter { !$0.element.isKnown && isProblem($0.element) }
            .map { CertificateProblem(.originalUnknown, file: $0.offset) }
    }

    private func isProblem(_ file: File) -> Bool {
        file.isNamed || comparedCount == 0 || file.study.map { studies[$0]?.certified.isEmpty == false } == true
    }

    /// What is known of the patient of a certified study. Throws `tooManyIdentifiers`.
    func identity(for certificate: DeidentificationCertificate) throws(SecondOpinionError) -> KnownIdentity {
        var identity = KnownIdentity()
        for study in studies.values
        where study.certified.contains(certificate.studyInstanceUID) || study.isNamed || studies.count == 1 {
            guard let told = study.identities[certificate.options] else { continue }
            guard let some = told else { throw SecondOpinionError(.tooManyIdentifiers) }
            try identity.merge(some)
        }
        return identity
    }
}
