import Testing

@testable import Evaluation

@Suite("The table of labels (RFC 4180, as spreadsheets write it)")
struct CSVTableTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(parsing: Array(text.utf8)) }

    private func problem(_ text: String, _ columns: LabelColumns = LabelColumns()) -> EvaluationError? {
        do {
            _ = try table(text).labels(columns)
            return nil
        } catch {
            return error as? EvaluationError
        }
    }

    @Test(arguments: [
        "file,label\na.dcm,1\nb.dcm,0\n", "file;label\r\na.dcm;1\r\nb.dcm;0", "\u{FEFF}file\tlabel\ra.dcm\t1\rb.dcm\t0",
        "\"file\",\"label\"\n\n\"a.dcm\", 1\nb.dcm,\"0\"\n\n",
    ])
    func `separators, quotes, line ends, blank lines and a byte order mark do not matter`(text: String) throws {
        let labels = try table(text).labels(LabelColumns())
        #expect(labels.map(\.name) == ["a.dcm", "b.dcm"] && labels.map(\.label) == [true, false])
    }

    @Test func `a quoted field may hold separators, quotes and line ends`() throws {
        let found = try table("file,note,label\n\"a,\"\"b\"\".dcm\",\"x\ny\",1\nc.dcm,,0")
        #expect(found.rows.map(\.fields) == [["a,\"b\".dcm", "x\ny", "1"], ["c.dcm", "", "0"]])
        #expect(found.rows.map(\.number) == [2, 3])
    }

    @Test func `words, groups, subgroups and SOP Instance UIDs are read`() throws {
        let text = "image,truth,who,device\n1.2.840.5,Pneumonia,p1,A\nsub/x.dcm,Healthy,,B\n"
        let labels = try table(text).labels(
            LabelColumns(
                image: "image", label: "truth", group: "who", subgroups: ["device"], positive: ["pneumonia"],
                negative: ["healthy"]))
        #expect(labels.map(\.isInstanceUID) == [true, false] && labels.map(\.group) == ["p1", nil])
        #expect(labels.map(\.subgroups) == [["A"], ["B"]])
    }

    @Test(arguments: ["a.dcm", "./a.dcm", ".//a.dcm", "././a.dcm", "a.dcm/", "a.dcm/."])
    func `two ways to write one path are one image`(path: String) throws {
        #expect(try table("file,label\n\(path),1").labels(LabelColumns()).map(\.name) == ["a.dcm"])
        let repeated = EvaluationError(.labelsRowRepeated, row: 3, column: "file")
        #expect(problem("file,label\na.dcm,1\n\(path),0") == repeated)
        #expect(problem("file,label\nx/\(path),1\nx//a.dcm,0") == repeated)
    }

    @Test func `a path of digits is no SOP Instance UID, and a path that names nothing is none`() throws {
        let labels = try table("file,label\n1.2.3,1\n./1.2.3,0\n").labels(LabelColumns())
        #expect(labels.map(\.isInstanceUID) == [true, false] && labels.map(\.name) == ["1.2.3", "1.2.3"])
        #expect(problem("file,label\n./,1") == EvaluationError(.labelsFileEmpty, row: 2, column: "file"))
    }

    @Test(arguments: [
        ("", EvaluationError(.labelsEmpty)), ("file,label\n", EvaluationError(.labelsWithoutRows)),
        ("\n\n", EvaluationError(.labelsEmpty)),
        ("file,file\n", EvaluationError(.labelsColumnRepeated, row: 1, column: "2")),
        ("name,label\na,1", EvaluationError(.labelsColumnMissing, row: 1, column: "file")),
        ("file,label\na,1\nb\n", EvaluationError(.labelsRowLength, row: 3)),
        ("file,label\n\na,1,2\n", EvaluationError(.labelsRowLength, row: 3)),
        ("file,label\na,\"1", EvaluationError(.labelsQuoteMalformed, row: 2, column: "2")),
        ("file,label\n\"a\"b,1", EvaluationError(.labelsQuoteMalformed, row: 2, column: "1")),
        ("file,label\na,maybe", EvaluationError(.labelsValueUnknown, row: 2, column: "label")),
        ("file,label\n,1", EvaluationError(.labelsFileEmpty, row: 2, column: "file")),
        ("file,label\n../a,1", EvaluationError(.labelsFileOutside, row: 2, column: "file")),
        ("file,label\n/etc/passwd,1", EvaluationError(.labelsFileOutside, row: 2, column: "file")),
        ("file,label\na,1\na,0", EvaluationError(.labelsRowRepeated, row: 3, column: "file")),
    ])
    func `what is wrong is told by row and column`(text: String, wanted: EvaluationError) {
        #expect(problem(text) == wanted)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: EvaluationError(.labelsNotUTF8)) {
            try CSVTable(parsing: [0x66, 0xE9, 0x2C, 0x6C])
        }
    }

    @Test func `a word that is both yes and no is neither`() {
        let columns = LabelColumns(positive: ["1", "x"], negative: ["0", "x"])
        #expect(problem("file,label\na,x", columns) == EvaluationError(.labelsValueUnknown, row: 2, column: "label"))
    }

    @Test func `random bytes are read or refused, and what is read is rectangular`() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix64(seed: seed)
        let alphabet = Array("file,label;\t\"\"\r\n a1.é".utf8) + [0, 0xFF]
        for _ in 0..<3000 {
            let bytes = (0..<generator.index(below: 40)).map { _ in alphabet[generator.index(below: alphabet.count)] }
            guard let table = try? CSVTable(parsing: Array("file,label\n".utf8) + bytes) else { continue }
            #expect(table.rows.allSatisfy { $0.fields.count == table.names.count }, "seed \(seed)")
            _ = try? table.labels(LabelColumns())
        }
    }

    @Test func `what is written as CSV is read back`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SplitMix64(seed: seed)
        let alphabet = Array("ab,;\"\n\té").map(String.init)
        for _ in 0..<300 {
            let rows = (0..<3).map { _ in
                (0..<3).map { _ in
                    "x"
                        + (0..<generator.index(below: 6)).map { _ in alphabet[generator.index(below: alphabet.count)] }
                        .joined() + "x"
                }
            }
            let text =
                (["a,b,c"]
                + rows.map { row in
                    row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
                }).joined(separator: "\n")
            #expect(try table(text).rows.map(\.fields) == rows, "seed \(seed)")
        }
    }
}
