import DICOM
import DICOMweb
import Foundation
import OutboundHTTP
import Testing
import Workflow

@Suite("Partner: Orthanc with its DICOMweb plug-in", .timeLimit(.minutes(2)))
struct OrthancTests {
    private static let plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"

    private func configuration(_ http: Int, _ dicom: Int) -> String {
        """
        {"Name":"test","StorageDirectory":"storage","IndexDirectory":"storage","HttpPort":\(http),"DicomPort":\(dicom),
         "RemoteAccessAllowed":false,"AuthenticationEnabled":false,"StableAge":3,
         "Plugins":["\(Self.plugin)"],
         "DicomWeb":{"Enable":true,"Root":"/dicom-web/","StudiesMetadata":"Full","SeriesMetadata":"Full"}}
        """
    }

    @Test("Studies are found by UID and by accession number, their instances listed and retrieved byte for byte")
    func locateAndRetrieve() async throws {
        guard let program = Partner.path(ofEnvironmentProgram: "Orthanc"),
            FileManager.default.fileExists(atPath: Self.plugin)
        else { return Partner.skipped("Orthanc", "apt install orthanc orthanc-dicomweb") }
        let (http, dicom) = (try await freePort(), try await freePort())
        let rest = try Peer(name: "rest", base: "http://127.0.0.1:\(http)")
        let dicomweb = try Peer(name: "archive", base: "http://127.0.0.1:\(http)/dicom-web")
        try await withClient(rest, breaker: CircuitBreaker(threshold: 10_000)) { rest in
            try await Partner.serve(
                program, ["config.json"], files: ["config.json": configuration(http, dicom)],
                until: { await isUp(rest) }
            ) { _ in
                try await withClient(dicomweb) { client in
                    try await check(DICOMwebArchive(name: "orthanc", client: client), rest)
                }
            }
        }
    }

    private func isUp(_ rest: OutboundClient) async -> Bool {
        guard let path = RequestPath(["system"]) else { return false }
        return await adapterError { () throws(AdapterError) in
            _ = try await rest.send(OutboundRequest(.get, path))
        } == nil
    }

    private func check(_ archive: DICOMwebArchive, _ rest: OutboundClient) async throws {
        let files = (1...3).map { TestFile(study: "1.2.840.99.1", series: "1.2.840.99.1.1", number: $0) }
        let other = TestFile(study: "1.2.840.99.2", series: "1.2.840.99.2.1", number: 9, accession: "ACC 2/b")
        for file in files + [other] {
            let path = try #require(RequestPath(["instances"]))
            _ = try await rest.send(OutboundRequest(.post, path, body: file.bytes))
        }
        let uid = try #require(UID("1.2.840.99.1"))

        let byUID = try await archive.studies(studyInstanceUID: uid)
        #expect(byUID.map(\.studyInstanceUID) == [uid])
        #expect(byUID.first?.accessionNumber == "ACC1" && byUID.first?.instanceCount == 3)
        #expect(byUID.first?.modalitiesInStudy == ["DX"] && byUID.first?.patientID == "4711")
        #expect(byUID.first?.issuerOfPatientID == "HOSP")
        let byNumber = try await archive.studies(accessionNumber: "ACC1")
        #expect(byNumber.map(\.studyInstanceUID) == [uid])
        let unknown = try await archive.studies(accessionNumber: "ACC")
        #expect(unknown.isEmpty)

        let instances = try await archive.instances(of: uid)
        #expect(Set(instances.map(\.sopInstanceUID.value)) == Set(files.map(\.instance)))
        #expect(instances.allSatisfy { $0.modality == "DX" && $0.seriesInstanceUID.value == "1.2.840.99.1.1" })
        for instance in instances {
            var received: [UInt8] = []
            try await archive.retrieve(instance, of: uid) { bytes throws(AdapterError) in received += bytes }
            let sent = try #require(files.first { $0.instance == instance.sopInstanceUID.value })
            #expect(received == sent.bytes)
        }
        let missing = InstanceReference(
            seriesInstanceUID: uid, sopInstanceUID: uid, sopClassUID: uid, modality: nil)
        let error = await adapterError { () throws(AdapterError) in
            try await archive.retrieve(missing, of: uid) { _ throws(AdapterError) in }
        }
        #expect(error?.category == .notFound)
        let none = try await archive.instances(of: try #require(UID("1.2.3.4")))
        #expect(none.isEmpty)
    }
}
