import FHIR
import Foundation
import HL7v2
import JSON
import Mapping
import Testing

/// The page `docs/integrate/v2-to-fhir.md` says for each row of the guide whether it is done. These tests keep it true:
/// against the guide's own tables where they are at hand, and against what the views make of messages.
@Suite("v2-to-FHIR, row by row")
struct GuideTests {
    struct Row: Hashable, CustomTestStringConvertible {
        let field: String
        let attribute: String
        let status: String
        let reason: String
        var testDescription: String { "\(field) \(attribute)" }
    }

    static let maps = [
        "PID__Patient", "ORC__ServiceRequest", "OBR__ServiceRequest", "TQ1__ServiceRequest", "NTE__ServiceRequest",
    ]

    static let page: String =
        (try? String(
            contentsOf: Examples.mappings.deletingLastPathComponent().appending(path: "docs/integrate/v2-to-fhir.md"),
            encoding: .utf8)) ?? ""

    static let rows: [Row] = page.split(separator: "\n").compactMap { line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard cells.count == 6, ["yes", "local", "no"].contains(cells[3]) else { return nil }
        return Row(
            field: cells[1], attribute: cells[2].trimmingCharacters(in: ["`"]), status: cells[3], reason: cells[4])
    }

    @Test("the page has a row for every row of the guide's tables, and none besides")
    func complete() throws {
        let configured = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(filePath: $0) }
        let shared =
            configured
            ?? Examples.mappings.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared")
        let folder = shared.appending(path: "data/standards/v2-to-fhir/segments")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("SKIPPED: no ../shared/data/standards/v2-to-fhir on this machine")
            return
        }
        let told = Set(Self.rows.map { [$0.field, $0.attribute] })
        #expect(told.count == Self.rows.count)
        var expected: Set<[String]> = []
        for map in Self.maps {
            let text = try String(contentsOf: folder.appending(path: "\(map).csv"), encoding: .utf8)
            var without: [String] = []
            for cells in Self.csv(text).dropFirst(2) where cells.count > 10 && !cells[1].isEmpty {
                let attribute = cells[9].isEmpty ? cells[10] : cells[9]
                if attribute.isEmpty {
                    without.append(cells[1])
                } else {
                    expected.insert([cells[1], attribute])
                }
            }
            let fields = Set(expected.map { $0[0] })
            var untold = without.filter { !fields.contains($0) }
            untold = untold.enumerated().filter { untold[..<$0.offset].contains($0.element) == false }.map(\.element)
            #expect(Self.page.contains("The guide names no target for: \(untold.joined(separator: ", "))."), "\(map)")
        }
        #expect(expected.subtracting(told) == [] && told.subtracting(expected) == [])
    }

    @Test("the page is there")
    func page() { #expect(Self.rows.count > 140) }

    @Test("a row that is not done says why; the others say where they differ", arguments: rows)
    func reasons(row: Row) {
        #expect(row.status == "yes" || row.reason.count > 5)
    }

    /// Messages that between them fill every field of the tables; in each a field counts that another one hides.
    static let messages: [[String: [Int: String]]] = [
        [
            "PID": [
                2: "0001^^^HOSP^PI", 3: "4711^^^HOSP^MR~0815^^^CITY&2.999.7&ISO^PI", 4: "A4^^^HOSP^PI",
                5: "DOE^ANNA^M^^DR^^L~ROE^ANNA^^^^^M", 6: "SMITH^EVA", 7: "202201020311+0100", 8: "F", 9: "AN^NA^^^^^N",
                11: "1 ROAD^^TOWN^ST^12345^DEU^H", 12: "COUNTY", 13: "555-1", 14: "555-2", 15: "de^German^BCP47",
                16: "S^Single^HL70002", 17: "X^Words^L", 19: "999-99-9999", 20: "DL1^ST^20300101", 23: "TOWN", 24: "Y",
                25: "2", 26: "DEU^Germany^ISO3166_1", 28: "FRA^France^ISO3166_1", 29: "20260301", 30: "Y",
                39: "NAV^Nation^L", 40: "^PRS^CP^^49^30^1234",
            ],
            "ORC": [
                1: "NW", 2: "P1^HIS", 3: "F1^RIS", 4: "G1^HIS", 5: "SC", 7: "^^^202603010930^202603011000^S",
                9: "20260301085500", 12: "1^CARE^ALEX^^^^^^HOSP", 16: "R^Reason^L", 28: "R", 29: "I",
                33: "AP1^^^HIS", 38: "FG1^RIS",
            ],
            "OBR": [
                2: "P1^HIS", 3: "F1^RIS", 4: "XR^Chest^L^36643-5^XR Chest^LN", 11: "G", 13: "^Fever", 16: "2^OTHER",
                18: "ACC1", 27: "^^^20260302", 29: "PP1&HIS^PF1&RIS", 31: "R05^Cough^I10", 46: "A^B^L", 47: "C^D^L",
            ],
        ],
        [
            "PID": [3: "1^^^HOSP", 11: "1 ROAD~2 ROAD", 12: "COUNTY", 24: "Y", 30: "N"],
            "ORC": [1: "NW", 16: "R^Reason^L"],
            "TQ1": [7: "20260301093000", 8: "20260301100000", 9: "S^STAT^HL70485", 11: "By bed"],
            "OBR": [2: "P1^HIS", 3: "F1^RIS", 4: "XR^Chest^L", 5: "S", 16: "2^OTHER", 53: "AP1^^^HIS"],
            "NTE": [3: "Note"],
        ],
        [
            "PID": [3: "1^^^HOSP"], "ORC": [1: "HD", 2: "P1^HIS"],
            "OBR": [4: "XR^Chest^L", 5: "A", 6: "20260301093000", 27: "^^^20260302^20260303^S"],
        ],
        [
            "PID": [12: "COUNTY"], "ORC": [1: "NW", 2: "P1^HIS", 3: "F1^RIS", 5: "HD"],
            "OBR": [4: "XR^Chest^L", 5: "S", 6: "20260301093000"],
        ],
        ["PID": [3: "1"], "ORC": [1: "NW", 2: "P1^HIS"], "TQ1": [9: "S"], "OBR": [4: "XR^Chest^L"]],
    ]

    static func view(_ message: [String: [Int: String]], without field: String? = nil) throws -> JSONValue {
        var lines = [#"MSH|^~\&|HIS|HOSP|A|B|20260301090000+0100||OMG^O19|M1|P|2.5.1"#]
        for segment in ["PID", "ORC", "TQ1", "OBR", "NTE"] {
            guard let fields = message[segment], let last = fields.keys.max() else { continue }
            let texts = (1...last).map { "\(segment)-\($0)" == field ? "" : fields[$0] ?? "" }
            lines.append(([segment] + texts).joined(separator: "|"))
        }
        let view = try Examples.mapping().views(of: Examples.message(lines)).first
        return [
            "PID": view?.patient?.json ?? .null, "order": view?.serviceRequest.json ?? .null,
        ]
    }

    /// Attributes that the guide writes in words of its own.
    static let paths: [String: [String]] = [
        "requester(PractitionerRole.practitioner)": ["requester"], "requester(Practitioner)": ["requester"],
        "note(Annotation.text)": ["note", "text"], "birthDate.extension[1].url": ["_birthDate", "extension", "url"],
        "birthDate.extension[1].valueDateTime": ["_birthDate", "extension", "valueDateTime"],
        "occurrenceTiming.repeat.boundsPeriod.start": ["occurrenceTiming", "repeat", "boundsPeriod", "start"],
    ]

    @Test(
        "a row that is done changes its element when the field is emptied", arguments: rows.filter { $0.status != "no" }
    )
    func evidence(row: Row) throws {
        let part = row.field.hasPrefix("PID") ? "PID" : "order"
        let isAnywhere = row.attribute == "$this" || row.status == "local"
        let attribute = row.attribute.replacing(/\[[0-9]+\]/, with: "")
        let path =
            isAnywhere
            ? [part] : [part] + (Self.paths[row.attribute] ?? attribute.split(separator: ".").map(String.init))
        let isConstant = row.field == "OBR" || row.field == "ORC-1" && row.attribute == "intent"
        let shows = try Self.messages.contains { message in
            let whole = Self.leaves(try Self.view(message), path)
            guard !isConstant else { return !whole.isEmpty }
            let emptied = Self.leaves(try Self.view(message, without: row.field), path)
            return whole != emptied && !whole.isEmpty
        }
        #expect(shows)
    }

    /// What stands at a path, arrays walked through, sorted.
    static func leaves(_ value: JSONValue, _ path: [String]) -> [String] {
        if let elements = value.array { return elements.flatMap { leaves($0, path) }.sorted() }
        guard let first = path.first else { return [String(decoding: value.serialized(.canonical), as: UTF8.self)] }
        return value[first].map { leaves($0, Array(path.dropFirst())) } ?? []
    }

    /// Rows of a CSV file, quotes and line ends inside quotes too.
    static func csv(_ text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var cell = ""
        var isQuoted = false
        for character in text where character != "\u{FEFF}" {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                rows[rows.count - 1].append(cell.trimmingCharacters(in: .whitespacesAndNewlines))
                cell = ""
            case "\n", "\r\n", "\r":
                guard !isQuoted else {
                    cell.append(" ")
                    continue
                }
                rows[rows.count - 1].append(cell.trimmingCharacters(in: .whitespacesAndNewlines))
                cell = ""
                rows.append([])
            default: cell.append(character)
            }
        }
        return rows
    }
}
