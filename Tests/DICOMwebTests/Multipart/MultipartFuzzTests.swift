import DICOMweb
import Foundation
import Testing

/// `IMAGING_GATEWAY_FUZZ=long` takes five million inputs, a number so many.
@Suite("multipart/related under fuzz")
struct MultipartFuzzTests {
    static let ordinary = 100_000
    static let seeds: [UInt64] = [21, 22, 23, 24, 25, 26, 27, 28]

    static var count: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 5_000_000
        case let text?: Int(text) ?? ordinary
        case nil: ordinary
        }
    }

    private static let pieces = [
        "\r\n--b", "--b", "--", "\r\n", "\r", "\n", "-", "b", ": ", "Content-Type: x", "DICM", " ", "\t", "\0",
        "\r\n\r\n", "\r\n--b--", "\r\n--bb\r\n\r\n", "\r\n--b \t\r\n", "\r\n folded", "A:1\r\n", ":\r\n",
        "Content-Type: multipart/related; boundary=bb\r\n\r\n--bb\r\n\r\nin\r\n--bb--",
        "X: 0123456789012345678901234567890123456789\r\n", "\u{FF}\u{80}",
    ].map { Array($0.utf8) }
    private static let valid = [
        "pre\r\n--b\r\nContent-Type: application/dicom\r\n\r\nDI\r\n-CM\r\n--b\r\n\r\nx\r\n--b--\r\n",
        "--b\r\n\r\n--bb\r\n\r\ninner\r\n--bb--\r\n--b\n\n\r\n--b--",
        "--b\r\nA: 1\r\n B\r\n\r\n\r\n--b--epilogue\r\n--b\r\n\r\n",
    ].map { Array($0.utf8) }

    private struct Random {
        var generator: SeededGenerator

        mutating func below(_ count: Int) -> Int {
            Int(truncatingIfNeeded: generator.next() >> 33) % max(count, 1)
        }
    }

    private static func mutated(_ random: inout Random) -> [UInt8] {
        var body = random.below(2) == 0 ? valid[random.below(valid.count)] : []
        for _ in 0...random.below(12) {
            let at = random.below(body.count + 1)
            switch random.below(6) {
            case 0 where !body.isEmpty: body.remove(at: min(at, body.count - 1))
            case 1 where !body.isEmpty: body[min(at, body.count - 1)] = UInt8(truncatingIfNeeded: random.below(256))
            case 2 where !body.isEmpty: body.removeSubrange(at...)
            default: body.insert(contentsOf: pieces[random.below(pieces.count)], at: at)
            }
        }
        return body
    }

    @Test("Any cut of any bytes gives the same parts, of no more bytes than came")
    func anyCut() async {
        let count = Self.count
        print("multipart fuzz: \(count) inputs, seeds \(Self.seeds) (IMAGING_GATEWAY_FUZZ=long or a number for more)")
        let outcomes = await withTaskGroup(of: [String: Int].self) { group in
            for seed in Self.seeds { group.addTask { await Self.run(count / Self.seeds.count, seed: seed) } }
            return await group.reduce(into: [:]) { all, one in all.merge(one, uniquingKeysWith: +) }
        }
        print("multipart fuzz: \(outcomes.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" })")
        #expect(outcomes.values.reduce(0, +) == count / Self.seeds.count * Self.seeds.count)
        #expect(outcomes["read", default: 0] > count / 50, "the mutations should reach both outcomes")
        #expect(outcomes.count >= 6)
    }

    @concurrent
    private static func run(_ count: Int, seed: UInt64) async -> [String: Int] {
        var random = Random(generator: SeededGenerator(seed: seed))
        let limits = MultipartLimits(preambleBytes: 48, headerBytes: 40, partBytes: 64, parts: 4)
        var outcomes: [String: Int] = [:]
        for _ in 0..<count {
            let body = mutated(&random)
            let whole = parse([body], limits: limits)
            switch whole {
            case .success: outcomes["read", default: 0] += 1
            case .failure(let error): outcomes[error.code.rawValue, default: 0] += 1
            }
            var cut: [[UInt8]] = []
            var rest = body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + random.below(6))
                cut.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            let content = (try? whole.get().reduce(0) { $0 + $1.content.count }) ?? 0
            guard parse(cut, limits: limits) != whole || content > body.count else { continue }
            Issue.record("seed \(seed): kept as \(MultipartFailCases.keep(body))")
            return outcomes
        }
        return outcomes
    }

    @Test("What once failed holds: FailCases")
    func replay() throws {
        let limits = MultipartLimits(preambleBytes: 48, headerBytes: 40, partBytes: 64, parts: 4)
        let cases = try MultipartFailCases.all()
        #expect(!cases.isEmpty)
        for (name, body) in cases {
            let whole = parse([body], limits: limits)
            for length in 1...7 {
                let cut = stride(from: 0, to: body.count, by: length).map {
                    Array(body[$0..<min($0 + length, body.count)])
                }
                #expect(parse(cut, limits: limits) == whole, "\(name) in pieces of \(length)")
            }
        }
    }

    @Test("Binary content comes back unchanged through any cut", arguments: [25] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        print("MultipartParser round trip seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let contents = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                (0..<Int.random(in: 0...64, using: &generator)).map { _ in
                    [0x0D, 0x0A, 0x2D, 0x62, 0x00, 0xFF].randomElement(using: &generator) ?? 0
                } as [UInt8]
            }
            let boundary = "unlikely-9f3a"
            var body: [UInt8] = []
            for content in contents { body += bytes("--\(boundary)\r\n\r\n") + content + bytes("\r\n") }
            body += bytes("--\(boundary)--")
            var cut: [[UInt8]] = []
            var rest = body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &generator))
                cut.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            guard try parse(cut, boundary: boundary).get().map(\.content) != contents else { continue }
            Issue.record("seed \(seed) contents \(contents)")
        }
    }

    /// The parser's own bookkeeping says what it has yet to look at; no clock is asked.
    @Test(
        "Work is linear and memory bounded, one byte at a time",
        arguments: ["\r\n--", "\r\n--bound", "\r\n--boundary-x", "\r\n--boundary \t.", "\r"])
    func linear(repeated: String) throws {
        let content = String(repeating: repeated, count: 12_000 / repeated.utf8.count)
        let header = "X: " + String(repeating: "h", count: 8_000)
        let folded = String(repeating: "\r\n y", count: 20)
        let body = bytes("--boundary\r\n\(header)\(folded)\r\n\r\n\(content)\r\n--boundary--")
        let type = try #require(MediaType("multipart/related; boundary=boundary"))
        var parser = try MultipartParser(contentType: type)
        var looked = 0
        var longest = 0
        for byte in body {
            parser.feed([byte])
            let held = Bookkeeping(parser)
            looked += held.window - held.scanned
            longest = max(longest, held.window)
            while try parser.next() != nil {}
        }
        try parser.finish()
        // A delimiter line with its padding may be looked at once for each of its bytes.
        #expect(looked < 90 * body.count, "\(looked) bytes were looked at in \(body.count)")
        #expect(longest <= 8_192 + 90, "the header fields and a delimiter line at most")
    }

    private struct Bookkeeping {
        var window = 0
        var scanned = 0

        init(_ parser: MultipartParser) {
            for child in Mirror(reflecting: parser).children {
                if child.label == "window" { window = (child.value as? [UInt8])?.count ?? .max / 2 }
                if child.label == "scanned" { scanned = child.value as? Int ?? 0 }
            }
        }
    }
}

/// Inputs that once failed, as files beside the tests.
enum MultipartFailCases {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("FailCases")

    /// Keeps an input, which is an invented one; answers the name of its file.
    static func keep(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let name = String(hash, radix: 16) + ".multipart"
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? Data(bytes).write(to: folder.appendingPathComponent(name))
        return name
    }

    static func all() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "multipart" }.sorted { $0.path < $1.path }
            .map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
    }
}
