import DICOM
import DICOMweb
import Testing
import Workflow

@Suite("Retrieve one instance (PS3.18 §10.4)", .timeLimit(.minutes(1)))
struct RetrieveTests {
    static let file =
        [UInt8](repeating: 0, count: 128) + bytes("DICM") + (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
    private static let head =
        "HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type=\"application/dicom\"; boundary=b\r\n"
    private static let begin = bytes("--b\r\nContent-Type: application/dicom\r\n\r\n")

    private func reference() throws -> InstanceReference {
        InstanceReference(
            seriesInstanceUID: try #require(UID("1.2")), sopInstanceUID: try #require(UID("1.2.3")),
            sopClassUID: .computedRadiographyImageStorage, modality: nil)
    }

    private func whole(_ body: [UInt8], type: String = "multipart/related; type=\"application/dicom\"; boundary=b")
        -> TestResponse
    {
        .answer(200, type, body: body)
    }

    private func retrieve(
        limits: MultipartLimits = MultipartLimits(), _ response: TestResponse
    ) async throws -> (bytes: [UInt8], error: AdapterError?, requests: [TestRequest]) {
        var received: [UInt8] = []
        var found: AdapterError?
        var requests: [TestRequest] = []
        let study = try #require(UID("1.2.840.1"))
        let reference = try reference()
        try await withArchive(multipartLimits: limits, answer: { _ in response }) { archive, server in
            found = await adapterError { () throws(AdapterError) in
                try await archive.retrieve(reference, of: study) { bytes throws(AdapterError) in received += bytes }
            }
            requests = server.requests
        }
        return (received, found, requests)
    }

    @Test("The part's bytes arrive unchanged, asked for as they are stored")
    func unchanged() async throws {
        let result = try await retrieve(whole(Self.begin + Self.file + bytes("\r\n--b--")))
        #expect(result.error == nil)
        #expect(result.bytes == Self.file)
        let request = try #require(result.requests.first)
        #expect(request.target == "/dicom-web/studies/1.2.840.1/series/1.2/instances/1.2.3")
        #expect(request.headers["accept"] == #"multipart/related; type="application/dicom"; transfer-syntax=*"#)
    }

    @Test("A single file without multipart is taken too")
    func single() async throws {
        let result = try await retrieve(whole(Self.file, type: "application/dicom"))
        #expect(result.error == nil && result.bytes == Self.file)
    }

    @Test("An answer without the closing delimiter is interrupted, though HTTP says that it is whole")
    func truncated() async throws {
        let result = try await retrieve(whole(Self.begin + Self.file))
        #expect(result.error == AdapterError(.interrupted, code: "peer.wado.truncated"))
        let cut = TestResponse(
            bytes: bytes(Self.head + "Content-Length: 99999\r\n\r\n") + Self.begin + Self.file, closes: true)
        #expect(try await retrieve(cut).error == AdapterError(.interrupted, code: "peer.connection"))
    }

    @Test("An answer without a part is notFound")
    func noParts() async throws {
        #expect(try await retrieve(whole(bytes("--b--"))).error == AdapterError(.notFound, code: "peer.wado.empty"))
        #expect(try await retrieve(.answer(204)).error == AdapterError(.notFound, code: "peer.wado.empty"))
        #expect(try await retrieve(.answer(404)).error == AdapterError(.notFound, code: "peer.http.404"))
    }

    @Test("Partial content is interrupted")
    func partial() async throws {
        let response = TestResponse.answer(206, "multipart/related; boundary=b", body: bytes("--b--"))
        #expect(try await retrieve(response).error == AdapterError(.interrupted, code: "peer.wado.partial"))
    }

    @Test("What is no DICOM file reaches nobody")
    func notDICOM() async throws {
        let page = bytes(String(repeating: "<html>", count: 100))
        let result = try await retrieve(whole(Self.begin + page + bytes("\r\n--b--")))
        #expect(result.error == AdapterError(.incorrect, code: "peer.wado.notDICOM") && result.bytes.isEmpty)
        let short = try await retrieve(whole(Self.begin + bytes("DICM\r\n--b--")))
        #expect(short.error == AdapterError(.incorrect, code: "peer.wado.notDICOM") && short.bytes.isEmpty)
        let login = try await retrieve(whole(page, type: "text/html"))
        #expect(login.error == AdapterError(.unsupported, code: "peer.wado.mediaType") && login.bytes.isEmpty)
    }

    @Test("More than one part, or more bytes than the limit, are refused")
    func excess() async throws {
        let two = Self.begin + Self.file + bytes("\r\n") + Self.begin + Self.file + bytes("\r\n--b--")
        #expect(try await retrieve(whole(two)).error == AdapterError(.incorrect, code: "peer.wado.tooManyParts"))
        let limited = try await retrieve(
            limits: MultipartLimits(partBytes: 1_000), whole(Self.begin + Self.file + bytes("\r\n--b--")))
        #expect(limited.error == AdapterError(.incorrect, code: "peer.wado.multipart"))
    }

    @Test("An error of the sink ends the retrieval and is thrown on")
    func sinkError() async throws {
        let full = AdapterError(.busy, code: "scratch.full")
        let study = try #require(UID("1.2.840.1"))
        let reference = try reference()
        let response = whole(Self.begin + Self.file + bytes("\r\n--b--"))
        try await withArchive(answer: { _ in response }) { archive, _ in
            let error = await adapterError { () throws(AdapterError) in
                try await archive.retrieve(reference, of: study) { _ throws(AdapterError) in throw full }
            }
            #expect(error == full)
        }
    }
}
