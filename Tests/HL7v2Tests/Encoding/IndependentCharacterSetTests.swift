import Foundation
import Testing

@testable import HL7v2

@Suite("Character sets agree with Python's codecs (Vectors/make-charsets.py)")
struct IndependentCharacterSetTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let term: String
        let set: MessageCharacterSet
        let message: [UInt8]
        /// MSH-4, PID-5.1, PID-5.2, PID-6.
        let texts: [String]

        var testDescription: String { term }
    }

    static let paths = ["MSH-4", "PID-5.1", "PID-5.2", "PID-6"]

    static func rows() throws -> [Row] {
        let table = try String(contentsOf: Vectors.folder.appending(path: "charsets.tsv"), encoding: .utf8)
        return try table.split(separator: "\n").map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Row(
                term: cells[0], set: try #require(MessageCharacterSet(rawValue: cells[1])),
                message: try #require(hexadecimal(cells[2])), texts: Array(cells[3...]))
        }
    }

    static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text)
        guard digits.count.isMultiple(of: 2) else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
        return bytes.contains(nil) ? nil : bytes.compactMap(\.self)
    }

    @Test("text with bytes that equal delimiters is read whole, in the header too; nothing is changed")
    func reading() throws {
        let rows = try Self.rows()
        #expect(rows.count == 23)
        for row in rows {
            let message = try Message(parsing: row.message, options: MessageOptions(tolerances: .none))
            #expect(message.characterSet == row.set && message.bytes == row.message, "\(row.term)")
            let read = try Self.paths.map { message.value(at: try FieldPath(parsing: $0)) ?? "" }
            #expect(read.map { Array($0.utf8) } == row.texts.map { Array($0.utf8) }, "\(row.term)")
            #expect(message.header.sendingFacility == row.texts[0], "\(row.term)")
            #expect(message.segments.map(\.name) == ["MSH", "PID", "ORC"], "\(row.term)")
            #expect(message.value(at: try FieldPath(parsing: "PID-8")) == "F", "\(row.term)")
        }
    }

    @Test("what we write is what Python writes")
    func writing() throws {
        for row in try Self.rows() {
            let python = try Message(parsing: row.message)
            for (path, text) in zip(Self.paths, row.texts) where !text.contains("\u{A0}") {
                let field = try #require(python.fieldBytes(at: FieldPath(parsing: path).whole))
                let parts = try #require(row.set.encode(exactly: text), "\(row.term) \(path)")
                #expect(text.isEmpty || contains(Array(field), parts), "\(row.term) \(path)")
            }
        }
    }

    private func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
        part.count <= whole.count
            && (0...(whole.count - part.count)).contains { Array(whole[$0..<($0 + part.count)]) == part }
    }

    @Test("a reply to each echoes names in the sender's set and reads again with the same set")
    func replies() throws {
        let context = AcknowledgmentContext(
            application: "IMGAI", facility: "RAD", messageControlID: "A1", time: try DTM(parsing: "20260301"))
        for row in try Self.rows() {
            let header = try MessageHeader(parsing: row.message)
            let plan = Acknowledgment.plan(for: header, outcome: .accepted, context: context)
            let reply = try Message(
                parsing: try #require(plan.reply).bytes, options: MessageOptions(tolerances: .none))
            #expect(reply.value(at: try FieldPath(parsing: "MSH-6")) == row.texts[0], "\(row.term)")
            #expect(reply.characterSet == row.set, "\(row.term)")
            #expect(reply.value(at: try FieldPath(parsing: "MSA-2")) == "M1", "\(row.term)")
        }
    }

    @Test("many threads at once read the same: no two use one converter")
    func concurrent() async throws {
        let rows = try Self.rows().filter { ["BIG-5", "GB 18030-2000", "KS X 1001", "~ISO IR87"].contains($0.term) }
        let path = try FieldPath(parsing: "PID-5.2")
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let row = rows[number % rows.count]
                    let message = try Message(parsing: row.message)
                    return (0..<200).count { _ in
                        message.value(at: path) != row.texts[2] || row.set.encode(exactly: row.texts[2]) == nil
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(rows.count == 4 && wrong == 0)
    }

    @Test("EUC-TW and the additions of Windows to Korean, which Python's codecs here lack or name otherwise")
    func others() throws {
        // 中 is 0x4463 of plane 1 of CNS 11643; 똠 is 0x8C63 of code page 949, outside KS X 1001.
        #expect(MessageCharacterSet.cns11643.decode([0xC4, 0xE3]) == "中")
        #expect(MessageCharacterSet.cns11643.encode(exactly: "中") == [0xC4, 0xE3])
        #expect(MessageCharacterSet.ksX1001.decode([0x8C, 0x63]) == "똠")
        #expect(MessageCharacterSet.ksX1001.encode(exactly: "똠") == nil)
    }
}

extension FieldPath {
    /// The whole field.
    fileprivate var whole: FieldPath { get throws { try FieldPath(parsing: "\(segment)-\(field)") } }
}
