import Testing

@testable import Sandbox

@Suite("Pretend archive: multipart bodies (RFC 2046 §5.1)")
struct MultipartBodyTests {
    private func parts(_ body: String, boundary: String = "b") throws -> [MultipartPart] {
        try MultipartBody(Array(body.utf8), boundary: boundary).parts()
    }

    private func part(_ content: String, type: String? = nil) -> MultipartPart {
        MultipartPart(contentType: type, content: Array(content.utf8))
    }

    @Test func `parts, preamble, epilogue and headers are told apart`() throws {
        let body =
            "preamble\r\n--b\r\nContent-Type: text/plain\r\nX: y\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n\r\n--b--\r\nepilogue"
        #expect(try parts(body) == [part("one", type: "text/plain"), part("two\r\n")])
    }

    @Test func `the line end before a delimiter is no content, one that looks like a delimiter is`() throws {
        #expect(try parts("--b\r\n\r\n--bb\r\n--b--") == [part("--bb")])
        #expect(try parts("--b\r\n\r\n\r\n--b--") == [part("")])
        #expect(try parts("--b\r\nA: b\r\n\r\n--b--") == [part("")])
        #expect(try parts("--b\r\n\r\nx--b\r\n--b--") == [part("x--b")])
        #expect(try parts("--b\r\n\r\n\r\n\r\n--b--") == [part("\r\n")])
    }

    @Test(arguments: [
        "", "--b", "--b\r\n", "--b\r\n\r\nx", "--b\r\n\r\nx\r\n--b", "--b\r\nno colon\r\n\r\nx\r\n--b--",
        "--b\r\nA: b\r\n--b--", "--b\r\n--b--", "--c\r\n\r\nx\r\n--c--",
    ])
    func `a body without its closing delimiter or with unreadable headers is refused`(body: String) {
        #expect(throws: ArchiveProblem.self) { try parts(body) }
    }

    @Test(arguments: [nil, "", "b ", "\u{1}", String(repeating: "b", count: 71)])
    func `a boundary that RFC 2046 does not allow is refused`(boundary: String?) {
        #expect(throws: ArchiveProblem.self) { try MultipartBody([], boundary: boundary) }
    }

    @Test func `bounds hold`() {
        let headers = "--b\r\nA: " + String(repeating: "x", count: 9_000) + "\r\n\r\nx\r\n--b--"
        #expect(throws: ArchiveProblem.self) { try parts(headers) }
        let many = String(repeating: "--b\r\n\r\nx\r\n", count: 1_001) + "--b--"
        #expect(throws: ArchiveProblem.self) { try parts(many) }
    }

    @Test func `what is written is read again, whatever the content`() throws {
        var chance = SplitMix64(seed: 0x2046)
        for _ in 0..<200 {
            let contents = (0..<Int.random(in: 1...4, using: &chance)).map { _ in
                MultipartPart(
                    contentType: "a/b", contentLocation: "/x",
                    content: (0..<Int.random(in: 0...40, using: &chance)).map { _ in
                        Array("\r\n-bx".utf8).randomElement(using: &chance) ?? 0
                    })
            }
            let boundary = "bb=1"
            let body = MultipartPart.body(contents, boundary: boundary)
            #expect(try MultipartBody(body, boundary: boundary).parts() == contents)
        }
    }

    @Test(arguments: [
        ("a/b", "a/b", 1_000), ("A/B;Q=0.5", "a/b", 500), ("a/b;q=2", "a/b", 1_000), ("a/b;q=x", "a/b", 0),
        (#"a/b; x="1,;\"2"; q=0.25"#, "a/b", 250),
    ])
    func `media ranges are read with their weight`(text: String, essence: String, weight: Int) throws {
        let range = try #require(DICOMMediaRange(Substring(text)))
        #expect(range.essence == essence && range.weight == weight)
    }

    @Test func `quoted parameters may hold what separates others`() throws {
        let ranges = try DICOMMediaRange.accepted(#"a/b; x="1,;\"2";q=0.1, c/d"#)
        #expect(ranges.map(\.essence) == ["c/d", "a/b"])
        #expect(ranges.last?.parameters["x"] == #"1,;"2"#)
        #expect(throws: ArchiveProblem.self) { try DICOMMediaRange.accepted("nothing") }
    }
}
