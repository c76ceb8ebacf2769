import Testing

@Suite("The layers of docs/develop/architecture.md")
struct LayerTests {
    let tree: SourceTree
    let table = LayerTable()
    let manifest: Manifest

    init() throws {
        tree = try SourceTree.shared.get()
        manifest = Manifest(try tree.text("Package.swift"), targets: table.names)
    }

    @Test func `every folder of Sources stands in the table of layers, and the other way round`() {
        #expect(Set(tree.targets) == table.names)
    }

    @Test func `every target of the table is drawn in the manifest`() {
        #expect(Set(manifest.dependencies.keys) == table.names)
    }

    @Test func `no arrow of the manifest points upwards`() {
        let objections = manifest.dependencies.flatMap { target, modules in
            modules.compactMap { table.objection(target, imports: $0) }
        }
        #expect(objections.sorted() == [])
    }

    @Test func `no import line points upwards or outside of what its target may use`() {
        #expect(objectionsToImports(in: tree.files) == [])
    }

    @Test func `each import of a target of ours is declared in the manifest`() {
        var undeclared: [String] = []
        for file in tree.files {
            for (module, line) in file.code.imports where table.names.contains(module) && module != file.target {
                if manifest.dependencies[file.target]?.contains(module) != true {
                    undeclared.append("\(file.path):\(line): \(module)")
                }
            }
        }
        #expect(undeclared == [])
    }

    @Test func `swift-crypto is imported by MerkleLog and Sealing only`() {
        let users = tree.files.filter { file in
            file.code.imports.contains { ["Crypto", "CryptoExtras", "_CryptoExtras"].contains($0.module) }
        }
        #expect(Set(users.map(\.target)).isSubset(of: ["MerkleLog", "Sealing"]))
    }

    @Test func `a pure layer imports Foundation in one file at most, where nothing smaller does`() {
        for target in table.names where [1, 2].contains(table.entries[target]?.layer) {
            let users = tree.files.filter { file in
                file.target == target && file.code.imports.contains { $0.module == "Foundation" }
            }
            #expect(users.count <= 1, "\(target): \(users.map(\.path))")
        }
    }

    @Test func `only programs print`() {
        var printing: [String] = []
        for file in tree.files where (table.entries[file.target]?.layer ?? 0) < 6 {
            for (index, line) in file.code.lines.enumerated() {
                guard ["print(", "debugPrint(", "dump(", "NSLog("].contains(where: line.contains) else { continue }
                if line.contains(#/(^|[^.\w])(print|debugPrint|dump|NSLog)\(/#) {
                    printing.append("\(file.path):\(index + 1)")
                }
            }
        }
        #expect(printing == [])
    }

    // The checks themselves can fail.

    @Test func `an upward import is an objection, a downward one and a named arrow are none`() {
        #expect(table.objection("JSON", imports: "FHIR") != nil)
        #expect(table.objection("Deidentification", imports: "Workflow") != nil)
        #expect(table.objection("Matching", imports: "Deidentification") != nil)
        #expect(table.objection("Reporting", imports: "Crypto") != nil)
        #expect(table.objection("HL7v2", imports: "NIOCore") != nil)
        #expect(table.objection("Matching", imports: "Mapping") == nil)
        #expect(table.objection("Workflow", imports: "JSON") == nil)
    }

    @Test func `import lines are found with attributes and access, and not in comments or strings`() {
        let source = """
            @testable import JSON
            public import FHIR
            internal import struct Workflow.OrderState
            // import Gateway
            let text = "\\(name("x"))import Persistence"
            /* import MLLP /* import DICOMweb */ import Audit */
            """
        #expect(SwiftCode(source).imports.map(\.module) == ["JSON", "FHIR", "Workflow"])
        let file = SourceTree.File(target: "JSON", path: "JSON/x.swift", text: source, code: SwiftCode(source))
        #expect(objectionsToImports(in: [file]).count == 2)
    }

    @Test func `the manifest's reader sees arrows in any layout and no products or resources`() {
        let text = """
            layer("JSON"), layer("FHIR", ["JSON", .product(name: "DICOM", package: "x")], resources: [.copy("Audit")]),
            .executableTarget(
                name: "imaging-gateway",
                dependencies: nio + [
                    "Gateway",
                ], path: "Sources/MLLP")
            """
        let manifest = Manifest(text, targets: table.names)
        #expect(manifest.dependencies == ["JSON": [], "FHIR": ["JSON"], "imaging-gateway": ["Gateway"]])
    }

    private func objectionsToImports(in files: [SourceTree.File]) -> [String] {
        files.flatMap { file in
            file.code.imports.filter { $0.module != file.target }.compactMap { module, line in
                table.objection(file.target, imports: module).map { "\(file.path):\(line): \($0)" }
            }
        }
    }
}
