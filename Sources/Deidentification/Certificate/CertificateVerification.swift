internal import DICOM
public import Sealing
public import SecondOpinion

/// Compares files with a certificate, one after another.
public struct CertificateVerification: Sendable {
    private let certificate: DeidentificationCertificate
    private let search: ResidualSearch
    private let places: [String: Int]
    private var seen: Set<Int> = []
    private var files = 0
    /// What is wrong so far.
    public private(set) var problems: [CertificateProblem] = []
    /// What the second opinion looked at, where it could.
    public private(set) var statistics = SearchResult.Statistics()

    /// - Parameter identity: what is known of the patient, `KnownIdentity()` for nothing: dates are searched anyway
    ///   where the profile removes them. Days are compared only where they were removed: a moved day can be one of the
    ///   original's.
    /// - Throws: `tooManyIdentifiers`.
    public init(
        _ certificate: DeidentificationCertificate, identity: KnownIdentity = KnownIdentity()
    ) throws(SecondOpinionError) {
        self.certificate = certificate
        var kept: Set<HitKind> = certificate.dates == .removed ? [] : [.date]
        if certificate.options.contains(ProfileOption.retainUIDs.rawValue) { kept.insert(.uid) }
        if certificate.options.contains(ProfileOption.retainInstitutionIdentity.rawValue) { kept.insert(.text) }
        let dates: DateExpectation = certificate.dates == .removed ? .none : .kept
        search = try ResidualSearch(for: identity.without(kept), dates: dates)
        places = Dictionary(
            uniqueKeysWithValues: certificate.instances.enumerated().map { ($0.element.sopInstanceUID, $0.offset) })
    }

    /// Looks at the next written file.
    public mutating func examine(_ bytes: [UInt8]) {
        let file = files
        files += 1
        guard let instance = try? Instance(parsing: bytes), let uid = instance.dataSet.string(.sopInstanceUID) else {
            problems.append(CertificateProblem(.fileUnreadable, file: file))
            return
        }
        guard let index = places[uid] else {
            problems.append(CertificateProblem(.fileAdded, file: file))
            return
        }
        guard seen.insert(index).inserted else {
            problems.append(CertificateProblem(.fileTwice, file: file, instance: index))
            return
        }
        if Digest.sha256(bytes).hex != certificate.instances[index].output {
            problems.append(CertificateProblem(.fileChanged, file: file, instance: index))
        }
        if !isMarked(instance, as: certificate.instances[index]) {
            problems.append(CertificateProblem(.marks, file: file, instance: index))
        }
        examineAgain(bytes, file, index)
    }

    /// A second opinion once more.
    private mutating func examineAgain(_ bytes: [UInt8], _ file: Int, _ index: Int) {
        do {
            let result = try search.search(bytes)
            statistics.add(result.statistics)
            for hit in result.hits {
                problems.append(
                    CertificateProblem(
                        .residual, file: file, instance: index, place: "\(hit.kind.rawValue) at \(hit.path)"))
            }
        } catch {
            problems.append(CertificateProblem(.fileUnreadable, file: file, instance: index))
        }
    }

    private func isMarked(_ instance: Instance, as certified: CertifiedInstance) -> Bool {
        let dataSet = instance.dataSet
        let codes = dataSet.items(.deidentificationMethodCodeSequence).compactMap { $0.string(.codeValue) }
        return dataSet.string(.patientIdentityRemoved) == "YES"
            && Set(certificate.options).isSubset(of: codes)
            && dataSet.string(.longitudinalTemporalInformationModified) == certificate.dates.rawValue
            && dataSet.string(.studyInstanceUID) == certificate.studyInstanceUID
            && dataSet.string(.seriesInstanceUID) == certified.seriesInstanceUID
            && dataSet.string(.sopClassUID) == certified.sopClassUID
    }

    /// After the last file: certified files that were not given.
    public mutating func finish() {
        for index in certificate.instances.indices where !seen.contains(index) {
            problems.append(CertificateProblem(.fileMissing, instance: index))
        }
    }

    /// Problems with the original files, given by their digests: each must be one that was de-identified.
    public static func originals(
        _ digests: [Digest], of certificate: DeidentificationCertificate
    ) -> [CertificateProblem] {
        let known = Set(certificate.instances.compactMap(\.input))
        return digests.enumerated().filter { !known.contains($0.element.hex) }
            .map { CertificateProblem(.originalUnknown, file: $0.offset) }
    }
}
