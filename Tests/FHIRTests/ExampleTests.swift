import FHIR
import Foundation
import JSON
import Testing

/// The examples of the specification, read from the shared data folder; skipped loudly where that is absent.
@Suite("FHIR R4: the specification's own examples")
struct ExampleTests {
    private static let folder: URL = {
        let shared = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(fileURLWithPath: $0) }
        let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (shared ?? package.appendingPathComponent("../shared")).appendingPathComponent(
            "data/standards/fhir-r4/examples")
    }()

    private static func files() -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        if files.isEmpty { print("SKIPPED: FHIR examples are not at \(folder.path); set IMAGING_GATEWAY_SHARED") }
        return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }

    @Test func `every example is read and written back to the same value`() throws {
        for file in Self.files() {
            let value = try JSONValue(parsing: Array(try Data(contentsOf: file)))
            let resource = try Resource(value)
            #expect(try JSONValue(parsing: resource.json.serialized()) == value, "\(file.lastPathComponent)")
            #expect(file.lastPathComponent.hasPrefix(resource.resourceType))
        }
    }

    @Test func `the radiograph example yields its UIDs, accession and modality`() throws {
        guard let file = Self.files().first(where: { $0.lastPathComponent == "ImagingStudy-example-xr.json" }) else {
            return
        }
        let study = try ImagingStudy(JSONValue(parsing: Array(try Data(contentsOf: file))))
        #expect(study.studyInstanceUID == "2.16.124.113543.6003.1154777499.30246.19789.3503430046")
        #expect(study.accessionNumbers.map(\.value) == ["W12342398"])
        #expect(study.modalities == ["DX"])
        #expect(study.series.first?.uid == "2.16.124.113543.6003.1154777499.30246.19789.3503430045.1")
        #expect(study.basedOn.first?.target?.id == "example")
    }
}
