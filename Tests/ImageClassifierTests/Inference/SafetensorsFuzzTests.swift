import Foundation
import Testing

@testable import ImageClassifier

/// Seeded mutations of valid small files, and noise. `IMAGING_GATEWAY_FUZZ=long` takes a million, a number so many.
@Suite struct SafetensorsFuzzTests {
    private static let seed: UInt64 = 0x5AFE
    private static var count: Int {
        let text = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"]
        return text == "long" ? 1_000_000 : text.flatMap { Int($0) } ?? 20_000
    }

    private static let corpus: [[UInt8]] = [
        safetensors(
            #"{"__metadata__":{"a":"b","c":"{\"d\":1}"},"t":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#,
            body: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]),
        safetensors(
            #"{"a":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"b":{"shape":[1],"data_offsets":[0,4],"dtype":"F32"},"#
                + #""empty":{"dtype":"F32","shape":[3,0],"data_offsets":[8,8]}}   "#,
            body: [0, 0, 0, 0, 1, 2, 3, 4]),
        safetensors("{}", body: []),
    ]
    private static let pieces: [[UInt8]] =
        [
            "0", "1", "8", "-", "1e0", "[", "]", "{}", "\"F32\"", "\"__metadata__\":{},", "18446744073709551616",
            "\\u0000",
            "\"t\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0, 0, 0x80, 0x7F], [0, 0, 0xC0, 0x7F], [0]]

    private func mutated(_ random: inout SplitMix) -> [UInt8] {
        guard Int.random(in: 0..<10, using: &random) > 0 else {
            return (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        var bytes = Self.corpus.randomElement(using: &random) ?? []
        let keepsLength = Bool.random(using: &random)
        if Int.random(in: 0..<8, using: &random) == 0, bytes.count > 16 {
            let bits: UInt32 = [0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFFF_FFFF].randomElement(using: &random) ?? 0
            for index in 0..<4 {
                bytes[bytes.count - 4 + index] = UInt8(truncatingIfNeeded: bits >> (8 * UInt32(index)))
            }
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2: bytes.removeLast(bytes.count - at)
            case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 16)], at: at)
            default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        // A length that fits again lets the mutation come as far as the header's meaning.
        if !keepsLength, bytes.count > 8, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= 8 {
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: (end - 7) >> (8 * index)) }
        }
        return bytes
    }

    /// The file that says what was read, and nothing else.
    private func written(_ file: Safetensors) -> [UInt8] {
        var entries = file.metadata.isEmpty ? [] : ["\"__metadata__\":\(object(file.metadata))"]
        var body: [UInt8] = []
        for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
            let begin = body.count
            for value in tensor.values {
                for shift in [0, 8, 16, 24] as [UInt32] {
                    body.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
                }
            }
            entries.append(
                "\(quoted(name)):{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(begin),\(body.count)]}"
            )
        }
        return safetensors("{\(entries.joined(separator: ","))}", body: body)
    }

    private func object(_ values: [String: String]) -> String {
        "{\(values.map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ","))}"
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.utf16.map { "\\u" + String(UInt32(0x10000) + UInt32($0), radix: 16).dropFirst() }.joined() + "\""
    }

    @Test func `what is accepted is finite, fills its file and is read back equal; the rest is refused with a code`()
        throws
    {
        var random = SplitMix(state: Self.seed)
        var codes: [String: Int] = [:]
        for round in 0..<Self.count {
            let bytes = mutated(&random)
            do {
                let file = try Safetensors(parsing: bytes)
                codes["read", default: 0] += 1
                let numbers = file.tensors.values.reduce(0) { $0 + $1.values.count }
                #expect(4 * numbers <= bytes.count - 10, "seed \(Self.seed) round \(round)")
                for tensor in file.tensors.values {
                    #expect(tensor.shape.reduce(1, *) == tensor.values.count, "seed \(Self.seed) round \(round)")
                    #expect(!tensor.values.contains { !$0.isFinite }, "seed \(Self.seed) round \(round)")
                }
                let again = try Safetensors(parsing: written(file))
                #expect(
                    again.tensors == file.tensors && again.metadata == file.metadata, "seed \(Self.seed) round \(round)"
                )
            } catch {
                codes[error.code.rawValue, default: 0] += 1
                #expect(
                    [.weightsMalformed, .weightsNotFinite].contains(error.code), "seed \(Self.seed) round \(round)")
            }
        }
        print("safetensors fuzz: \(Self.count) inputs, seed \(Self.seed), \(codes)")
        #expect(codes.count == 3 && (codes.values.min() ?? 0) > Self.count / 1000)
    }
}
