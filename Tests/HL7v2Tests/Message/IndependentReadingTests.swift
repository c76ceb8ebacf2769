import Foundation
import HL7v2
import Testing

@Suite("Values agree with python-hl7 and hl7apy (Vectors/make-vectors.py)")
struct IndependentReadingTests {
    struct Row: Sendable {
        let library: String
        let file: String
        let path: String
        let value: String
    }

    static func rows() throws -> [Row] {
        let table = try String(contentsOf: Vectors.folder.appending(path: "expected.tsv"), encoding: .utf8)
        return table.split(separator: "\n").map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Row(library: cells[0], file: cells[1], path: cells[2], value: unescaped(cells[3]))
        }
    }

    static func unescaped(_ text: String) -> String {
        var plain = ""
        var isSign = false
        for character in text {
            if isSign {
                plain.append(["n": "\n", "r": "\r", "t": "\t"][character] ?? character)
                isSign = false
            } else if character == "\\" {
                isSign = true
            } else {
                plain.append(character)
            }
        }
        return plain
    }

    @Test("every leaf of four messages reads as two other libraries read it")
    func everyLeaf() throws {
        let rows = try Self.rows()
        #expect(rows.count > 450)
        var messages: [String: Message] = [:]
        for row in rows {
            let message = try messages[row.file] ?? Message(parsing: Vectors.bytes(row.file))
            messages[row.file] = message
            let value = message.fieldValue(at: try FieldPath(parsing: row.path))
            let expected: FieldValue = row.value.isEmpty ? .empty : row.value == "\"\"" ? .null : .text(row.value)
            #expect(value == expected, "\(row.library) \(row.file) \(row.path)")
        }
    }
}
