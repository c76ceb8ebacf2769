import FHIR
import JSON
import Testing

@Suite("FHIR R4: data types")
struct DataTypeTests {
    @Test(
        "R4 §2.24.0.1: instant is UTC with six decimals, also before 1970 and over leap days",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
            (4_107_542_399_000_000, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (1_709_210_096_123_456, "2024-02-29T12:34:56.123456Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"), (Int64.max, "9999-12-31T23:59:59.999999Z"),
            (Int64.min, "0001-01-01T00:00:00.000000Z"),
        ] as [(Int64, String)])
    func instants(microseconds: Int64, text: String) {
        #expect(FHIRInstant(microsecondsSinceEpoch: microseconds).text == text)
    }

    @Test func `R4 §2.24.0.1: dateTime is cut to the second, and seconds beyond the calendar are clamped`() {
        #expect(
            FHIRInstant(secondsSinceEpoch: 1_709_210_096, microseconds: 999_999).dateTime.text == "2024-02-29T12:34:56Z"
        )
        #expect(FHIRInstant(secondsSinceEpoch: .max).text == "9999-12-31T23:59:59.999999Z")
        #expect(FHIRInstant(secondsSinceEpoch: .min).text == "0001-01-01T00:00:00.000000Z")
        #expect(FHIRInstant(secondsSinceEpoch: -1, microseconds: 1).microsecondsSinceEpoch == -999_999)
    }

    @Test
    func `R4 §3.1.1.4.10: a search token escapes the characters that separate, and is percent-encoded in a request`() {
        let identifier = Identifier(system: "urn:x", value: #"a|b,c$d\e f&g"#)
        #expect(identifier.searchToken == #"urn:x|a\|b\,c\$d\\e f&g"#)
        #expect(
            BundleRequest.create("Device", ifNoneExist: Identifier(system: "urn:x", value: "a b&c")).ifNoneExist
                == "identifier=urn:x%7Ca%20b%26c")
        #expect(Identifier(system: nil, value: "1").searchToken == "|1")
        #expect(Identifier(system: nil, value: "1,\u{301}2").searchToken == "|1\\,\u{301}2")
    }

    @Test(
        "R4 §2.3: a literal reference names type and id, whatever stands around them",
        arguments: [
            ("Patient/1", nil, "Patient", "1"), ("Patient/1/_history/2", nil, "Patient", "1"),
            ("http://h/fhir/Patient/a.b-C", "http://h/fhir", "Patient", "a.b-C"),
            ("https://h/Patient/1/_history/9", "https://h", "Patient", "1"),
        ] as [(String, String?, String, String)])
    func literalReferences(text: String, base: String?, type: String, id: String) {
        let target = ReferenceTarget(text)
        #expect(target?.base == base)
        #expect(target?.type == type)
        #expect(target?.id == id)
    }

    @Test(
        "R4 §2.3: what names no resource on a server has no target",
        arguments: [
            "#p", "urn:uuid:0", "Patient", "Patient/", "/Patient", "patient/1", "Patient/a b", "", "Patient?x=1",
            "P1/2",
        ])
    func noTarget(text: String) {
        #expect(ReferenceTarget(text) == nil)
    }

    @Test func `an absolute reference equals a relative one only on the server that is named`() throws {
        let relative = try #require(ReferenceTarget("Patient/1"))
        let absolute = try #require(ReferenceTarget("https://ehr/fhir/Patient/1"))
        #expect(absolute.isSame(as: relative, onServerAt: "https://ehr/fhir/"))
        #expect(!absolute.isSame(as: relative, onServerAt: "https://other/fhir"))
        #expect(!absolute.isSame(as: relative, onServerAt: nil))
        #expect(!relative.isSame(as: try #require(ReferenceTarget("Patient/2")), onServerAt: nil))
    }

    @Test(
        "RFC 4648 §10: base64 vectors",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64Vectors(text: String, encoded: String) {
        #expect(base64(Array(text.utf8)) == encoded)
    }

    @Test func `R4 JSON: what says nothing is never written`() {
        let object = JSONObject(elements: [
            "a": "", "b": " \n", "c": nil as String?, "d": [String](), "e": JSONObject(), "f": ["", " "],
            "g": [JSONObject()],
            "h": 0, "i": false, "j": "x",
        ])
        #expect(object.keys == ["h", "i", "j"])
        #expect(CodeableConcept(Coding(system: nil, code: nil)).json == [:])
    }

    @Test func `an identified value prints no content`() {
        let name = HumanName(family: "Secret", given: ["Name"])
        let patient = Patient(elements: ["name": [name]])
        for text in [
            "\(patient)", "\(name)", String(reflecting: patient), "\(Resource(patient))",
            "\(Reference("Patient/Secret"))",
        ] {
            #expect(!text.contains("Secret"))
        }
        var dumped = ""
        dump(patient, to: &dumped)
        dump([name], to: &dumped)
        #expect(!dumped.contains("Secret"))
    }
}
