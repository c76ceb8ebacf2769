import DICOM
import DICOMweb
import OutboundHTTP
import Workflow

/// An archive adapter in front of a test server.
func withArchive(
    searchLimits: SearchLimits = SearchLimits(), multipartLimits: MultipartLimits = MultipartLimits(),
    answer: @escaping @Sendable (TestRequest) -> TestResponse,
    body: (DICOMwebArchive, TestServer) async throws -> Void
) async throws {
    try await TestServer.with(answer: answer) { server in
        try await withClient(testPeer(server.port, path: "/dicom-web")) { client in
            let archive = DICOMwebArchive(
                name: "archive", client: client, searchLimits: searchLimits, multipartLimits: multipartLimits)
            try await body(archive, server)
        }
    }
}

/// The error that a call ends with.
func adapterError(_ call: () async throws(AdapterError) -> Void) async -> AdapterError? {
    do throws(AdapterError) {
        try await call()
        return nil
    } catch {
        return error
    }
}

/// One match of a search for studies.
func study(_ uid: String, accession: String? = nil) -> String {
    let number = accession.map { #","00080050":{"vr":"SH","Value":["\#($0)"]}"# } ?? ""
    return #"{"0020000D":{"vr":"UI","Value":["\#(uid)"]}\#(number)}"#
}
