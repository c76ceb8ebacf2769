import HL7v2
import Testing
import Workflow

@testable import Gateway

@Suite("Feeds: encodings")
struct MessageFormTests {
    @Test func `content types and file names tell the encoding, others are not ours`() {
        for type in [
            "x-application/hl7-v2+er7", "application/hl7-v2", "text/plain; charset=utf-8", "Application/HL7-v2+ER7",
        ] {
            #expect(MessageForm(contentType: type) == .er7, "\(type)")
        }
        #expect(MessageForm(contentType: "x-application/hl7-v2+xml; charset=utf-8") == .xml)
        #expect(MessageForm(contentType: "application/fhir+json") == nil && MessageForm(contentType: nil) == nil)
        #expect(MessageForm(fileName: "a.hl7") == .er7 && MessageForm(fileName: "A.XML") == .xml)
        #expect(MessageForm(fileName: "a.hl7.tmp") == nil && MessageForm(fileName: "hl7") == nil)
    }

    @Test func `an acknowledgment in XML has the elements of v2_xml, and reads back as what it was`() throws {
        let text = [
            "MSH|^~\\&|GW|GW|HIS|HOSP|20260301090001+0000||ACK^O01^ACK|A1|P|2.5.1||||||UNICODE UTF-8",
            "MSA|AE|M\\T\\2", "ERR||OBR^1^4|101^Required field missing^HL70357|E||||<code> \\T\\ more", "",
        ].joined(separator: "\r")
        let xml = try #require(XMLAcknowledgment(Array(text.utf8)))
        let written = String(decoding: xml.bytes, as: UTF8.self)
        #expect(written.contains("<ACK xmlns=\"urn:hl7-org:v2xml\">"))
        #expect(written.contains("<MSH.1>|</MSH.1><MSH.2>^~\\&amp;</MSH.2>"))
        #expect(written.contains("<MSH.7><TS.1>20260301090001+0000</TS.1></MSH.7>"))
        #expect(written.contains("<MSA.1>AE</MSA.1><MSA.2>M&amp;2</MSA.2>"))
        #expect(written.contains("<ERR.2><ERL.1>OBR</ERL.1><ERL.2>1</ERL.2><ERL.3>4</ERL.3></ERR.2>"))
        #expect(written.contains("<ERR.8>&lt;code&gt; &amp; more</ERR.8>"))
        let message = try Message(parsingXML: xml.bytes)
        let before = try Message(parsing: Array(text.utf8))
        for path in ["MSH-9.1", "MSH-12", "MSA-1", "MSA-2", "ERR-2.1", "ERR-3.1", "ERR-3.3", "ERR-8"] {
            let place = try FieldPath(parsing: path)
            #expect(message.value(at: place) == before.value(at: place), "\(path)")
        }
        #expect(XMLAcknowledgment(Array("nothing".utf8)) == nil)
    }

    @Test func `every MSA-1 of a reply is seen, in a batch too`() {
        let batch = "BHS|^~\\&\rMSH|^~\\&|A\rMSA|AA|1\rMSH|^~\\&|A\rMSA|AE|2\rBTS|2\r"
        #expect(MessageGate.codes(in: Array(batch.utf8)) == [.AA, .AE])
        #expect(MessageGate.codes(in: Array("MSH$^~\\&$A\rMSA$CA$1\r".utf8)) == [.CA])
    }

    @Test func `an answer counts by MSA-1, MSA-2 and the rows of table 0357`() throws {
        func answer(_ code: String, _ error: String = "") -> MessageAnswer? {
            MessageAnswer(Array("MSH|^~\\&|A|B|C|D|20260301||ACK|1|P|2.5.1\rMSA|\(code)|M1\r\(error)".utf8))
        }
        #expect(answer("AA")?.messageControlID == Array("M1".utf8))
        for code in ["AA", "CA"] { #expect(answer(code)?.error(prefix: "oru") == nil) }
        #expect(answer("AE")?.error(prefix: "oru")?.category == .incorrect)
        #expect(answer("CE")?.error(prefix: "oru")?.code == "oru.CE")
        #expect(answer("AR")?.error(prefix: "oru")?.category == .forbidden)
        #expect(
            answer("AR", "ERR|||207^Application internal error^HL70357|E\r")?.error(prefix: "oru")?.category == .busy)
        #expect(answer("XX") == nil && MessageAnswer([]) == nil)
    }
}
