internal import DICOM
internal import SecondOpinion

/// One certificate among those that files are compared with.
struct CertificatePart: Sendable {
    /// What decides how a file is searched: certificates of one study with the same rules share a search.
    struct Rules: Hashable {
        let study: String
        let options: [String]
        let dates: DateRule

        init(_ certificate: DeidentificationCertificate) {
            study = certificate.studyInstanceUID
            options = certificate.options
            dates = certificate.dates
        }
    }

    let certificate: DeidentificationCertificate
    let rules: Rules
    let search: ResidualSearch
    /// Places of the objects in the certificate by SOP Instance UID.
    let places: [String: Int]

    init(_ certificate: DeidentificationCertificate, _ rules: Rules, _ search: ResidualSearch) {
        self.certificate = certificate
        self.rules = rules
        self.search = search
        places = Dictionary(
            uniqueKeysWithValues: certificate.instances.enumerated().map { ($0.element.sopInstanceUID, $0.offset) })
    }

    static func search(
        _ certificate: DeidentificationCertificate, _ identity: KnownIdentity
    ) throws(SecondOpinionError) -> ResidualSearch {
        var kept: Set<HitKind> = certificate.dates == .removed ? [] : [.date]
        if certificate.options.contains(ProfileOption.retainUIDs.rawValue) { kept.insert(.uid) }
        let dates: DateExpectation = certificate.dates == .removed ? .none : .kept
        return try ResidualSearch(for: identity.without(kept), dates: dates)
    }

    /// Its place in the certificate; nil where it is not named.
    func place(of instance: Instance) -> Int? { instance.dataSet.string(.sopInstanceUID).flatMap { places[$0] } }

    /// Whether an object has the marks of de-identification that are certified.
    func isMarked(_ instance: Instance, _ place: Int) -> Bool {
        let (dataSet, certified) = (instance.dataSet, certificate.instances[place])
        let codes = dataSet.items(.deidentificationMethodCodeSequence).compactMap { $0.string(.codeValue) }
        return dataSet.string(.patientIdentityRemoved) == "YES"
            && Set(certificate.options).isSubset(of: codes)
            && dataSet.string(.longitudinalTemporalInformationModified) == certificate.dates.rawValue
            && dataSet.string(.studyInstanceUID) == certificate.studyInstanceUID
            && dataSet.string(.seriesInstanceUID) == certified.seriesInstanceUID
            && dataSet.string(.sopClassUID) == certified.sopClassUID
    }
}
