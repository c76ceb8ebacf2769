public import DICOM
public import FHIR
internal import OutboundHTTP
public import Workflow

extension FHIRServer: EHR {
    /// The configured root, without a slash at the end.
    public var base: String { client.root.absoluteURL }

    /// Patients that carry the identifier; more than one is the caller's question.
    public func patients(identifier: Identifier) async throws(AdapterError) -> [Patient] {
        try await search(Patient.self, identifier: identifier)
    }

    /// Service requests that carry the identifier.
    public func serviceRequests(identifier: Identifier) async throws(AdapterError) -> [ServiceRequest] {
        try await search(ServiceRequest.self, identifier: identifier)
    }

    /// Imaging studies whose identifier in `urn:dicom:uid` is the study's UID.
    public func imagingStudies(studyInstanceUID: UID) async throws(AdapterError) -> [ImagingStudy] {
        let identifier = Identifier(system: "urn:dicom:uid", value: "urn:oid:\(studyInstanceUID.value)")
        return try await search(ImagingStudy.self, identifier: identifier)
    }

    /// Diagnostic reports that carry the identifier.
    public func diagnosticReports(identifier: Identifier) async throws(AdapterError) -> [DiagnosticReport] {
        try await search(DiagnosticReport.self, identifier: identifier)
    }

    /// One ImagingStudy, or nil when the server has none with this id.
    public func imagingStudy(id: String) async throws(AdapterError) -> ImagingStudy? {
        try await read(ImagingStudy.self, id: id)
    }

    /// One Observation, or nil when the server has none with this id.
    public func observation(id: String) async throws(AdapterError) -> Observation? {
        try await read(Observation.self, id: id)
    }

    /// One ServiceRequest, or nil when the server has none with this id.
    public func serviceRequest(id: String) async throws(AdapterError) -> ServiceRequest? {
        try await read(ServiceRequest.self, id: id)
    }

    /// One Patient, or nil when the server has none with this id.
    public func patient(id: String) async throws(AdapterError) -> Patient? {
        try await read(Patient.self, id: id)
    }
}
