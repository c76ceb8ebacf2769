import DICOM
import FHIR
import HL7v2
import ImageClassifier
import Mapping
import Testing

@testable import Matching
@testable import Reporting

@Suite("Results as ORU^R01 (HL7 v2.5.1 §7.3.1)")
struct ResultMessageTests {
    typealias Version = ResultMessageSettings.Version

    // MARK: - The segments

    @Test func `MSH names us and the peer, ORU^R01, and asks for one answer`() throws {
        let message = try Results.message()
        #expect(try message("MSH-3", "MSH-4", "MSH-5", "MSH-6") == ["IMGATEWAY", "RAD", "EHR", "HOSP"])
        #expect(try message("MSH-7", "MSH-11", "MSH-12") == ["20260102100000+0000", "P", "2.5.1"])
        #expect(try message("MSH-9.1", "MSH-9.2", "MSH-9.3") == ["ORU", "R01", "ORU_R01"])
        #expect(try message("MSH-15", "MSH-16") == [nil, nil])
        #expect(try message("MSH-18") == ["UNICODE UTF-8"])
        let commit = try Results.message(peer: Results.peer { $0.acknowledgment = .commit })
        #expect(try commit("MSH-15", "MSH-16") == ["AL", "NE"])
    }

    @Test func `PID is the order's patient with every identifier whose assigner is known`() throws {
        let message = try Results.message()
        #expect(
            try message("PID-3.1", "PID-3.4.1", "PID-3.4.2", "PID-3.4.3", "PID-3.5") == [
                "P007", "HOSP", "1.2.3", "ISO", "MR",
            ])
        #expect(try message("PID-3[2].1", "PID-3[2].4", "PID-3[3]") == ["N1", "NATIONAL", nil])
        #expect(try message("PID-5.1", "PID-5.2", "PID-7", "PID-8") == ["Canary", "Jane", "20200115", "F"])
    }

    @Test func `ORC and OBR carry placer, filler, accession and procedure of the order`() throws {
        let message = try Results.message()
        #expect(try message("ORC-1", "ORC-2.1", "ORC-2.2", "ORC-3.1", "ORC-3.2") == ["RE", "PL1", "HIS", "FI1", "RIS"])
        #expect(try message("OBR-1", "OBR-2.1", "OBR-3.1", "OBR-3.2") == ["1", "PL1", "FI1", "RIS"])
        #expect(try message("OBR-4.1", "OBR-4.2", "OBR-4.3") == ["XRCH", "XR chest", "L"])
        #expect(
            try message("OBR-7", "OBR-18", "OBR-19", "OBR-22") == [
                "20260102", "ACC1", "RP1", "20260102100000+0000",
            ])
        #expect(try message("OBR-24", "OBR-25") == ["RAD", "P"])
    }

    @Test func `without a filler number the accession number stands for it; nothing is invented for the rest`() throws {
        let order = Results.order { $0.identity = OrderIdentity(accession: Results.hospital("ACC1")) }
        let message = try Results.message(order: order)
        #expect(try message("OBR-2", "OBR-3.1", "OBR-3.2") == [nil, "ACC1", "HOSP"])
    }

    @Test func `an order without a procedure has the template's code`() throws {
        let message = try Results.message(order: Results.order { $0.procedureCode = nil })
        #expect(try message("OBR-4.1", "OBR-4.3") == ["36554-4", "LN"])
    }

    @Test("the notice stands in an NTE of every message", arguments: [true, false])
    func notice(isFinding: Bool) throws {
        let message = try Results.message(
            isFinding ? .finding(Fixture.finding()) : .refusal(Fixture.refusal()))
        #expect(try message("NTE-1", "NTE-2", "NTE-3") == ["1", "L", ReportNotice.text])
        #expect(message.text.contains("not a medical device"))
    }

    // MARK: - Findings

    @Test(
        "the finding is coded as in the FHIR report, flagged A only when present and never N, AA or HH",
        arguments: [
            (Decision.positive, "52101004", "A", "H"), (.negative, "2667000", nil, nil),
            (.indeterminate, "82334004", nil, nil),
        ] as [(Decision, String, String?, String?)])
    func finding(decision: Decision, value: String, flag: String?, scoreFlag: String?) throws {
        let message = try Results.message(.finding(Fixture.finding(decision)))
        #expect(try message("OBX-2", "OBX-3.1", "OBX-3.3", "OBX-4") == ["CWE", "233604007", "SCT", "1"])
        #expect(try message("OBX-5.1", "OBX-5.3", "OBX-8", "OBX-9", "OBX-11") == [value, "SCT", flag, "0.870", "P"])
        #expect(try message("OBX[2]-2", "OBX[2]-3.1", "OBX[2]-3.3") == ["NM", "122157", "DCM"])
        #expect(try message("OBX[2]-5", "OBX[2]-6.1", "OBX[2]-6.3", "OBX[2]-8") == ["0.870", "1", "UCUM", scoreFlag])
        #expect(try message("OBX[2]-7") == ["below 0.200 absent, above 0.800 present"])
        #expect(!message.text.lowercased().contains("normal"))
    }

    @Test func `a probability beyond the digits is a structured number, never a certain one`() throws {
        let message = try Results.message(.finding(Fixture.finding(probability: 0.0001)))
        #expect(try message("OBX[2]-2", "OBX[2]-5.1", "OBX[2]-5.2", "OBX-9") == ["SN", "<", "0.001", "0.001"])
    }

    @Test func `the spread is a structured number from low to high, with its networks and views`() throws {
        let message = try Results.message()
        #expect(try message("OBX[3]-2", "OBX[3]-3.1", "OBX[3]-3.3") == ["SN", "probability-spread", "99IMGW"])
        #expect(try message("OBX[3]-3.2") == ["Probability: three networks and seven views of the image"])
        #expect(
            try message("OBX[3]-5.1", "OBX[3]-5.2", "OBX[3]-5.3", "OBX[3]-5.4", "OBX[3]-6.1")
                == [nil, "0.810", "-", "0.930", "1"])
        let wide = try Results.message(.finding(Fixture.finding(spread: 0.0001...0.9999)))
        #expect(try wide("OBX[3]-5.2", "OBX[3]-5.4") == ["0.000", "1.000"], "bounds that hold")
    }

    @Test("an undecided finding says why in a coded line and in a note", arguments: IndeterminateReason.allCases)
    func undecided(reason: IndeterminateReason) throws {
        let message = try Results.message(.finding(Fixture.finding(.indeterminate, reason: reason)))
        #expect(try message("OBX[4]-2", "OBX[4]-3.1", "OBX[4]-4") == ["CWE", "indeterminate-reason", "1.6"])
        #expect(
            try message("OBX[4]-5.1", "OBX[4]-5.2", "OBX[4]-5.3", "OBX[4]-8")
                == [reason.rawValue, reason.words, "99IMGW", nil])
        #expect(try message("NTE[2]-3") == [reason.words])
        #expect(try !Results.message().text.contains("indeterminate-reason"))
    }

    @Test func `method, equipment, times, study and conclusion`() throws {
        let message = try Results.message()
        #expect(
            try message("OBX-14", "OBX-17.1", "OBX-17.3", "OBX-19") == [
                "20260102", "chest-pneumonia-kermany", "99IMGW", "20260102100000+0000",
            ])
        #expect(
            try message("OBX-18.1", "OBX-18.3", "OBX-18.4") == [
                "chest-pneumonia-kermany 1.0.0", "00000001-0004-8000-8000-000000000000", "UUID",
            ])
        #expect(try message("OBX[4]-2", "OBX[4]-3.1", "OBX[4]-5") == ["ST", "110180", Fixture.studyUID])
        #expect(try message("OBX[5]-2", "OBX[5]-3.1") == ["TX", "19005-8"])
        let report = try Fixture.composer().compose(Results.request(.finding(Fixture.finding())))
        let withoutPicture = try #require(report.report.conclusion)
        #expect(try message("OBX[5]-5") == [withoutPicture])
    }

    @Test func `the heat map goes along as ED within the peer's limit, and is left out with a note beyond it`() throws {
        let finding = Classification.finding(try Fixture.finding(side: 64))
        #expect(try Results.message(finding)("OBX[6]-1") == [nil])
        let whole = try Results.message(finding, peer: Results.peer { $0.picture = .png(maximumBytes: 200_000) })
        #expect(try whole("OBX[6]-2", "OBX[6]-3.1") == ["ED", "heat-map"])
        #expect(try whole("OBX[6]-5.2", "OBX[6]-5.3", "OBX[6]-5.4") == ["IM", "PNG", "Base64"])
        let data = try #require(try whole("OBX[6]-5.5").first ?? nil)
        #expect(data.hasPrefix("iVBORw0KGgo"), "the signature of PNG")
        #expect(data.utf8.allSatisfy { $0 > 0x20 }, "no line breaks")
        let none = try Results.message(finding, peer: Results.peer { $0.picture = .png(maximumBytes: 100) })
        #expect(try none("OBX[6]-1") == [nil])
        #expect(none.text.contains("The heat map was left out because it exceeds the site's size limit."))
    }

    @Test("each caveat stands in a note", arguments: Caveat.allCases)
    func caveats(caveat: Caveat) throws {
        let message = try Results.message(.finding(Fixture.finding(caveats: [caveat])))
        #expect(try message("NTE[2]-3") == [caveat.words])
    }

    // MARK: - Refusals

    @Test("a refusal is X with the reason in words and no number", arguments: RefusalCode.allCases)
    func refusals(code: RefusalCode) throws {
        let message = try Results.message(.refusal(Fixture.refusal(code)))
        #expect(try message("OBX-3.1", "OBX-5", "OBX-8", "OBX-9", "OBX-11") == ["233604007", nil, nil, nil, "X"])
        #expect(
            try message("OBX[2]-2", "OBX[2]-5", "OBX[2]-11") == [
                "TX", "Not analysed: this is not a negative result. \(code.reason)", "P",
            ])
        #expect(try message("OBR-25") == ["P"])
        for type in ["NM", "SN", "ED"] { #expect(!message.text.contains("|\(type)|")) }
        #expect(!message.text.lowercased().contains("probability"))
        #expect(!message.text.lowercased().contains("normal"))
    }

    // MARK: - Versions and characters

    @Test("each version has its own type for codes, and no field that came later", arguments: Version.allCases)
    func versions(version: Version) throws {
        let message = try Results.message(peer: Results.peer { $0.version = version })
        #expect(try message("MSH-12") == [version.rawValue])
        #expect(try message("OBX-2") == [version == .v251 ? "CWE" : "CE"])
        #expect(try message("MSH-9.3") == [version == .v231 ? nil : "ORU_R01"])
        #expect(try (message("OBX-18") == [nil]) == (version == .v231))
        #expect(try (message("OBX-19") == [nil]) == (version == .v231))
    }

    @Test func `text from outside is escaped: no name makes a field, a segment or a repetition`() throws {
        let name = PersonName(family: "O|Bri^en~&\\\rOBX|9|NM", given: "Zoë\u{202E}")
        let message = try Results.message(order: Results.order { $0.patientName = name })
        #expect(try message("PID-5.1") == ["O|Bri^en~&\\ OBX|9|NM"])
        #expect(try message("PID-5.2") == ["Zoë "])
        #expect(message.text.split(separator: "\r").count == 11)
    }

    // MARK: - Control ID, withdrawal

    @Test func `MSH-10 is made of the content: the same message has the same, another one another`() throws {
        let request = try Results.request(.finding(Fixture.finding()))
        let composer = try Results.composer
        let one = try composer.compose(request, for: Results.peer())
        #expect(try composer.compose(request, for: Results.peer()) == one)
        let id = try ResultMessage(one).controlID
        #expect(id.count == 20)
        #expect(try Results.reading(one)("MSH-10") == [String(decoding: id, as: UTF8.self)])
        let other = try composer.compose(
            Results.request(.finding(Fixture.finding(probability: 0.86))), for: Results.peer())
        #expect(try ResultMessage(other).controlID != id)
        let later = try composer.compose(
            Results.request(.finding(Fixture.finding()), issued: 1_767_348_060), for: Results.peer())
        #expect(try ResultMessage(later).controlID != id)
        #expect(try ResultMessage(later).contentDigest == ResultMessage(one).contentDigest)
        #expect(try ResultMessage(other).contentDigest != ResultMessage(one).contentDigest)
    }

    @Test(
        "withdrawn: the same lines with W, a note, another control ID; still no C and no final",
        arguments: [
            true, false,
        ])
    func withdrawn(isFinding: Bool) throws {
        let bytes = try Results.composer.compose(
            Results.request(isFinding ? .finding(Fixture.finding()) : .refusal(Fixture.refusal())), for: Results.peer())
        let original = try ResultMessage(bytes)
        let withdrawn = try original.withdrawn(at: 1_767_400_000_000_000)
        #expect(try original.withdrawn(at: 1_767_400_000_000_000) == withdrawn, "the same for each try")
        #expect(withdrawn.controlID != original.controlID)
        let (before, after) = (try Results.reading(original.bytes), try Results.reading(withdrawn.bytes))
        let lines = before.text.split(separator: "\r").filter { $0.hasPrefix("OBX") }.count
        #expect(lines >= 3)
        for line in 1...lines {
            #expect(try after("OBX[\(line)]-11") == ["W"])
            for field in 1...19 where field != 11 {
                #expect(try after("OBX[\(line)]-\(field)") == before("OBX[\(line)]-\(field)"))
            }
        }
        #expect(try after("OBR-25", "OBR-3.1", "OBR-22") == ["P", "FI1", "20260103002640+0000"])
        #expect(try after("MSH-7") == ["20260103002640+0000"])
        #expect(after.text.contains("Withdrawn: this result was entered in error."))
        #expect(try after("NTE-3") == [ReportNotice.text])
    }

    @Test func `what is no message of ours is refused`() throws {
        for text in ["", "MSH|^~\\&|A\r", "PID|1\r", "MSH|^~\\&|A|B|C|D|1||ORM^O01|X|P|2.5.1\r"] {
            #expect(throws: ReportingError(.messageInvalid)) { try ResultMessage(Array(text.utf8)) }
        }
    }
}
