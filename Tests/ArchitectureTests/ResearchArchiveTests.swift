import Foundation
import Testing

@Suite("A research archive can only be sent what was de-identified")
struct ResearchArchiveTests {
    let tree: SourceTree

    init() throws { tree = try SourceTree.shared.get() }

    /// The parameters of every initialiser of `ExportObject`, extensions included.
    private func initialisers() -> [(file: String, parameters: String)] {
        tree.files.flatMap { file in
            guard let start = file.text.firstMatch(of: #/(struct|extension) ExportObject\b/#)?.range else {
                return [(file: String, parameters: String)]()
            }
            return file.text[start.lowerBound...].matches(of: #/\binit\??\(([^{]*?)\)\s*(?:throws[^{]*)?\{/#)
                .map { (file.path, String($0.1)) }
        }
    }

    @Test func `an object for a research archive is made of a de-identified study and of nothing else`() throws {
        let found = initialisers()
        #expect(found.count == 2)
        for initialiser in found {
            #expect(initialiser.file.hasSuffix("Workflow/Export/ExportObject.swift"))
            #expect(initialiser.parameters.contains("Deidentified<Study>"))
            #expect(!initialiser.parameters.contains("[UInt8]"))
            #expect(!initialiser.parameters.contains("Instance,"))
        }
    }

    @Test func `the bytes of such an object cannot be replaced`() throws {
        let file = try tree.text("Sources/Workflow/Export/ExportObject.swift")
        #expect(file.contains("public let bytes: [UInt8]"))
        #expect(!file.contains("var bytes"))
    }

    @Test func `only such objects are posted to an archive`() throws {
        let posts = tree.files.filter { $0.target == "DICOMweb" && $0.text.contains(".post") }
        #expect(posts.map(\.path).allSatisfy { $0.contains("STOW-RS/StoreRequest.swift") })
        #expect(posts.count == 1)
        let request = try tree.text("Sources/DICOMweb/STOW-RS/StoreRequest.swift")
        #expect(request.contains("let objects: ArraySlice<ExportObject>"))
        let seam = try tree.text("Sources/Workflow/Seams/ResearchStore.swift")
        #expect(seam.contains("func store(_ objects: [ExportObject], study: UID)"))
    }
}
