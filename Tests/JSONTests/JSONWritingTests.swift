import JSON
import Testing

@Suite("JSON: writing and objects")
struct JSONWritingTests {
    private func text(_ value: JSONValue, _ style: JSONStyle = .compact) -> String {
        String(decoding: value.serialized(style), as: UTF8.self)
    }

    @Test func `canonical text sorts keys by their UTF-8 bytes at every level and has no white space`() {
        let value: JSONValue = [
            "é": 1, "e\u{301}x": 2, "z": ["b": 1, "a": [["d": 1, "c": 2]]], "\u{1F600}": 3, "\u{FF5E}": 4, "": 5,
        ]
        let written = text(value, .canonical)
        // "e" 65.. < "z" 7A < "é" C3.. < U+FF5E EF.. < U+1F600 F0..: UTF-16 would put the last two the other way.
        #expect(
            written == #"{"":5,"e\#u{301}x":2,"z":{"a":[{"c":2,"d":1}],"b":1},"é":1,"\#u{FF5E}":4,"\#u{1F600}":3}"#)
    }

    @Test func `canonical text is the same for every order of members`() {
        var forward = JSONObject()
        var backward = JSONObject()
        for number in 0..<40 { forward["k\(number)"] = .number(JSONNumber(number)) }
        for number in (0..<40).reversed() { backward["k\(number)"] = .number(JSONNumber(number)) }
        #expect(forward == backward)
        #expect(forward.hashValue == backward.hashValue)
        #expect(JSONValue.object(forward).serialized(.canonical) == JSONValue.object(backward).serialized(.canonical))
        #expect(JSONValue.object(forward).serialized() != JSONValue.object(backward).serialized())
    }

    @Test func `pretty text is read back to the same value`() throws {
        let value: JSONValue = ["a": [1, ["b": nil]], "c": [], "d": [:]]
        #expect(
            text(value, .pretty)
                == "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}")
        #expect(try JSONValue(parsing: value.serialized(.pretty)) == value)
    }

    @Test("an object keeps order, replaces in place and removes", arguments: [3, 60])
    func objectEdits(size: Int) {
        var object = JSONObject()
        for number in 0..<size { object["k\(number)"] = .number(JSONNumber(number)) }
        object["k1"] = "new"
        object["k0"] = nil
        object["absent"] = nil
        object["last"] = true
        #expect(object.keys == (1..<size).map { "k\($0)" } + ["last"])
        #expect(object["k1"] == "new")
        #expect(object["k0"] == nil)
        #expect(object["k2"] == 2)
        #expect(object.count == size)
        object["k0"] = 0
        #expect(object.keys.last == "k0")
    }

    @Test func `numbers are equal by text, so that 0.87 and 0.870 stay apart`() {
        #expect(JSONNumber("0.87") != JSONNumber("0.870"))
        #expect(JSONNumber(-5)?.int == JSONNumber("-5")?.int)
    }
}

extension JSONNumber {
    /// Lets the test above write both sides alike.
    fileprivate init?(_ value: Int?) {
        guard let value else { return nil }
        self.init(value)
    }
}
