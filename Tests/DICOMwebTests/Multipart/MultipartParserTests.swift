import DICOMweb
import Testing

@Suite("multipart/related (RFC 2046 §5.1)")
struct MultipartParserTests {
    private func part(_ content: String, _ headers: [String: String] = [:]) -> WholePart {
        WholePart(headers: headers, content: bytes(content), isComplete: true)
    }

    @Test("The CRLF before a delimiter belongs to the delimiter, every other one to the content")
    func lineEnds() throws {
        let body = "--b\r\nContent-Type: application/dicom\r\n\r\n\r\nDICM\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"
        #expect(
            try parse([bytes(body)]).get() == [
                part("\r\nDICM\r\n", ["content-type": "application/dicom"]), part("x"),
            ])
    }

    @Test("Preamble, epilogue and blanks behind a delimiter are passed over")
    func surroundings() throws {
        let body = "preamble\r\n--c\r\n--b \t\r\n\r\nx\r\n--b-- \r\nepilogue --b\r\n"
        #expect(try parse([bytes(body)]).get() == [part("x")])
    }

    @Test("A part may have no content, with and without the line end of its own")
    func emptyParts() throws {
        #expect(
            try parse([bytes("--b\r\nA: 1\r\n\r\n--b\r\n\r\n\r\n--b--")]).get() == [part("", ["a": "1"]), part("")])
    }

    @Test("A line that only begins like a delimiter is content")
    func lookalikes() throws {
        let content = "--b\n\r\n--bc\r\n--b-x\r\n--b - \r\n-\r\n--"
        #expect(try parse([bytes("--b\r\n\r\n\(content)\r\n--b--")]).get() == [part(content)])
    }

    @Test("Bare line feeds are tolerated in the header fields only")
    func bareLineFeeds() throws {
        #expect(
            try parse([bytes("--b\r\nA: 1\nB: 2\n\nx\n--b--\r\n--b--")]).get() == [
                part("x\n--b--", ["a": "1", "b": "2"])
            ])
    }

    @Test("Folded fields are joined and names are not case-sensitive")
    func headers() throws {
        #expect(
            try parse([bytes("--b\r\nCONTENT-type: a;\r\n\tb=c\r\nX:\r\n\r\nx\r\n--b--")]).get() == [
                part("x", ["content-type": "a; b=c", "x": ""])
            ])
    }

    @Test(
        "Without the closing delimiter the body is truncated",
        arguments: [
            "", "--b", "--b\r\n", "--b\r\n\r\nx", "--b\r\n\r\nx\r\n--b", "--b\r\n\r\nx\r\n--b-",
            "--b\r\n\r\nx\r\n--b\r\n",
        ])
    func truncated(body: String) {
        #expect(parse([bytes(body)]) == .failure(MultipartError(code: .truncated)))
    }

    @Test("Limits hold for preamble, header fields, content and the number of parts")
    func limits() {
        let limits = MultipartLimits(preambleBytes: 4, headerBytes: 10, partBytes: 4, parts: 2)
        func code(_ body: String) -> MultipartError.Code? {
            if case .failure(let error) = parse([bytes(body)], limits: limits) { error.code } else { nil }
        }
        #expect(code("1234\r\n--b\r\nA: 45678\r\n\r\n1234\r\n--b--") == .longHeader)
        #expect(code("1234\r\n--b\r\nA: 45\r\n\r\n1234\r\n--b--") == nil)
        #expect(code("12345\r\n--b\r\n\r\n1234\r\n--b--") == .longPreamble)
        #expect(code("--b\r\n\r\n12345\r\n--b--") == .longPart)
        #expect(code("--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b--") == .tooManyParts)
        #expect(code("--b\r\nnocolon\r\n\r\n\r\n--b--") == .malformedHeader)
    }

    @Test(
        "Each limit is met exactly and passed by one",
        arguments: [
            ("1234\r\n--b\r\n\r\n\r\n--b--", "12345\r\n--b\r\n\r\n\r\n--b--", MultipartError.Code.longPreamble),
            ("--b\r\nA: 4567\r\n\r\n\r\n--b--", "--b\r\nA: 45678\r\n\r\n\r\n--b--", .longHeader),
            ("--b\r\n\r\n1234\r\n--b--", "--b\r\n\r\n12345\r\n--b--", .longPart),
            (
                "--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b--", "--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b--",
                .tooManyParts
            ),
        ])
    func bounds(within: String, beyond: String, code: MultipartError.Code) throws {
        let limits = MultipartLimits(preambleBytes: 4, headerBytes: 10, partBytes: 4, parts: 2)
        #expect(throws: Never.self) { try parse([bytes(within)], limits: limits).get() }
        #expect(throws: MultipartError(code: code)) { try parse([bytes(beyond)], limits: limits).get() }
        let single = bytes(beyond).map { [$0] }
        #expect(throws: MultipartError(code: code)) { try parse(single, limits: limits).get() }
    }

    @Test("A boundary of 256 characters is one, of 257 none", arguments: [(256, true), (257, false)])
    func longBoundary(length: Int, fits: Bool) throws {
        let type = try #require(MediaType("multipart/related; boundary=" + String(repeating: "b", count: length)))
        #expect((try? MultipartParser(contentType: type)) != nil ? fits : !fits)
    }

    @Test("A boundary may be long, unquoted and hold signs that mean something elsewhere")
    func boundaries() throws {
        let boundary = "=_a:b/c?(d),e'f+g.h " + String(repeating: "x", count: 60) + "z"
        let body = "--\(boundary)\r\n\r\nx\r\n--\(boundary)--"
        #expect(try parse([bytes(body)], boundary: boundary).get() == [part("x")])
        #expect(MediaType("multipart/related; boundary=a=b:c")?.parameters["boundary"] == "a=b:c")
        #expect(
            MediaType(#"Multipart/Related;START=x; Boundary="a\"b;c" ; type=y"#)?.parameters == [
                "start": "x", "boundary": "a\"b;c", "type": "y",
            ])
    }

    @Test(
        "A type without a usable boundary is refused",
        arguments: [
            "multipart/related", "multipart/related; boundary=", "application/dicom; boundary=b",
        ])
    func noBoundary(field: String) throws {
        let type = try #require(MediaType(field))
        #expect(throws: MultipartError(code: .noBoundary)) { try MultipartParser(contentType: type) }
    }
}
