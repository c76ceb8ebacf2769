import JSON
import Testing

@testable import ImageClassifier

@Suite struct `An architecture` {
    static let example = #"""
        {"input":"image","side":96,"channels":1,"operations":[
        {"operation":"convolution","name":"stem","from":"image","to":"a","kernel":3,"stride":2,"rectify":true},
        {"operation":"convolution","name":"b","from":"a","to":"b","kernel":1,"stride":1,"add":"a","rectify":false},
        {"operation":"mean","from":"image","to":"small","size":2},
        {"operation":"linear","name":"pose","from":"b","to":"scores"}],"output":"scores"}
        """#

    static func parse(_ text: String) throws -> Architecture {
        try Architecture(json: try JSONValue(parsing: Array(text.utf8)))
    }

    @Test func `is read with all its operations`() throws {
        let architecture = try Self.parse(Self.example)
        #expect(architecture.side == 96 && architecture.channels == 1)
        #expect(architecture.input == "image" && architecture.output == "scores")
        #expect(
            architecture.operations == [
                .convolution(name: "stem", from: "image", to: "a", kernel: 3, stride: 2, add: nil, rectify: true),
                .convolution(name: "b", from: "a", to: "b", kernel: 1, stride: 1, add: "a", rectify: false),
                .mean(from: "image", to: "small", size: 2), .linear(name: "pose", from: "b", to: "scores"),
            ])
    }

    @Test func `with an unknown operation is refused by its name`() {
        let text = Self.example.replacing(#""mean","from""#, with: #""softmax","from""#)
        #expect(throws: ClassifierError(.operationUnknown, "softmax")) { try Self.parse(text) }
    }

    @Test(arguments: [
        (#""side":96"#, #""side":0"#), (#""side":96"#, #""side":513"#), (#""side":96"#, #""side":96.0"#),
        (#""side":96"#, #""side":"96""#), (#""channels":1,"#, ""), (#""channels":1"#, #""channels":5"#),
        (#""kernel":3"#, #""kernel":2"#), (#""kernel":3"#, #""kernel":5"#), (#""stride":2"#, #""stride":3"#),
        (#""stride":2,"#, ""), (#""rectify":true"#, #""rectify":1"#), (#""rectify":true"#, #""rectify":true,"x":1"#),
        (#""size":2"#, #""size":0"#), (#""size":2"#, #""size":65"#), (#""size":2"#, #""size":2,"name":"m""#),
        (#""add":"a""#, #""add":"nowhere""#), (#""add":"a""#, #""add":null"#), (#""add":"a""#, #""add":"b""#),
        (#""from":"b""#, #""from":"scores""#), (#""to":"small""#, #""to":"a""#), (#""to":"a""#, #""to":"image""#),
        (#""name":"b""#, #""name":"stem""#), (#""name":"b""#, #""name":"""#), (#""name":"b""#, #""name":"a b""#),
        (#""name":"b""#, #""name":"ä""#), (#""output":"scores""#, #""output":"nothing""#),
        (#""output":"scores""#, #""output":"scores","more":[]"#), (#""input":"image","#, ""),
        (#""operation":"linear","#, ""), (#""operations":["#, #""operations":[7,"#),
    ])
    func `that says anything else than the set allows is refused`(this: String, that: String) {
        let text = Self.example.replacing(this, with: that)
        #expect(text != Self.example)
        #expect { try Self.parse(text) } throws: { error in
            (error as? ClassifierError)?.code == .architectureInvalid
        }
    }

    @Test func `with too many operations, channels or multiplications is refused`() throws {
        let many = (0...Architecture.Limits.operations).map { index in
            Architecture.Operation.mean(from: "image", to: "v\(index)", size: 1)
        }
        #expect(Architecture(input: "image", side: 1, channels: 1, operations: many, output: "v0") == nil)
        #expect(
            Architecture(input: "image", side: 1, channels: 1, operations: .init(many.dropLast()), output: "v0") != nil)
        #expect(throws: Never.self) { try NetworkTests.single(side: 4, inputs: 1, outputs: 4096) }
        for (side, outputs) in [(4, 4097), (512, 100)] {
            #expect { try NetworkTests.single(side: side, inputs: 1, outputs: outputs) } throws: { error in
                (error as? ClassifierError)?.code == .architectureInvalid
            }
        }
    }

    @Test func `may be its input alone`() throws {
        let architecture = try Self.parse(
            #"{"input":"i","side":2,"channels":1,"operations":[],"output":"i"}"#)
        let network = try Network(architecture, prefix: "n", tensors: [:])
        #expect(network([1, 2, 3, 4])?.values == [1, 2, 3, 4])
    }

    @Test func `seeded mutations of its text are read or refused, and never trap`() throws {
        let seed: UInt64 = 0xA2C4
        var random = SplitMix(state: seed)
        let origin = Array(Self.example.utf8)
        let pieces = ["0", "-1", "99999999999999999999", "null", "\"a\"", "{}", "[", ",", "image", "stem"].map {
            Array($0.utf8)
        }
        var codes: [ClassifierError.Code: Int] = [:]
        for round in 0..<20_000 {
            var bytes = origin
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[at] = origin[Int.random(in: 0..<origin.count, using: &random)]
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
                default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                }
            }
            guard let json = try? JSONValue(parsing: bytes) else { continue }
            do {
                _ = try Architecture(json: json)
            } catch {
                codes[error.code, default: 0] += 1
                #expect([.architectureInvalid, .operationUnknown].contains(error.code), "seed \(seed) round \(round)")
            }
        }
        print("architecture fuzz: seed \(seed), \(codes)")
        #expect(codes.count == 2)
    }
}
