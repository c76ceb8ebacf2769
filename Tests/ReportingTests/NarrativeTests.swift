import FHIR
import ImageClassifier
import JSON
import Testing

@testable import Reporting

@Suite("Narrative: XHTML that R4 allows")
struct NarrativeTests {
    private static let open = #"<div xmlns="http://www.w3.org/1999/xhtml">"#

    @Test(
        "R4 §2.4: what a narrative may hold passes",
        arguments: [
            "<p>x</p>", "x", #"<img src="https://h/x.png" alt="x"/>"#, ##"<a href="#x">x</a>"##, "<!-- c --><b>x</b>",
            #"<p style="color: red" class="a" xml:lang="en" lang="en">x</p>"#, "&lt;script&gt;", "<![CDATA[<x>]]>",
            "<table><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table>",
        ])
    func accepted(content: String) {
        #expect(Narrative.check("\(Self.open)\(content)</div>") == 0)
    }

    @Test(
        "R4 §2.4, txt-1, txt-2: what a narrative may not hold is refused, with its kind",
        arguments: [
            ("", 2), ("<div>x</div>", 4), ("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>", 4),
            ("\(open)x", 2), ("\(open)</div>", 7), ("\(open) <p> </p></div>", 7), ("\(open)x</div>y", 2),
            ("\(open)<script>x</script></div>", 5), ("\(open)<SCRIPT>x</SCRIPT></div>", 5),
            ("\(open)<iframe/>x</div>", 5),
            ("\(open)<form>x</form></div>", 5), ("\(open)<object/>x</div>", 5), ("\(open)<style>x</style></div>", 5),
            ("\(open)<svg xmlns=\"http://www.w3.org/2000/svg\"/>x</div>", 5), ("\(open)<p xmlns=\"\">x</p></div>", 5),
            ("\(open)<p onclick=\"x\">x</p></div>", 6), ("\(open)<a href=\"javascript:x\">x</a></div>", 6),
            ("\(open)<a href=\"JaVaScRiPt:x\">x</a></div>", 6), ("\(open)<a href=\" javascript:x\">x</a></div>", 6),
            ("\(open)<img src=\"data:x\"/></div>", 6), ("\(open)<a href=\"file:///etc\">x</a></div>", 6),
            ("\(open)<a href=\"&#106;avascript:x\">x</a></div>", 6), ("\(open)<p style=\"a:url(x)\">x</p></div>", 6),
            ("\(open)<p style=\"a:expression\\28x\">x</p></div>", 6), ("\(open)&nbsp;x</div>", 2),
            ("<?xml version=\"1.0\"?><!DOCTYPE div>\(open)x</div>", 3),
            ("<!DOCTYPE div [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>\(open)&e;</div>", 3),
            ("<!DOCTYPE d [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>\(open)&b;</div>", 3),
            ("\(open)<?php x ?>x</div>", 3), ("<?p x?>\(open)x</div>", 3), ("\(open)\u{1}</div>", 2),
            (open + String(repeating: "<b>", count: 300) + "x" + String(repeating: "</b>", count: 300) + "</div>", 2),
        ] as [(String, UInt32)])
    func refused(text: String, verdict: UInt32) {
        #expect(Narrative.check(text) == verdict, "\(text.prefix(200))")
    }

    @Test func `a narrative above 8 MiB is refused before it is read`() {
        #expect(Narrative.check(Self.open + String(repeating: "x", count: 8 << 20) + "</div>") == 1)
    }

    private static let hostile = [
        "</div><script>alert(1)</script>", "]]><!--", #"" onload="x"#, "&lt;&amp;&#0;", "\u{0}\u{1}\u{B}\u{FFFE}",
        "a\u{202E}b\u{2066}", "line\r\nbreak\ttab", "<!DOCTYPE x [<!ENTITY e 'x'>]>&e;",
        String(repeating: "<", count: 5_000),
        #"{"resourceType":"Patient"}"#, "\\\"\\u0000", "𝒳é漢字", "<\u{301}script>&\u{20DD}",
        "'; DROP TABLE orders; --",
    ]

    @Test("hostile text in a title, a reason, a procedure and an order number stays text", arguments: hostile)
    func hostileText(text: String) throws {
        for classification in [
            Classification.finding(try Fixture.finding(title: text)), .refusal(Fixture.refusal(reason: text)),
        ] {
            let request = try Fixture.request(classification, procedure: text, orderNumber: text)
            let composed = try Fixture.composer().compose(request)
            let bytes = composed.bundle.json.serialized()
            #expect(try JSONValue(parsing: bytes) == composed.bundle.json)
            let div = try #require(composed.report.elements["text"]?["div"]?.string)
            #expect(Narrative.check(div) == 0)
            #expect(!div.contains("<script"))
            #expect(composed.report.basedOn.first?.identifier?.value == text)
            #expect(
                composed.bundle.entries.map { $0.resource?.resourceType } == [
                    "Device", "Observation", "DiagnosticReport", "Provenance",
                ])
        }
    }

    @Test func `the name and birth date of the patient are not repeated in the report`() throws {
        let composed = try Fixture.compose(.finding(Fixture.finding()))
        #expect(!composed.text.contains("Secret"))
    }

    @Test func `seeded fuzz: any words make a narrative that the check accepts`() throws {
        let seed: UInt64 = 0x7874
        var state = seed
        func next() -> UInt32 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt32(truncatingIfNeeded: state >> 33)
        }
        let marks = Array("<>&\"'/!-[]?;#=()\u{0}\u{7}\u{85}\u{FEFF}\u{FFFE}\u{FFFF}\u{2028}".unicodeScalars)
        for round in 0..<3_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<next() % 40 {
                let random = Unicode.Scalar(next() % 0x11_0000) ?? "x"
                scalars.append(next() % 2 == 0 ? marks[Int(next()) % marks.count] : random)
            }
            let text = String(scalars)
            let div = Narrative(paragraphs: [text], rows: [(name: text, value: text)]).xhtml()
            #expect(Narrative.check(div) == 0, "seed \(seed) round \(round)")
        }
        print("Narrative fuzz: seed \(seed)")
    }

    @Test func `seeded fuzz: broken markup is judged, never trusted`() {
        let seed: UInt64 = 0x6472
        var state = seed
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let source = Array(
            (Self.open + "<p style=\"a:b\">x &amp; <a href=\"https://h\">y</a><!-- c --></p></div>").utf8)
        let dangers = ["<script>z</script>", " onclick=\"z\"", "javascript:", "&e;", "<!DOCTYPE d>", "<?p?>", "url(z)"]
            .map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = source
            for _ in 0...next(3) {
                let at = next(bytes.count)
                switch next(4) {
                case 0: bytes[at] = UInt8(next(128))
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(9)))
                case 2: bytes.insert(contentsOf: dangers[next(dangers.count)], at: at)
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 12)], at: at)
                }
                if bytes.isEmpty { bytes = source }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard Narrative.check(text) == 0 else { continue }
            accepted += 1
            // Comments and text may hold the words; elements and attributes may not.
            let bare = text.replacing(/<!--.*?-->/.dotMatchesNewlines(), with: "")
            #expect(!bare.contains("<script"), "seed \(seed): \(text)")
            #expect(!bare.contains(/<[a-z]+[^>]* (onclick|style="[^"]*\(|href="javascript)/), "seed \(seed): \(text)")
            #expect(!bare.contains("<!D") && !bare.contains("<?"), "seed \(seed): \(text)")
        }
        #expect(accepted > 100)
        print("Markup fuzz: seed \(seed), \(accepted) of 5000 accepted")
    }
}
