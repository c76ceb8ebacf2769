public import DICOM

/// One instance of a study as the archive's index lists it (QIDO-RS, PS3.18 §10.6).
public struct InstanceReference: Sendable, Hashable {
    public let seriesInstanceUID: UID
    public let sopInstanceUID: UID
    public let sopClassUID: UID
    /// (0008,0060) of the series, if the archive returned it.
    public let modality: String?

    public init(seriesInstanceUID: UID, sopInstanceUID: UID, sopClassUID: UID, modality: String?) {
        self.seriesInstanceUID = seriesInstanceUID
        self.sopInstanceUID = sopInstanceUID
        self.sopClassUID = sopClassUID
        self.modality = modality
    }
}

/// An image archive (IHE Image Manager) that studies are found in and retrieved from.
///
/// Only study UIDs and accession numbers may stand in requests; a patient identifier, name or birth date never does.
public protocol StudySource: Sendable {
    /// The archive's name in the configuration.
    var name: String { get }

    /// The studies with this UID: none or one. Every answer carries the UID that was asked for.
    func studies(studyInstanceUID: UID) async throws(AdapterError) -> [StudyReference]

    /// The studies with this accession number. Every answer carries exactly the number that was asked for.
    func studies(accessionNumber: String) async throws(AdapterError) -> [StudyReference]

    /// All instances of the study that the archive holds at this moment.
    func instances(of study: UID) async throws(AdapterError) -> [InstanceReference]

    /// Retrieves one instance as DICOM Part 10 bytes in chunks, in order; memory stays bounded by a chunk.
    ///
    /// Returns only when the whole instance has passed; a truncated answer throws `interrupted`. An error thrown by
    /// `sink` ends the retrieval and is thrown on.
    func retrieve(
        _ instance: InstanceReference, of study: UID, into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
    ) async throws(AdapterError)
}
