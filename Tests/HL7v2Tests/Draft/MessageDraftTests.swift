import Testing

@testable import HL7v2

@Suite("Writing messages, HL7 v2.5.1 §2.6 and §2.7")
struct MessageDraftTests {
    func draft(_ set: MessageCharacterSet = .utf8, _ fill: (inout SegmentDraft) -> Void) -> MessageDraft {
        var header = SegmentDraft("MSH")
        header[9] = .parts("ORU", "R01", "ORU_R01")
        header[10] = "M1"
        header[12] = "2.5.1"
        var patient = SegmentDraft("PID")
        fill(&patient)
        return MessageDraft(characterSet: set, segments: [header, patient])
    }

    func pid(_ set: MessageCharacterSet = .utf8, _ fill: (inout SegmentDraft) -> Void) throws -> String {
        let bytes = try draft(set, fill).encoded()
        return String(text(bytes).split(separator: "\r")[1])
    }

    @Test("MSH-1, MSH-2 and MSH-18 are written by the encoder")
    func header() throws {
        #expect(
            text(try draft { $0[3] = "1" }.encoded())
                == "MSH|^~\\&|||||||ORU^R01^ORU_R01|M1||2.5.1||||||UNICODE UTF-8\rPID|||1\r")
        #expect(
            text(try draft(.ascii) { $0[3] = "1" }.encoded()).hasPrefix("MSH|^~\\&|||||||ORU^R01^ORU_R01|M1||2.5.1\r"))
        var other = draft(.latin1) { $0[3] = "1" }
        other.segments[0][18] = "ISO-8859-1"
        #expect(text(try other.encoded()).contains("|ISO-8859-1\r"))
        other.segments[0][18] = "UNICODE UTF-8"
        #expect(text(try other.encoded()).contains("|8859/1\r"))
        let japanese = try draft(.iso2022JP) { $0[5] = "山" }.encoded()
        #expect(text(japanese).contains("|ASCII~ISO IR87~ISO IR159||ISO 2022-1994\r"))
        var short = MessageDraft(characterSet: .iso2022JP, segments: [SegmentDraft("MSH")])
        short.delimiters = try Delimiters(field: UInt8(ascii: "|"), encodingCharacters: Array("^".utf8))
        #expect(text(try short.encoded()) == "MSH|^||||||||||||||||ISO IR87||ISO 2022-1994\r")
    }

    @Test("in MSH a character whose bytes look like a delimiter is escaped, so that MSH-18 is found")
    func headerText() throws {
        var message = draft(.big5) { $0[5] = "許" }
        message.segments[0][4] = "許王"
        let bytes = try message.encoded()
        #expect(text(bytes).hasPrefix(#"MSH|^~\&||\XB35CA4FD\||"#))
        #expect(Array(bytes.suffix(3)) == [0xB3, 0x5C, 0x0D])
        #expect(MessageDraft(try Message(parsing: bytes)) == message.normalized)
    }

    @Test("parts, null and empty; trailing empty parts are left out")
    func parts() throws {
        let line = try pid {
            $0[3] = .repetitions([.components(["1", .empty, .empty, .components(["H", "1.2", "ISO"]), "MR"]), "2"])
            $0[5] = .components(["DOE", .null, .empty])
            $0[7] = .null
            $0[9] = .components([.empty, .components([.empty, "x", .empty])])
            $0[12] = .repetitions([.empty, .empty])
        }
        #expect(line == #"PID|||1^^^H&1.2&ISO^MR~2||DOE^""||""||^&x"#)
    }

    @Test("every delimiter, line ends, control characters and quotes are escaped (§2.7)")
    func escapes() throws {
        let line = try pid {
            $0[1] = "|^~\\&#"
            $0[2] = "a\nb\rc\td\u{0B}\u{1C}\u{7F}"
            $0[3] = "\"\""
            $0[4] = "\"\"x"
        }
        #expect(line == ##"PID|\F\\S\\R\\E\\T\#|a\.br\b\X0D\c\X09\d\X0B\\X1C\\X7F\|\X2222\|""x"##)
        var hashed = draft { $0[1] = "#" }
        hashed.delimiters = try Delimiters(field: UInt8(ascii: "|"), encodingCharacters: Array("^~\\&#".utf8))
        #expect(text(try hashed.encoded()).contains(#"PID|\P\"#))
    }

    @Test("what the set or the delimiters cannot say is refused, with the place")
    func inexpressible() throws {
        func refusal(_ draft: MessageDraft) -> HL7v2Error? {
            do throws(HL7v2Error) {
                _ = try draft.encoded()
                return nil
            } catch { return error }
        }
        let place = ErrorLocation(segment: "PID", sequence: 1, field: 5)
        #expect(refusal(draft(.latin1) { $0[5] = "Łukasz" }) == HL7v2Error(.textInexpressible, at: place))
        #expect(refusal(draft(.ascii) { $0[5] = "Ü" }) == HL7v2Error(.textInexpressible, at: place))
        #expect(refusal(draft(.gb18030) { $0[5] = "Łukasz 😀" }) == nil)
        var short = draft { $0[5] = "a|b" }
        short.delimiters = try Delimiters(field: UInt8(ascii: "|"), encodingCharacters: Array("^".utf8))
        #expect(refusal(short) == HL7v2Error(.textInexpressible, at: place))
        short.segments[1][5] = .repetitions(["a", "b"])
        #expect(refusal(short) == HL7v2Error(.draftInvalid, at: place))
        #expect(
            refusal(draft { $0[5] = .components([.components([.components(["a", "b"]), "c"])]) })?.code == .draftInvalid
        )
        #expect(refusal(draft { $0[5] = .components([.repetitions(["a", "b"])]) })?.code == .draftInvalid)
        #expect(refusal(MessageDraft(segments: [SegmentDraft("PID")]))?.code == .headerUnreadable)
        #expect(refusal(MessageDraft(segments: [SegmentDraft("MSH"), SegmentDraft("MSH")]))?.code == .headerUnreadable)
        #expect(
            refusal(MessageDraft(segments: [SegmentDraft("MSH"), SegmentDraft("pid")]))?.code == .segmentNameInvalid)
    }

    @Test("field numbers outside 1 to 9999 are never set")
    func numbers() {
        var segment = SegmentDraft("ZZZ")
        for number in [Int.min, -1, 0, 10_000, Int.max] { segment[number] = "x" }
        #expect(segment == SegmentDraft("ZZZ") && segment.lastField == 0)
    }

    @Test("nothing of a draft is printed")
    func redacted() {
        let draft = draft { $0[5] = "DOE" }
        var dumped = ""
        dump(draft, to: &dumped)
        #expect(!"\(draft)\(draft.segments)\(dumped)\(String(reflecting: draft))".contains("DOE"))
    }

    @Test("decode(encode(m)) = m for 3000 random messages in every set and with random delimiters")
    func roundTrip() throws {
        let seed: UInt64 = 20_261_121
        print("HL7v2 draft seed \(seed)")
        var maker = RandomDraft(seed: seed)
        for _ in 0..<3000 {
            let draft = try maker.message()
            let bytes = try draft.encoded()
            let message = try Message(parsing: bytes, options: MessageOptions(tolerances: .none))
            #expect(message.characterSet == draft.characterSet)
            let read = MessageDraft(message)
            #expect(read == draft.normalized)
            // The same bytes again, and scalar by scalar: String's equality overlooks how a character is composed.
            #expect(try read.encoded() == bytes)
        }
    }
}

/// Drafts at random: every part, text of all kinds that the set has.
struct RandomDraft {
    private var random: SeededGenerator
    private static let awkward = Array("|^~\\&#\"\r\n\t\u{0B}\u{1C}\u{0}.XFSR0Aa \u{7F}").map(String.init)
    private static let letters = "äßŁőΩЖאעกか山許功王김ｱ€😀\u{301}\u{FEFF}".unicodeScalars.map { String($0) }

    private static let alphabets = Dictionary(
        uniqueKeysWithValues: MessageCharacterSet.allCases.map { set in
            (set, awkward + letters.filter { set.encode(exactly: $0) != nil })
        })

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func message() throws -> MessageDraft {
        let set = MessageCharacterSet.allCases.randomElement(using: &random) ?? .utf8
        var header = SegmentDraft("MSH")
        for number in 3...17 where Bool.random(using: &random) { header[number] = field(set) }
        let others = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            var segment = SegmentDraft(["PID", "OBX", "Z9A", "NTE"].randomElement(using: &random) ?? "PID")
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                segment[Int.random(in: 1...12, using: &random)] = field(set)
            }
            return segment
        }
        return MessageDraft(delimiters: try delimiters(), characterSet: set, segments: [header] + others)
    }

    private mutating func delimiters() throws -> Delimiters {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return try Delimiters(field: UInt8(ascii: "#"), encodingCharacters: Array("!@%*".utf8))
        case 1: return try Delimiters(field: UInt8(ascii: "|"), encodingCharacters: Array("^~\\&#".utf8))
        default: return .usual
        }
    }

    private mutating func field(_ set: MessageCharacterSet) -> FieldDraft {
        let repetitions = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            let components = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let leaves = (0..<Int.random(in: 1...3, using: &random)).map { _ in leaf(set) }
                return leaves.count == 1 ? leaves[0] : .components(leaves)
            }
            return components.count == 1 ? components[0] : .components(components)
        }
        return repetitions.count == 1 ? repetitions[0] : .repetitions(repetitions)
    }

    private mutating func leaf(_ set: MessageCharacterSet) -> FieldDraft {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .empty
        case 1: return .null
        case 2: return .text("\"\"")
        default:
            let alphabet = Self.alphabets[set] ?? []
            let count = Int.random(in: 0...6, using: &random)
            return .text((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined())
        }
    }
}
