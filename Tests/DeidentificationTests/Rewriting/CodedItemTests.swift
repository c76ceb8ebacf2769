import DICOM
import Testing

@testable import Deidentification

@Suite("Code sequences (PS3.3 §8): which words of a code stay")
struct CodedItemTests {
    private static func meaning(_ code: String?, _ scheme: String, _ meaning: String) throws -> String? {
        let result = try SyntheticDX.deidentified { header in
            var item = DataSet()
            if let code { item.set(.codeValue, .SH, code) }
            item.set(.codingSchemeDesignator, .SH, scheme)
            item.set(.codeMeaning, .LO, meaning)
            header.set(.anatomicRegionSequence, items: [item])
        }
        return result.items(.anatomicRegionSequence).first?.string(.codeMeaning)
    }

    @Test(
        "meanings of the standard stay",
        arguments: ["Chest", "Antero-posterior projection", "T2 weighted", "5mm nodule", "L4 vertebra", "Hand, left"])
    func stays(_ words: String) throws {
        #expect(try Self.meaning("51185008", "SCT", words) == words)
    }

    @Test(
        "names and numbers go, short ones too",
        arguments: [
            "Mrs Kim Roy Lee 0171 555 123", "Kim", "Seen by Jo Abc", "Chest 01715551234", "kim9", "A1B2C3",
            "Thorax für",
            "MRN 12345",
        ])
    func goes(_ words: String) throws {
        #expect(try Self.meaning("51185008", "SCT", words) == Dummy.text)
    }

    @Test("a meaning without a Code Value is free text, and so is a code that has not the form of its scheme")
    func forms() throws {
        #expect(try Self.meaning(nil, "DCM", "Chest") == Dummy.text)
        #expect(try Self.meaning("A123456", "I10", "Chest") == Dummy.text)
        #expect(try Self.meaning("A12.3456", "I10", "Chest") == "Chest")
        #expect(try Self.meaning("ABC", "SCT", "Chest") == Dummy.text)
    }

    @Test(
        "ICD-10 with the seventh character of ICD-10-CM, and without the point",
        arguments: [
            "I25", "I25.1", "I251", "E1165", "S72.001A", "S72001A", "W11.XXXA", "C7A.00", "H40.1110", "T36.0X1D",
        ])
    func icd10(code: String) throws {
        for scheme in ["I10", "I10C"] { #expect(try Self.meaning(code, scheme, "Chest") == "Chest") }
    }

    @Test(
        "what has another form is no code",
        arguments: [
            "I2", "i25.1", "I25.", "I25.12345", "A12345", "A123456", "A12.JANE", "S72.JANE", "JANE", "CANARY",
            "S72001AA",
            "I25-1", "S72.0011 A", "A1Z",
        ])
    func noICD10(code: String) throws { #expect(try Self.meaning(code, "I10", "Chest") == Dummy.text) }
}
