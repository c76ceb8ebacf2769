import Foundation
import HL7v2
import MessageDeidentification
import Sealing
import Testing

@Suite("HL7 v2 messages")
struct MessageTests {
    static let order = [
        "MSH|^~\\&|HISQX|FACQX|GW|HOSPQX|20240517101500+0100||ORM^O01^ORM_O01|CTLQX0001|P|2.5.1|||AL|NE||UNICODE UTF-8",
        "PID|1|ALTQX77|MRNQX4711^^^HOSP^MR||Qxname^Qxgiven^M||19800123|F|||Qxstreet 9^^Qxtown^^99887||555-0177|||||ACCTQX1",
        "NK1|1|Qxkin^Mary|MTH", "PV1|1|O|WARDQX||||DOCQX^Qxdoctor^Jim",
        "ORC|NW|PLCQX1^HIS|FLRQX1^RIS||SC||^^^20240517120000||20240517101400|CLKQX^Qxclerk",
        "OBR|1|PLCQX1^HIS|FLRQX1^RIS|36572-6^XR Chest AP Qxtext^LN^XQX1^Local^99HOSP||||||||Qxclinical||||ACCQX9|||||||||CR",
        "ZDS|1.2.826.0.1.99.42^Application^DICOM", "ZQX|Qxsecret",
        "OBX|1|NM|8867-4^Rate Qx^LN||72|/min^^UCUM|||||F", "OBX|2|TX|18748-4^^LN||Qxname was here||||||F", "",
    ].joined(separator: "\r")

    static func value(_ path: String, of bytes: [UInt8]) throws -> String? {
        try Message(parsing: bytes).value(at: FieldPath(parsing: path))
    }

    @Test("nothing that was planted is left, and the rest is still an order")
    func planted() throws {
        let result = try Make.classifier().deidentify(hl7: Array(Self.order.utf8))
        let text = String(decoding: result.bytes, as: UTF8.self)
        #expect(!text.lowercased().contains("qx"))
        #expect(!text.contains("4711"))
        #expect(!text.contains("1980"))
        #expect(!text.contains("2024"))
        #expect(!text.contains("1.2.826.0.1.99.42"))
        #expect(try Self.value("MSH-9.1", of: result.bytes) == "ORM")
        #expect(try Self.value("PID-8", of: result.bytes) == "F")
        #expect(try Self.value("PID-5", of: result.bytes) == "DEIDENTIFIED")
        #expect(try Self.value("OBR-4.1", of: result.bytes) == "36572-6")
        #expect(try Self.value("OBR-4.4", of: result.bytes) == nil)
        #expect(try Self.value("OBX-5", of: result.bytes) == "72")
        #expect(try Self.value("OBX[2]-5", of: result.bytes) == nil)
        #expect(try Message(parsing: result.bytes).count(of: "ZQX") == 0)
        #expect(result.counts["segment"] == 2)
    }

    @Test("patient, order and study get the pseudonyms that their images get")
    func pseudonyms() throws {
        let result = try Make.classifier().deidentify(hl7: Array(Self.order.utf8))
        let pseudonyms = try Make.pseudonyms()
        #expect(
            try Self.value("PID-3.1", of: result.bytes) == pseudonyms.patientID(issuer: "HOSP", patientID: "MRNQX4711"))
        #expect(try Self.value("ZDS-1.1", of: result.bytes) == pseudonyms.uid(for: "1.2.826.0.1.99.42"))
        let orders = try ["ORC-2", "OBR-2"].map { try Self.value($0, of: result.bytes) }
        #expect(orders[0] != nil && orders[0] == orders[1])
    }

    @Test("every date of one patient moves by the same days, and the time of day stays")
    func shifted() throws {
        let result = try Make.shifting().deidentify(hl7: Array(Self.order.utf8))
        let days = try Make.pseudonyms().dayShift(issuer: "HOSP", patientID: "MRNQX4711")
        let expected = try Self.moved("20240517", by: days)
        #expect(try Self.value("MSH-7", of: result.bytes) == expected + "101500+0100")
        #expect(try Self.value("ORC-9", of: result.bytes) == expected + "101400")
        #expect(try Self.value("PID-7", of: result.bytes) == nil)
        #expect(try Self.value("PID-8", of: result.bytes) == nil, "sex is a patient characteristic")
    }

    @Test("frames of a recording are read one by one, behind blanks and a byte order mark too")
    func frames() throws {
        let deidentifier = try Make.classifier()
        let one = try deidentifier.deidentify(hl7: Array(Self.order.utf8)).bytes
        let frame = [0x0B] + Array(Self.order.utf8) + [0x1C, 0x0D]
        for blanks in [[], [0x0D], [0x0A, 0x0D, 0x20, 0x09], [0xEF, 0xBB, 0xBF, 0x0A]] as [[UInt8]] {
            #expect(try deidentifier.deidentify(hl7: blanks + frame + frame).bytes == one + one)
        }
        #expect(try deidentifier.deidentify(hl7: frame + [0x0D, 0x0A] + frame.dropLast()).bytes == one + one)
    }

    @Test("a recording that was cut, or has anything but frames, is refused with the number of the frame")
    func brokenFrames() throws {
        let deidentifier = try Make.classifier()
        let frame = [0x0B] + Array(Self.order.utf8) + [0x1C, 0x0D]
        let second: [[UInt8]] = [
            frame.dropLast(2), Array(frame.prefix(400)), Array(frame.dropFirst()), [0x0B], [0x0B, 0x0D, 0x1C, 0x0D],
            Array("10:15 ".utf8) + frame,
        ]
        var broken: [([UInt8], String)] = second.map { (frame + $0, "frame 2") }
        broken.append((frame.dropLast(2) + frame, "frame 1"))
        broken.append(([0x0B, 0x1C, 0x0D], "frame 1"))
        for (bytes, place) in broken {
            #expect(throws: MessageDeidentificationError(.messageUnreadable, at: place)) {
                try deidentifier.deidentify(hl7: bytes)
            }
        }
    }

    @Test("a batch that is not what its trailer says is refused", arguments: ["BTS|2\r", "BTS|0\r", ""])
    func batch(trailer: String) throws {
        let (deidentifier, batch) = (try Make.classifier(), "BHS|^~\\&|HISQX\r" + Self.order)
        #expect(throws: MessageDeidentificationError.self) {
            try deidentifier.deidentify(hl7: Array((batch + trailer).utf8))
        }
        #expect(try !deidentifier.deidentify(hl7: Array((batch + "BTS|1\r").utf8)).bytes.isEmpty)
    }

    @Test("dates cannot be moved in a file about two patients")
    func twoPatients() throws {
        let both = Self.order + "PID|2||MRNQX4712^^^HOSP\r"
        #expect(throws: MessageDeidentificationError(.patientAmbiguous)) {
            try Make.shifting().deidentify(hl7: Array(both.utf8))
        }
    }

    @Test("what a merge knew the patient by is looked for in what stays")
    func priorIdentifier() throws {
        let merge = "MRG|665544^^^HOSP||||||Meyerbeer&van&Zebrowski^Hans\r"
        let harmless = Self.order + merge + "OBX|3|NM|8867-4^Rate^LN||71|/min^^UCUM|||||F\r"
        #expect(try Make.classifier().deidentify(hl7: Array(harmless.utf8)).counts["segment"] == 3)
        let number = Self.order + merge + "OBX|3|NM|8867-4^Rate^LN||665544|/min^^UCUM|||||F\r"
        let error = #expect(throws: MessageDeidentificationError.self) {
            try Make.classifier().deidentify(hl7: Array(number.utf8))
        }
        #expect(error?.code == .identifierRemains)
    }

    @Test("what is no message is refused")
    func garbage() {
        let error = #expect(throws: MessageDeidentificationError.self) {
            try Make.classifier().deidentify(hl7: Array("PID|1".utf8))
        }
        #expect(error?.code == .messageUnreadable)
    }

    static func moved(_ day: String, by days: Int) throws -> String {
        let form = DateFormatter()
        form.dateFormat = "yyyyMMdd"
        form.timeZone = TimeZone(identifier: "UTC")
        form.locale = Locale(identifier: "en_US_POSIX")
        let date = try #require(form.date(from: day))
        return form.string(from: date.addingTimeInterval(Double(days) * 86_400))
    }
}
