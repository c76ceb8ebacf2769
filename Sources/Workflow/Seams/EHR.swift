public import DICOM
public import FHIR

/// The electronic health record's FHIR R4 interface, as far as the workflow needs it.
///
/// Searches go by `POST [type]/_search`, so that no identifier stands in a URL. Each result really carries the
/// identifier that was asked for: servers that ignore a search parameter are not believed.
public protocol EHR: Sendable {
    /// The name of this destination in audit records and in the outbox.
    var name: String { get }

    /// The service root, so that the server's absolute references compare with relative ones.
    var base: String { get }

    func patients(identifier: Identifier) async throws(AdapterError) -> [Patient]
    func serviceRequests(identifier: Identifier) async throws(AdapterError) -> [ServiceRequest]
    func imagingStudies(studyInstanceUID: UID) async throws(AdapterError) -> [ImagingStudy]
    func diagnosticReports(identifier: Identifier) async throws(AdapterError) -> [DiagnosticReport]

    /// Reads one ImagingStudy by its logical id; `nil` when the server says that there is none (404, 410).
    func imagingStudy(id: String) async throws(AdapterError) -> ImagingStudy?

    /// Reads one Observation by its logical id; `nil` when the server says that there is none (404, 410).
    func observation(id: String) async throws(AdapterError) -> Observation?

    /// Reads one ServiceRequest by its logical id; `nil` when the server says that there is none (404, 410).
    func serviceRequest(id: String) async throws(AdapterError) -> ServiceRequest?

    /// Reads one Patient by its logical id; `nil` when the server says that there is none (404, 410).
    func patient(id: String) async throws(AdapterError) -> Patient?

    /// Posts a Bundle of type transaction and returns the transaction-response, of which every entry is a success.
    func submit(_ transaction: Bundle) async throws(AdapterError) -> Bundle
}
