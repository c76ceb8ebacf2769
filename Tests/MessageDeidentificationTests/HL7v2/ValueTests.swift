import HL7v2
import MessageDeidentification
import Sealing
import Testing

@Suite("Values of HL7 v2")
struct ValueTests {
    private func value(_ path: String, _ segments: String..., profile: String = "research-full") throws -> String? {
        let message = ["MSH|^~\\&|||||20240101||ORU^R01^ORU_R01|1|P|2.5.1"] + segments + [""]
        let bytes = Array(message.joined(separator: "\r").utf8)
        return try MessageTests.value(path, of: Shipped.deidentifier(profile).deidentify(hl7: bytes).bytes)
    }

    @Test("a UID below DICOM's root that nobody registered is replaced, a registered one stays")
    func registered() throws {
        let own = "1.2.840.10008.77.5551234.1"
        let pseudonym = try value("ZDS-1.1", "ZDS|\(own)^Application^DICOM", profile: "basic")
        #expect(try pseudonym == Make.pseudonyms().uid(for: own))
        #expect(try value("ZDS-1.1", "ZDS|1.2.840.10008.1.1") == "1.2.840.10008.1.1")
    }

    @Test("what is in the place of a code and in no table of HL7 goes")
    func codes() throws {
        #expect(try value("OBR-24", "OBR|1|||||||||||||||||||||||ZWACKEL") == nil)
        #expect(try value("OBR-24", "OBR|1|||||||||||||||||||||||RAD") == "RAD")
        #expect(try value("MSH-9.3") == "ORU_R01")
    }

    @Test("what is no code of the system that it names goes")
    func concepts() throws {
        for concept in [
            "Zwackelmann^^LN", "8867-5^^LN", "5551234^^SCT", "ZWACKEL^^DCM", "Meier^^UCUM", "ZWACKEL^^HL70001",
            "F^^HL79999", "F^^HL7", "01715551234^^I10",
        ] {
            let kept = concept == "F^^HL7" ? "F" : nil
            #expect(try value("OBR-4.1", "OBR|1|||\(concept)") == kept, "\(concept)")
        }
        for concept in ["8867-4^^LN", "80891009^^SCT", "121033^^DCM", "F^^HL70001", "J18.9^^I10", "RID5825^^RADLEX"] {
            #expect(try value("OBR-4.1", "OBR|1|||\(concept)") == String(concept.prefix { $0 != "^" }), "\(concept)")
        }
    }

    @Test("a number stays where it measures something, and not where it can be dialled")
    func numbers() throws {
        for (text, kept) in [
            ("72", "72"), ("-3.25", "-3.25"), ("250000", "250000"), ("01715551234", nil), ("1715551234", nil),
            ("212.5551234", nil),
            ("20240105", nil), ("171^5551234", "171"),
        ] as [(String, String?)] {
            #expect(try value("OBX-5.1", "OBX|1|NM|8867-4^^LN||\(text)") == kept, "\(text)")
        }
        #expect(try value("OBX-5.2", "OBX|1|NM|8867-4^^LN||171^555123") == nil)
        #expect(try value("OBX-5", "OBX|1|SN|8867-4^^LN||<^72^-^80") == "<")
        #expect(try value("OBX-5.4", "OBX|1|SN|8867-4^^LN||<^72^-^80") == "80")
        #expect(try value("PID-1", "PID|5551234") == nil)
    }

    @Test("an age above 89 becomes 90, and a day of birth as a value goes")
    func ages() throws {
        #expect(try value("OBX-5", "OBX|1|NM|30525-0^^LN||97|a^^UCUM") == "90")
        #expect(try value("OBX-5", "OBX|1|NM|30525-0^^LN||97") == "90")
        #expect(try value("OBX-5", "OBX|1|NM|30525-0^^LN||1164|mo^^UCUM") == nil)
        #expect(try value("OBX-5", "OBX|1|NM|8867-4^^LN||97|/min^^UCUM") == "97")
        #expect(try value("OBX-5", "OBX|1|DT|21112-8^^LN||19310304") == nil)
    }
}
