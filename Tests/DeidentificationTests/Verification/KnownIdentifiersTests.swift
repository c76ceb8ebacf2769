import DICOM
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("What is known in one form goes in every other, without the study being refused")
struct KnownIdentifiersTests {
    private static let tags: [(Tag, VR)] = [
        (.manufacturer, .LO), (.manufacturerModelName, .LO), (.softwareVersions, .LO), (.bodyPartExamined, .CS),
        (.windowCenter, .DS), (.instanceNumber, .IS),
    ]

    /// What is left of `values` (by VR) in a study of somebody of whom `known` is in the header.
    private static func left(_ known: (inout DataSet) -> Void, _ values: [VR: String]) throws -> [String] {
        let result = try SyntheticDX.deidentified { header in
            known(&header)
            for (tag, vr) in tags { header.set(tag, vr, values[vr] ?? "") }
            header.set(.windowWidth, .DS, values[.DS] ?? "")
        }
        return tags.compactMap { tag, _ in result.string(tag) }.filter { !$0.isEmpty }
    }

    @Test(
        "numbers inside identifiers",
        arguments: [
            "MRN88311777", "A-88311777", "HOSP^88311777", "88311777-1", "88311777/2", "2026-88311777", "P 88311777",
            "88311777A", "DE88311777XX",
        ])
    func numbers(known: String) throws {
        for value in ["88311777", "GE 88311777", "8831-1777"] {
            let measured = "88311777"
            #expect(
                try Self.left(
                    { $0.set(.patientID, .LO, known) }, [.LO: value, .CS: "NO_88311777", .DS: measured, .IS: measured])
                    == [], "\(value)")
        }
        let other: [VR: String] = [.LO: "GE 4711", .CS: "CHEST", .DS: "1.88311777", .IS: "8831177"]
        #expect(
            try Self.left({ $0.set(.patientID, .LO, known) }, other).sorted()
                == ["1.88311777", "8831177", "CHEST", "GE 4711", "GE 4711", "GE 4711"])
    }

    @Test("seven digits behind letters")
    func seven() throws {
        let values: [VR: String] = [.LO: "GE 4455667", .CS: "X 4455667", .DS: "4455667.0", .IS: "4455667"]
        #expect(try Self.left({ $0.set(.accessionNumber, .SH, "ACC4455667") }, values) == [])
    }

    @Test("telephone numbers", arguments: ["+49 941 7654321", "0941/7654321", "(0941) 765-4321"])
    func telephones(known: String) throws {
        for value in ["09417654321", "0941 7654321", "0941-7654321", "0941/7654321", "941 7654321", "7654321"] {
            let values: [VR: String] = [.LO: value, .CS: "X 9417654321", .DS: "9417654321", .IS: "7654321"]
            #expect(try Self.left({ $0.set(Tag(0x0010, 0x2154), .SH, known) }, values) == [], "\(value)")
        }
    }

    @Test(
        "names with apostrophe, hyphen and particles",
        arguments: [
            ("O'Brien^Sean", "OBRIEN"), ("D'Angelo^Rita", "DANGELO"), ("N'Diaye^Awa", "NDIAYE"),
            ("Al-Hassan^Omar", "ALHASSAN"), ("von Meyerbeer^Jo", "VONMEYERBEER"), ("de la Cruz^Ana", "DELACRUZ"),
            ("OBrien^Sean", "O BRIEN"), ("Canary^Jane", "HEAD_CANARY"),
        ])
    func names(known: String, value: String) throws {
        let values: [VR: String] = [.LO: "Model \(value.lowercased())", .CS: value, .DS: "", .IS: ""]
        #expect(try Self.left({ $0.set(.patientName, .PN, known) }, values) == [])
    }

    @Test("a UID that nobody registered is known below the standard's root too, a registered one is not")
    func uids() throws {
        var header = DataSet()
        header.set(.sopInstanceUID, .UI, "1.2.840.10008.77.5551234.1")
        header.set(.frameOfReferenceUID, .UI, "1.2.840.10008.1.4.1.1")
        header.set(.seriesInstanceUID, .UI, "1.2.840.10008.5.1.4")
        header.set(.studyInstanceUID, .UI, "1.2.3.4711")
        var identity = KnownIdentity()
        try identity.collect(from: header)
        #expect(identity.count == 2)
        let search = try ResidualSearch(for: identity, dates: .none)
        #expect(!search.search(text: Array("see 1.2.840.10008.77.5551234.1".utf8)).isClean)
        #expect(search.search(text: Array("see 1.2.840.10008.1.4.1.1 and 1.2.840.10008.5.1.4.1.1.2".utf8)).isClean)
    }
}
