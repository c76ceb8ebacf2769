import Testing

@testable import MessageDeidentification

@Suite("Telephone numbers in other forms")
struct TelephoneTests {
    @Test(
        "a row of numbers is a place in a list while it is short",
        arguments: [
            ("0049.3012.3456", nil), ("49.3012.345", nil), ("030.123", nil), ("555.1234", nil), ("0171", "0171"),
            ("12345", nil), ("1", "1"), ("0001", "0001"), ("1.2", "1.2"), ("1.10.100", "1.10.100"), ("2.0", "2.0"),
            ("1.2.3.4", nil), ("1.02", nil), ("1.", nil), (".1", nil), ("-1", nil),
        ] as [(String, String?)])
    func ordinals(_ text: String, _ kept: String?) throws {
        #expect(PlainNumber.ordinal(text) == kept)
        #expect(try Asked.hl7("OBX-4", "OBX|1|NM|8867-4^^LN|\(text)|72") == kept)
    }

    @Test("so is one in parts or repetitions")
    func inParts() throws {
        for (text, kept) in [
            ("0049^3012^3456", nil), ("0171~5551~234", nil), ("0171&555&1234", nil), ("1^2^3", "1"),
        ] as [(String, String?)] {
            #expect(try Asked.hl7("OBX-4.1.1", "OBX|1|NM|8867-4^^LN|\(text)|72") == kept)
        }
    }

    @Test(
        "a row of numbers is no unit",
        arguments: [
            "030/123.456.78", "030", "123.456", "171/555", "10*30.10*12/10*34", "s1.s7.s1.s5.s5.s5", "m-0", "a+",
            "1234",
            "Cel.030",
        ])
    func units(_ text: String) throws {
        #expect(!UnitOfMeasure.isKnown(text))
        #expect(try Asked.hl7("OBX-6", "OBX|1|NM|8867-4^^LN||72|\(text)^^UCUM") == nil)
    }

    @Test(
        "powers of ten, exponents and one number are",
        arguments: [
            "10*3/uL", "10^9/L", "10*-3", "g/100.mL", "kg.m2/s3", "/min", "m-2", "mg/24.h", "10*6/24.h", "cm(h2o)",
            "s-1",
        ])
    func known(_ text: String) { #expect(UnitOfMeasure.isKnown(text)) }
}
