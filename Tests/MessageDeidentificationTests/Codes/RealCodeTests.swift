import Foundation
import Testing

@testable import MessageDeidentification

private let table: URL? = {
    let named = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(fileURLWithPath: $0) }
    let shared = named ?? Shipped.root.deletingLastPathComponent().appendingPathComponent("shared")
    let file = shared.appendingPathComponent("data/standards/dicom/context_groups.csv")
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
}()

@Suite("Codes of published systems")
struct RealCodeTests {
    @Test(
        "the codes of LOINC, SNOMED CT, UCUM and DICOM that PS3.16 names have the forms of their systems",
        .enabled(if: table != nil, "../shared is not here: codes of PS3.16 are not read"))
    func codesOfTheStandard() throws {
        let text = try String(contentsOf: try #require(table), encoding: .utf8)
        var seen: [CodeGrammar: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            let columns = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            for (system, grammar) in [("LN", CodeGrammar.loinc), ("SCT", .snomed), ("UCUM", .ucum), ("DCM", .dicom)] {
                guard let place = columns.firstIndex(of: system), place + 1 < columns.count else { continue }
                seen[grammar, default: []].insert(columns[place + 1])
            }
        }
        for (grammar, codes) in seen {
            let refused = codes.filter { !grammar.accepts($0) }
            switch grammar {
            // PS3.16 writes 11524-0 where LOINC has 11524-6.
            case .loinc: #expect(refused.subtracting(["11524-0"]) == [])
            // Annotations are text.
            case .ucum: #expect(refused.count < 25 && refused.isDisjoint(with: ["mm", "mg/dl", "ml/min", "Gy", "deg"]))
            // Those of roles are in FHIR's own tables, or go.
            case .dicom: #expect(refused.allSatisfy { !$0.allSatisfy(\.isNumber) })
            default: #expect(refused == [], "\(grammar)")
            }
        }
        #expect(seen[.snomed, default: []].count > 100)
    }

    @Test("of seven-digit numbers hardly one has the form of a concept of SNOMED CT")
    func numbers() {
        let accepted = (5_551_000..<5_561_000).count { CodeGrammar.snomed.accepts(String($0)) }
        #expect(accepted > 0 && accepted < 30)
    }
}
