import Foundation
import Testing

@testable import HL7v2

@Suite("v2.xml from a hostile peer")
struct V2XMLMutationTests {
    static let tricks = [
        "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "&amp;", "&#0;", "&#x10FFFF;", "<![CDATA[", "]]>", "<!--", "-->",
        "<?x?>",
        "<escape V='.br'/>", "<escape V='\\'/>", "<PID.3>", "</PID.3>", "<CX.4>", "</CX.4>", "<HD.9999>", "<PID.500/>",
        "xmlns=''", "xmlns='urn:x'", "<A.B>", "</A.B>", "<MSH/>", "\"\"", "<x:y xmlns:x='urn:hl7-org:v2xml'/>", "'",
        "\"",
    ].map { Array($0.utf8) }

    /// `IMAGING_GATEWAY_FUZZ=long` takes 3 million inputs, a number takes so many.
    static var rounds: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 3_000_000
        case let text?: Int(text) ?? 50_000
        case nil: 50_000
        }
    }

    @Test func `seeded mutations neither crash nor make a message that reads otherwise the second time`() throws {
        let seed: UInt64 = 20_261_121
        print("v2.xml mutation seed \(seed), \(Self.rounds) inputs")
        var random = SeededGenerator(seed: seed)
        let corpus = try [
            Vectors.bytes("omi-lxml.xml"),
            V2XMLTests.document(
                "<PID><PID.3><CX.1>1</CX.1></PID.3></PID><NTE><NTE.3>a<escape V='.br'/>b</NTE.3></NTE>"),
        ]
        var read = 0
        for _ in 0..<Self.rounds {
            let bytes = Self.mutated(corpus, &random)
            let tolerances: XMLTolerances = Bool.random(using: &random) ? [.unknownElements, .missingNamespace] : []
            guard let message = try? Message(parsingXML: bytes, xmlTolerances: tolerances) else { continue }
            read += 1
            let again = try? Message(parsing: message.bytes)
            let holds = again?.segments == message.segments && again?.tolerated == []
            // Of invented messages only.
            #expect(holds && message.bytes.count <= bytes.count * 300, "\(Data(bytes).base64EncodedString())")
        }
        #expect(read > Self.rounds / 20)
    }

    private static func mutated(_ corpus: [[UInt8]], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            // Half of the places are right behind a tag, where a change may leave the document well-formed.
            let somewhere = Int.random(in: 0...bytes.count, using: &random)
            let tag = bytes[somewhere...].firstIndex(of: UInt8(ascii: ">"))
            let place = Bool.random(using: &random) ? somewhere : tag.map { $0 + 1 } ?? somewhere
            let end = min(bytes.count, place + Int.random(in: 1...30, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes.insert(contentsOf: tricks.randomElement(using: &random) ?? [], at: place)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 3 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 4 where place < bytes.count: bytes[place] ^= 1
            case 5: bytes.insert(contentsOf: bytes[Self.element(in: bytes, from: place)], at: place)
            default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &random), at: place)
            }
        }
        return bytes
    }

    /// From a tag to the end of the line that it stands on: often a whole element.
    private static func element(in bytes: [UInt8], from place: Int) -> Range<Int> {
        guard let start = bytes[place...].firstIndex(of: UInt8(ascii: "<")),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        else { return 0..<0 }
        return start..<end
    }
}
