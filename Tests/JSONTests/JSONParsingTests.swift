import JSON
import Testing

@Suite("RFC 8259: reading")
struct JSONParsingTests {
    @Test("RFC 8259 §2-§8: each valid text is read and written back", arguments: RFC8259Cases.accepted)
    func acceptedTexts(text: String, written: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(String(decoding: value.serialized(), as: UTF8.self) == written)
        #expect(value.serialized().elementsEqual(written.utf8))
    }

    @Test("RFC 8259 §2-§8: each invalid text is refused with its code", arguments: RFC8259Cases.rejected)
    func rejectedTexts(rejected: RFC8259Cases.Rejected) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: rejected.bytes) }
        #expect(error?.code.rawValue == rejected.code, "\(String(decoding: rejected.bytes, as: UTF8.self))")
        #expect((0...rejected.bytes.count).contains(error?.offset ?? -1))
    }

    @Test func `RFC 8259 §9: a reader may limit size, depth, count and number length, and says which`() throws {
        func code(_ text: String, _ limits: JSONLimits) -> JSONError.Code? {
            do throws(JSONError) {
                _ = try JSONValue(parsing: Array(text.utf8), limits: limits)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("[1]", JSONLimits(bytes: 3)) == nil)
        #expect(code("[1] ", JSONLimits(bytes: 3)) == .tooManyBytes)
        #expect(code("[[1]]", JSONLimits(depth: 2)) == nil)
        #expect(code("[[[]]]", JSONLimits(depth: 2)) == .tooDeep)
        #expect(code(#"[{"a":{}}]"#, JSONLimits(depth: 2)) == .tooDeep)
        #expect(code("[1,2]", JSONLimits(values: 3)) == nil)
        #expect(code("[1,2,3]", JSONLimits(values: 3)) == .tooManyValues)
        #expect(code("12345", JSONLimits(numberLength: 5)) == nil)
        #expect(code("123456", JSONLimits(numberLength: 5)) == .numberTooLong)
        let nest = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(code(nest(64), .default) == nil)
        #expect(code(nest(65), .default) == .tooDeep)
        #expect(code(nest(100_000), JSONLimits(depth: 100_000)) == .tooDeep)
    }

    @Test func `RFC 8259 §4: a repeated key is found in a large object too, at the offset of the key`() {
        let members = (0..<500).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        let text = #"{\#(members),"k7":0}"#
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error == JSONError(code: .duplicateKey, offset: text.utf8.count - 7))
    }

    @Test func `typed views return nil for another kind and never convert`() throws {
        let value = try JSONValue(parsing: Array(#"{"i":12,"d":0.870,"s":"x","b":true,"n":null,"a":[1]}"#.utf8))
        #expect(value["i"]?.int == 12)
        #expect(value["d"]?.number?.text == "0.870")
        #expect(value["d"]?.number?.double == 0.87)
        #expect(value["d"]?.int == nil)
        #expect(value["s"]?.string == "x")
        #expect(value["s"]?.bool == nil)
        #expect(value["b"]?.bool == true)
        #expect(value["n"]?.isNull == true)
        #expect(value["a"]?[0] == 1)
        #expect(value["a"]?[1] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["absent"] == nil)
        #expect(JSONNumber("1e999")?.double == nil)
        #expect(JSONNumber("9223372036854775808")?.int == nil)
        #expect(JSONNumber("01") == nil)
        #expect(JSONNumber("1 ") == nil)
        #expect(JSONNumber("") == nil)
    }
}
