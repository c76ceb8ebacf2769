public import DICOM
public import OutboundHTTP
public import Workflow

/// An archive that speaks DICOMweb (PS3.18): search by QIDO-RS, retrieve by WADO-RS.
///
/// Requests name study, series and instance UIDs or an accession number; never a patient ID, name or birth date.
/// Error codes begin with the client's name, for example `archive.qido.mismatch`.
public struct DICOMwebArchive: StudySource {
    public let name: String
    let client: OutboundClient
    let searchLimits: SearchLimits
    let multipartLimits: MultipartLimits

    /// An archive at the client's root, which is the DICOMweb service root.
    public init(
        name: String, client: OutboundClient, searchLimits: SearchLimits = SearchLimits(),
        multipartLimits: MultipartLimits = MultipartLimits()
    ) {
        self.name = name
        self.client = client
        self.searchLimits = searchLimits
        self.multipartLimits = multipartLimits
    }
}

// QIDO-RS
extension DICOMwebArchive {
    private static let studyAttributes: [Keyword] = [
        .issuerOfAccessionNumberSequence, .modalitiesInStudy, .issuerOfPatientID, .numberOfStudyRelatedSeries,
        .numberOfStudyRelatedInstances,
    ]

    /// - Throws: `incorrect` `.qido.mismatch` when an answer is about another study.
    public func studies(studyInstanceUID: UID) async throws(AdapterError) -> [StudyReference] {
        let found = try await studies(matching: "StudyInstanceUID", studyInstanceUID.value)
        guard found.allSatisfy({ $0.studyInstanceUID == studyInstanceUID }) else {
            throw Search.error(client, "mismatch")
        }
        return found
    }

    /// Answers whose number differs in case only are left out: some archives match so.
    ///
    /// - Throws: `incorrect` `.accession.invalid` for a number with wildcards, backslash or control characters or of
    ///   more than 64 bytes; `incorrect` `.qido.mismatch` when an answer is about something else.
    public func studies(accessionNumber: String) async throws(AdapterError) -> [StudyReference] {
        let number = Attributes.trimmed(accessionNumber)
        guard Self.isSearchable(number) else {
            throw AdapterError(.incorrect, code: "\(client.name).accession.invalid")
        }
        let found = try await studies(matching: "AccessionNumber", number)
        guard found.allSatisfy({ $0.accessionNumber?.lowercased() == number.lowercased() }) else {
            throw Search.error(client, "mismatch")
        }
        return found.filter { $0.accessionNumber.map { Array($0.utf8) } == Array(number.utf8) }
    }

    /// - Throws: `incorrect` `.qido.mismatch` when an instance is of another study.
    public func instances(of study: UID) async throws(AdapterError) -> [InstanceReference] {
        let search = Search(
            path: ["studies", study.value, "instances"], matching: [],
            including: [.modality, .seriesInstanceUID, .studyInstanceUID], identity: .sopInstanceUID)
        let matches: [Attributes]
        do {
            matches = try await search.matches(from: client, limits: searchLimits)
        } catch  where error.code == "\(client.name).http.404" {
            // A search below a study that the archive does not know: some say 404, others the empty list.
            return []
        }
        var instances: [InstanceReference] = []
        for match in matches {
            let ofStudy = match.string(.studyInstanceUID)
            guard ofStudy == nil || ofStudy == study.value else { throw Search.error(client, "mismatch") }
            guard let series = match.uid(.seriesInstanceUID), let instance = match.uid(.sopInstanceUID),
                let sopClass = match.uid(.sopClassUID)
            else { throw Search.error(client, "malformed") }
            instances.append(
                InstanceReference(
                    seriesInstanceUID: series, sopInstanceUID: instance, sopClassUID: sopClass,
                    modality: match.string(.modality)))
        }
        return instances
    }

    private func studies(matching name: String, _ value: String) async throws(AdapterError) -> [StudyReference] {
        let search = Search(
            path: ["studies"], matching: [(name: name, value: value)], including: Self.studyAttributes,
            identity: .studyInstanceUID)
        return try await search.matches(from: client, limits: searchLimits).compactMap { StudyReference($0) }
    }

    private static func isSearchable(_ number: String) -> Bool {
        (1...64).contains(number.utf8.count)
            && number.unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "*" && scalar != "?" && scalar != "\\"
            }
    }
}
