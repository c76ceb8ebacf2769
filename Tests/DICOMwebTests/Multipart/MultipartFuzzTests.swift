import DICOMweb
import Testing

@Suite("multipart/related under fuzz")
struct MultipartFuzzTests {
    private static let pieces = [
        "\r\n--b", "--b", "--", "\r\n", "\r", "\n", "-", "b", ": ", "Content-Type: x", "DICM", " ", "\t", "\0",
        "\r\n\r\n",
    ]
    private static let valid =
        "pre\r\n--b\r\nContent-Type: application/dicom\r\n\r\nDI\r\n-CM\r\n--b\r\n\r\nx\r\n--b--\r\n"

    private func mutated(using generator: inout SeededGenerator) -> [UInt8] {
        var body = Bool.random(using: &generator) ? bytes(Self.valid) : []
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
            let at = Int.random(in: 0...body.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0 where !body.isEmpty:
                body.remove(at: min(at, body.count - 1))
            case 1 where !body.isEmpty:
                body[min(at, body.count - 1)] = UInt8.random(in: 0...255, using: &generator)
            default:
                body.insert(contentsOf: bytes(Self.pieces.randomElement(using: &generator) ?? ""), at: at)
            }
        }
        return body
    }

    @Test("Any cut of any bytes gives the same parts", arguments: [21, 22, 23, 24] as [UInt64])
    func anyCut(seed: UInt64) {
        print("MultipartParser fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let limits = MultipartLimits(preambleBytes: 16, headerBytes: 24, partBytes: 24, parts: 3)
        for round in 0..<6_000 {
            let body = mutated(using: &generator)
            let whole = parse([body], limits: limits)
            var cut: [[UInt8]] = []
            var rest = body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...6, using: &generator))
                cut.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            guard parse(cut, limits: limits) != whole else { continue }
            Issue.record("seed \(seed) round \(round) body \(body)")
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
}
