import DICOM
import FHIR
import FHIRClient
import JSON
import OutboundHTTP
import Testing
import Workflow

@Suite("Partner: sekmet-fhir", .timeLimit(.minutes(2)))
struct SekmetTests {
    private func settings(_ port: Int) -> String {
        """
        base_url: http://127.0.0.1:\(port)/fhir
        host: 127.0.0.1
        port: \(port)
        data_dir: ./data
        server_auth: {types: [none]}
        """
    }

    @Test("A transaction is stored once, found by identifier, read, and updated only from its last version")
    func wholeExchange() async throws {
        guard let program = Partner.path(ofEnvironmentProgram: "sekmet") else {
            return Partner.skipped("sekmet", "set IMAGING_GATEWAY_VENV to a venv with the package sekmet-fhir")
        }
        let port = try await freePort()
        let peer = try Peer(name: "ehr", base: "http://127.0.0.1:\(port)/fhir")
        try await withClient(peer, breaker: CircuitBreaker(threshold: 10_000)) { client in
            let ehr = FHIRServer(name: "ehr", client: client)
            try await Partner.serve(
                program, ["serve", "-c", "settings.yaml"], files: ["settings.yaml": settings(port)],
                until: { await adapterError { () throws(AdapterError) in _ = try await ehr.capabilities() } == nil }
            ) { _ in
                try await check(ehr)
                try await checkPaging(FHIRServer(name: "ehr", client: client, searchLimits: SearchLimits(page: 1)))
            }
        }
    }

    private func check(_ ehr: FHIRServer) async throws {
        let capabilities = try await ehr.capabilities()
        #expect(capabilities.isR4 && capabilities.supportsTransaction)

        let identifier = Identifier(system: "urn:oid:1.2.3", value: "47|1,1$x")
        let study = try #require(UID("1.2.840.99.1"))
        let answer = try await ehr.submit(try transaction(identifier, study))
        #expect(answer.entries.compactMap { $0.response?.statusCode } == [201, 201])
        let again = try await ehr.submit(try transaction(identifier, study))
        #expect(again.entries.compactMap { $0.response?.statusCode } == [200, 200])

        let patients = try await ehr.patients(identifier: identifier)
        #expect(patients.count == 1)
        let others = try await ehr.patients(identifier: Identifier(system: "urn:oid:1.2.4", value: identifier.value))
        #expect(others.isEmpty)
        let studies = try await ehr.imagingStudies(studyInstanceUID: study)
        #expect(studies.count == 1)
        let id = try #require(studies.first?.id)
        let readAgain = try await ehr.imagingStudy(id: id)
        #expect(readAgain?.id == id)
        let missing = try await ehr.patient(id: "not-there")
        #expect(missing == nil)

        let patient = try #require(patients.first)
        let version = try #require(patient.versionId)
        let updated = try await ehr.update(patient, ifMatch: version)
        #expect(updated.versionId != version)
        let conflict = await adapterError { () throws(AdapterError) in
            _ = try await ehr.update(patient, ifMatch: version)
        }
        #expect(conflict?.category == .conflict)
    }

    private func checkPaging(_ ehr: FHIRServer) async throws {
        let identifier = Identifier(system: "urn:x:placer", value: "P100")
        let request = try Resource([
            "resourceType": "ServiceRequest", "identifier": [identifier.json], "status": "active", "intent": "order",
            "subject": ["identifier": ["system": "urn:x", "value": "4711"]],
        ])
        let post = BundleEntry(resource: request, request: BundleRequest(method: "POST", url: "ServiceRequest"))
        _ = try await ehr.submit(FHIR.Bundle(transaction: [post, post, post]))
        let found = try await ehr.serviceRequests(identifier: identifier)
        #expect(found.count == 3)
    }

    private func transaction(_ identifier: Identifier, _ study: UID) throws -> FHIR.Bundle {
        let patient = try Resource([
            "resourceType": "Patient", "identifier": [identifier.json], "name": [["family": "Test"]],
        ])
        let uid = Identifier(system: "urn:dicom:uid", value: "urn:oid:\(study.value)")
        let imaging = try Resource([
            "resourceType": "ImagingStudy", "identifier": [uid.json], "status": "available",
            "subject": ["reference": "urn:uuid:5f7c1f3e-6a0c-4f0e-8f0a-0a3c5f1b2d4e"],
        ])
        return FHIR.Bundle(transaction: [
            BundleEntry(
                fullURL: "urn:uuid:5f7c1f3e-6a0c-4f0e-8f0a-0a3c5f1b2d4e", resource: patient,
                request: .create("Patient", ifNoneExist: identifier)),
            BundleEntry(
                fullURL: "urn:uuid:6f7c1f3e-6a0c-4f0e-8f0a-0a3c5f1b2d4e", resource: imaging,
                request: .create("ImagingStudy", ifNoneExist: uid)),
        ])
    }
}
