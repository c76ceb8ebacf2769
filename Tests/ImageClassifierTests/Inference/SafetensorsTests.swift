import Testing

@testable import ImageClassifier

@Suite struct SafetensorsTests {
    @Test func `a well-formed file is read`() throws {
        let header = #"{"__metadata__":{"a":"b"},"t":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#
        let file = try Safetensors(parsing: safetensors(header, body: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]))
        #expect(file.metadata == ["a": "b"])
        #expect(file.tensors == ["t": .init(shape: [1, 2], values: [1, -2])])
    }

    @Test(arguments: [
        #"[]"#, #"{"t":1}"#, #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#,
        #"{"t":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
        #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
        #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}"#,
        #"{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"t":{"dtype":"F32","shape":[1,1,1,1,2],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
        #"{"t":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"__metadata__":{"a":1},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, #" {}"#,
        #"{"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"__metadata__":{},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{}}"#,
        #"{"__metadata__":{"a":"1","a":"2"},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}"#,
        #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#,
        #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#,
        #"{"t":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}"#,
    ])
    func `a header that lies about its data is refused`(header: String) {
        #expect(throws: ClassifierError.self) {
            try Safetensors(parsing: safetensors(header, body: [UInt8](repeating: 0, count: 8)))
        }
    }

    @Test(arguments: ["", #"\u001b]0;owned\u0007"#, "a b", "ä", String(repeating: "n", count: 129)])
    func `a name that is not short and printable is refused`(name: String) {
        let tensor = #"{"\#(name)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#
        #expect(throws: ClassifierError(.weightsMalformed, "tensor name")) {
            try Safetensors(parsing: safetensors(tensor, body: []))
        }
        #expect(throws: ClassifierError(.weightsMalformed, "__metadata__")) {
            try Safetensors(parsing: safetensors(#"{"__metadata__":{"\#(name)":"b"}}"#, body: []))
        }
    }

    @Test func `infinite and undefined weights are refused`() {
        let header = #"{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        for body: [UInt8] in [[0, 0, 0x80, 0x7F], [0, 0, 0x80, 0xFF], [0, 0, 0xC0, 0x7F], [1, 0, 0x80, 0x7F]] {
            #expect(throws: ClassifierError(.weightsNotFinite, "t")) {
                try Safetensors(parsing: safetensors(header, body: body))
            }
        }
    }

    @Test(arguments: [UInt64.max, 1 << 63, 1 << 32, 3, 1, 0])
    func `a header length beyond the file is refused`(length: UInt64) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + [0x7B, 0x7D]
        #expect(throws: ClassifierError.self) { try Safetensors(parsing: bytes) }
    }

    @Test func `bytes that are no UTF-8 in its shortest form are refused in a name`() {
        let text = #"{"tt":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        for pair: [UInt8] in [[0xC1, 0xB4], [0xC0, 0x80], [0xED, 0xA0], [0xFF, 0xFE]] {
            var bytes = safetensors(text, body: [0, 0, 0, 0])
            #expect(throws: Never.self) { try Safetensors(parsing: bytes) }
            bytes.replaceSubrange(10..<12, with: pair)
            #expect(throws: ClassifierError.self) { try Safetensors(parsing: bytes) }
        }
    }

    @Test func `limits on bytes, header and tensors hold`() {
        let header = #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#
        let bytes = safetensors(header, body: [])
        #expect(throws: Never.self) { try Safetensors(parsing: bytes) }
        for limits: Safetensors.Limits in [.init(fileBytes: 20), .init(headerBytes: 20), .init(tensors: 0)] {
            #expect(throws: ClassifierError.self) { try Safetensors(parsing: bytes, limits: limits) }
        }
    }
}

/// A safetensors file with a given header text.
func safetensors(_ header: String, body: [UInt8]) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + body
}
