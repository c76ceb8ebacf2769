import OutboundHTTP
import Testing

@Suite("Paths and queries are encoded as little as RFC 3986 allows")
struct RequestPathTests {
    @Test("What separates is encoded, what need not be is left alone")
    func encoding() throws {
        let path = try #require(
            RequestPath(["studies", "1.2.3"], query: [("AccessionNumber", "A-1/2:b c&d=e+f#g,h*")]))
        #expect(path.encodedPath == "/studies/1.2.3")
        #expect(path.encodedQuery == "AccessionNumber=A-1/2:b%20c%26d%3De%2Bf%23g,h*")
        #expect(PercentEncoding.segment("a/b?c#d é") == "a%2Fb%3Fc%23d%20%C3%A9")
        #expect(PercentEncoding.form("urn:x|4711 ä&") == "urn%3Ax%7C4711%20%C3%A4%26")
    }

    @Test("Empty and dot segments are no path", arguments: ["", ".", ".."])
    func refused(segment: String) {
        #expect(RequestPath(["studies", segment]) == nil)
    }

    @Test("Nothing of a path or a request is printed")
    func redaction() throws {
        let path = try #require(RequestPath(["SECRET"], query: [("q", "SECRET")]))
        let request = OutboundRequest(.post, path, headers: [("X", "SECRET")], body: Array("SECRET".utf8))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!"\(path) \(request) \(dumped)".contains("SECRET"))
    }
}
