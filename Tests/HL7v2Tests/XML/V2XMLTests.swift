import Testing

@testable import HL7v2

@Suite("v2.xml (XML Encoding Syntax, release 2)")
struct V2XMLTests {
    /// A document around `content`, in the namespace of v2.xml.
    static func document(_ content: String, root: String = "ORM_O01") -> [UInt8] {
        Array("<?xml version='1.0'?>\n<\(root) xmlns='urn:hl7-org:v2xml'>\(header)\(content)</\(root)>".utf8)
    }

    static let header = """
        <MSH><MSH.1>|</MSH.1><MSH.2>^~\\&amp;</MSH.2><MSH.3><HD.1>HIS</HD.1></MSH.3>
        <MSH.9><MSG.1>ORM</MSG.1><MSG.2>O01</MSG.2></MSH.9><MSH.10>M1</MSH.10><MSH.11><PT.1>P</PT.1></MSH.11>
        <MSH.12><VID.1>2.5.1</VID.1></MSH.12></MSH>
        """
    static let encodedHeader = "MSH|^~\\&|HIS||||||ORM^O01|M1|P|2.5.1||||||UNICODE UTF-8\r"

    /// What follows MSH in the vertical bar encoding.
    static func read(_ content: String, _ tolerances: XMLTolerances = []) throws(HL7v2Error) -> String {
        let message = try Message(parsingXML: document(content), xmlTolerances: tolerances)
        return String(text(message.bytes).dropFirst(encodedHeader.count))
    }

    @Test func `an order that hl7apy and lxml wrote reads as the same order in the vertical bar encoding`() throws {
        let xml = try Message(parsingXML: Vectors.bytes("omi-lxml.xml"))
        let bars = try Message(parsing: Vectors.bytes("omi-hl7apy.hl7"))
        // hl7apy knows no ZZZ
        #expect(xml.segments.map(\.name) == bars.segments.map(\.name).filter { $0 != "ZZZ" })
        var leaves = 0
        for (segment, field) in bars.segments.filter({ $0.name != "ZZZ" }).flatMap({ name in
            (1...40).map { (name.name, $0) }
        }) {
            for component in 1...6 {
                for subcomponent in 1...3 {
                    let path = try FieldPath(parsing: "\(segment)-\(field).\(component).\(subcomponent)")
                    #expect(xml.fieldValue(at: path) == bars.fieldValue(at: path), "\(path)")
                    leaves += bars.fieldValue(at: path) == .empty ? 0 : 1
                }
            }
        }
        #expect(leaves > 40)
    }

    @Test func `the header is ours where the encoding decides, the sender's elsewhere`() throws {
        let message = try Message(parsingXML: Self.document(""))
        #expect(text(message.bytes) == Self.encodedHeader)
        #expect(
            message.characterSet == .utf8 && message.tolerated == [] && message.messageControlID == Array("M1".utf8))
        let other = String(decoding: Self.document(""), as: UTF8.self)
            .split(separator: "</MSH>").joined(separator: "<MSH.18>8859/1</MSH.18></MSH>")
        let again = try Message(parsingXML: Array(other.utf8))
        #expect(text(again.bytes) == Self.encodedHeader)
    }

    @Test(arguments: [
        (
            "<ORM_O01.PATIENT><PID><PID.1>1</PID.1></PID><ORM_O01.PATIENT_VISIT><PV1/></ORM_O01.PATIENT_VISIT>"
                + "</ORM_O01.PATIENT><ORM_O01.ORDER><ORC/><ZDS><ZDS.1><RP.1>1.2</RP.1></ZDS.1></ZDS></ORM_O01.ORDER>",
            "PID|1\rPV1\rORC\rZDS|1.2\r"
        ),
        (
            "<PID><PID.3><CX.1>1</CX.1><CX.4><HD.1>A</HD.1><HD.3>ISO</HD.3></CX.4></PID.3><PID.3><CX.1>2</CX.1></PID.3>"
                + "</PID>",
            "PID|||1^^^A&&ISO~2\r"
        ),
        ("<PID><PID.8>F</PID.8><PID.2/><PID.3/><PID.3><CX.2>x</CX.2></PID.3></PID>", "PID|||~^x|||||F\r"),
        ("<PID><PID.7>\"\"</PID.7><PID.8><CE.2>\"\"</CE.2></PID.8></PID>", "PID|||||||\"\"|^\"\"\r"),
        (
            "<NTE><NTE.3>one<escape V='.br'/>two &amp; <![CDATA[<three>]]> é</NTE.3></NTE>",
            "NTE|||one\\.br\\two \\T\\ <three> é\r"
        ),
        ("<NTE><NTE.3>a|b^c~d\\e&amp;f</NTE.3></NTE>", "NTE|||a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f\r"),
        ("<NTE><NTE.3>a\nb&#13;c</NTE.3></NTE>", "NTE|||a\\X0A\\b\\X0D\\c\r"),
        ("<NTE><NTE.3>\n  <!-- no words -->\n</NTE.3></NTE>", "NTE|||\r"),
        (
            "<OBR><OBR.16><XCN.2><FN.1>A</FN.1></XCN.2></OBR.16><OBR.22><TS.1>2026</TS.1></OBR.22></OBR>",
            "OBR||||||||||||||||^A||||||2026\r"
        ),
        ("<PID><PID.5><XPN.10><DR.1><TS.1>2026</TS.1></DR.1></XPN.10></PID.5></PID>", "PID|||||^^^^^^^^^2026\r"),
    ])
    func `elements become the segment that says the same`(content: String, expected: String) throws {
        #expect(try Self.read(content) == expected)
    }

    @Test func `escaped text decodes to what the element said`() throws {
        let message = try Message(
            parsingXML: Self.document(
                "<NTE><NTE.3>a|b^c~d\\e&amp;f<escape V=\".br\"/>g\nh \\F\\</NTE.3></NTE>"))
        #expect(try message.value(at: FieldPath(parsing: "NTE-3")) == "a|b^c~d\\e&f\ng\nh \\F\\")
    }

    @Test(arguments: [
        ("<!DOCTYPE a><a/>", HL7v2Error.Code.xmlDeclaration),
        (
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a xmlns='urn:hl7-org:v2xml'>&x;</a>",
            .xmlDeclaration
        ),
        ("<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x.dtd'><a/>", .xmlDeclaration),
        ("<a xmlns='urn:hl7-org:v2xml'><!DOCTYPE a></a>", .xmlDeclaration),
        ("<a xmlns='urn:hl7-org:v2xml'><?php echo 1 ?></a>", .xmlDeclaration),
        ("<?xml-stylesheet href='x'?><a xmlns='urn:hl7-org:v2xml'/>", .xmlDeclaration),
        ("<a xmlns='urn:hl7-org:v2xml'>&x;</a>", .xmlMalformed),
        ("<a xmlns='urn:hl7-org:v2xml'>", .xmlMalformed),
        ("<a xmlns='urn:hl7-org:v2xml'></a><b/>", .xmlMalformed),
        ("", .xmlMalformed), ("MSH|^~\\&|", .xmlMalformed), ("<a xmlns='urn:hl7-org:v2xml'>\u{1}</a>", .xmlMalformed),
        ("<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/hostname'/></a>", .xmlNamespaceUnknown),
        ("<a/>", .xmlNamespaceUnknown), ("<a xmlns='urn:hl7-org:v3'/>", .xmlNamespaceUnknown),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", .characterSetUnsupported),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", .characterSetUnsupported),
        ("<a xmlns='urn:hl7-org:v2xml'/>", .headerUnreadable),
        ("<a xmlns='urn:hl7-org:v2xml'><PID/></a>", .headerUnreadable),
    ])
    func `what is no v2.xml is refused by its code`(document: String, code: HL7v2Error.Code) {
        #expect(throws: HL7v2Error(code)) { try Message(parsingXML: Array(document.utf8)) }
    }

    @Test func `bytes that are no UTF-8 are refused, whatever they claim`() {
        let latin = Array("<a xmlns='urn:hl7-org:v2xml'>".utf8) + [0xE9] + Array("</a>".utf8)
        #expect(throws: HL7v2Error(.xmlMalformed)) { try Message(parsingXML: latin) }
        let wide: [UInt8] = [0xFF, 0xFE, 0x3C, 0x00, 0x61, 0x00, 0x2F, 0x00, 0x3E, 0x00]
        #expect(throws: HL7v2Error(.characterSetUnsupported)) { try Message(parsingXML: wide) }
        #expect(throws: HL7v2Error(.characterSetUnsupported)) { try Message(parsingXML: Array(wide.dropFirst(2))) }
    }

    @Test(arguments: [
        ("<PID>words</PID>", ErrorLocation(segment: "PID")),
        ("<PID/><PID><ORC.1>NW</ORC.1></PID>", ErrorLocation(segment: "PID", sequence: 2)),
        ("<PID><PID.0>x</PID.0></PID>", ErrorLocation(segment: "PID")),
        ("<PID><PID.3/><PID.3><ID>x</ID></PID.3></PID>", ErrorLocation(segment: "PID", field: 3, repetition: 2)),
        ("<PID><PID.3>x<CX.1>y</CX.1></PID.3></PID>", ErrorLocation(segment: "PID", field: 3, repetition: 1)),
        ("<PID><PID.3><CX.1>y</CX.1>x</PID.3></PID>", ErrorLocation(segment: "PID", field: 3, repetition: 1)),
        (
            "<PID><PID.3><CX.1>y</CX.1><CX.1>z</CX.1></PID.3></PID>",
            ErrorLocation(segment: "PID", field: 3, repetition: 1, component: 1)
        ),
        (
            "<PID><PID.3><CX.4><HD.1>y</HD.1><HD.101>z</HD.101></CX.4></PID.3></PID>",
            ErrorLocation(segment: "PID", field: 3, repetition: 1, component: 4)
        ),
        (
            "<PID><PID.5><XPN.10><DR.1><TS.2>Y</TS.2></DR.1></XPN.10></PID.5></PID>",
            ErrorLocation(segment: "PID", field: 5, repetition: 1, component: 10, subcomponent: 1)
        ),
        ("<NTE><NTE.3>a<escape V='|'/></NTE.3></NTE>", ErrorLocation(segment: "NTE", field: 3, repetition: 1)),
        ("<NTE><NTE.3>a<escape/></NTE.3></NTE>", ErrorLocation(segment: "NTE", field: 3, repetition: 1)),
        (
            "<NTE><NTE.3>a<escape V='.br'>b</escape></NTE.3></NTE>",
            ErrorLocation(segment: "NTE", field: 3, repetition: 1)
        ),
        ("<NTE><x:NTE.3 xmlns:x='urn:other'>a</x:NTE.3></NTE>", ErrorLocation(segment: "NTE")),
    ])
    func `content that v2.xml does not have is refused with its place`(content: String, location: ErrorLocation) {
        #expect(throws: HL7v2Error(.xmlContentUnexpected, at: location)) { try Self.read(content) }
    }

    @Test func `unknown elements and a missing namespace are admitted where they are named`() throws {
        let content =
            "<order><PID><PID.1>1</PID.1><LONG.NAME>x<y/></LONG.NAME><PID.3><CX.1>2</CX.1><z/></PID.3></PID></order>"
        #expect(throws: HL7v2Error.self) { try Self.read(content) }
        #expect(try Self.read(content, .unknownElements) == "PID|1||2\r")
        let bare = Array("<HL7Message>\(Self.header)<PID><PID.3><PID.3.1>7</PID.3.1></PID.3></PID></HL7Message>".utf8)
        #expect(throws: HL7v2Error(.xmlNamespaceUnknown)) { try Message(parsingXML: bare) }
        let read = try Message(parsingXML: bare, xmlTolerances: .missingNamespace)
        #expect(text(read.bytes) == Self.encodedHeader + "PID|||7\r")
    }

    @Test func `each limit holds`() throws {
        let limits = MessageLimits(bytes: 4000, segments: 3, fields: 20, repetitions: 2)
        func refusal(_ content: String) -> HL7v2Error? {
            do throws(HL7v2Error) {
                _ = try Message(parsingXML: Self.document(content), options: MessageOptions(limits: limits))
                return nil
            } catch { return error }
        }
        #expect(refusal("<PID/><PV1/>") == nil)
        #expect(refusal("<PID/><PV1/><ORC/>") == HL7v2Error(.tooManySegments))
        let pid = ErrorLocation(segment: "PID")
        #expect(refusal("<PID><PID.21/></PID>") == HL7v2Error(.tooManyFields, at: pid))
        #expect(refusal("<PID><PID.3/><PID.3/><PID.3/></PID>")?.code == .tooManyRepetitions)
        #expect(
            refusal("<NTE><NTE.3>" + String(repeating: "x", count: 4000) + "</NTE.3></NTE>")?.code == .messageTooLong)
        // what is short in XML may be long with delimiters
        let wide = "<NTE><NTE.3><CX.100><HD.100>x</HD.100></CX.100></NTE.3></NTE>"
        #expect(refusal(wide) == nil)
        let narrow = MessageLimits(bytes: 4000, segments: 3, fields: 20, repetitions: 40)
        let many =
            "<NTE>" + String(repeating: "<NTE.3><C.99><H.99/></C.99><C.98><H.99>x</H.99></C.98></NTE.3>", count: 30)
        #expect(throws: HL7v2Error(.messageTooLong)) {
            try Message(parsingXML: Self.document(many + "</NTE>"), options: MessageOptions(limits: narrow))
        }
    }

    @Test func `what would cost time or memory is refused before it does`() {
        func code(_ content: String) -> HL7v2Error.Code? {
            do throws(HL7v2Error) {
                _ = try Message(parsingXML: Self.document(content))
                return nil
            } catch { return error.code }
        }
        #expect(code(String(repeating: "<A.B>", count: 300) + String(repeating: "</A.B>", count: 300)) == .xmlMalformed)
        #expect(code(String(repeating: "<A.B/>", count: 200_001)) == .xmlTooManyElements)
        #expect(code("<A.B " + (1...1000).map { "a\($0)='' " }.joined() + "/>") == .xmlTooManyElements)
        #expect(code("<A.B a='" + String(repeating: ">", count: 5000) + "'/>") == .xmlTooManyElements)
        #expect(code(String(repeating: "<!---->", count: 500_000)) == nil)
        #expect(code("<!--" + String(repeating: "x", count: 9 << 20) + "-->") == .messageTooLong)
    }
}
