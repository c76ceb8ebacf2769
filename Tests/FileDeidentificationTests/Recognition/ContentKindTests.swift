import Testing

@testable import FileDeidentification

@Suite("What a file is, by its content")
struct ContentKindTests {
    private func kind(_ text: String) -> ContentKind { ContentKind(Array(text.utf8)) }

    @Test("PS3.10 §7.1: DICM behind 128 bytes of anything, even of a message")
    func dicom() {
        let preamble = Array("MSH|^~\\&|".utf8) + [UInt8](repeating: 0, count: 119)
        #expect(ContentKind(preamble + Array("DICM".utf8)) == .dicom)
        #expect(ContentKind(preamble + Array("DICN".utf8)) == .hl7)
    }

    @Test(
        "HL7 v2.5.1 §2.14: a header segment, behind a byte order mark, a start block or empty lines",
        arguments: [
            "MSH|^~\\&|A|B", "\u{FEFF}MSH|^~\\&|A|B", "\u{0B}MSH|^~\\&|A|B", "\r\n\nFHS|^~\\&|A|B", "BHS$%~\\&$A$B",
        ])
    func hl7(text: String) { #expect(kind(text) == .hl7) }

    @Test(
        "FHIR R4 §2.6.2: an object with a resourceType",
        arguments: ["{\"resourceType\":\"Patient\"}", "\u{FEFF} \n{ \"id\": \"1\", \"resourceType\": \"Bundle\"}"])
    func fhir(text: String) { #expect(kind(text) == .fhirJSON) }

    @Test(
        "Anything else is nothing of these",
        arguments: [
            "", "MSH", "MSHA^~\\&|xx", "{\"type\":\"Patient\"}", "[{\"resourceType\":1}]", "PID|1|2|3|4", "hello",
        ])
    func other(text: String) { #expect(kind(text) == .other) }
}
