internal import JSON

/// A safetensors file: little-endian header length, JSON header, then the tensors without gaps.
///
/// Only what a model of ours needs is accepted: F32, finite, gapless, within bounds. Whatever is left over or
/// overlaps is refused, so that two readers cannot see different weights in one file with one digest.
struct Safetensors: Sendable {
    /// One tensor, row-major.
    struct Tensor: Sendable, Equatable {
        let shape: [Int]
        let values: [Float]
    }

    /// Limits on everything that the file controls.
    struct Limits: Sendable {
        var fileBytes = 64 << 20
        var headerBytes = 256 << 10
        var tensors = 1024
        var dimensions = 4
    }

    /// Names stand in errors, logs and on terminals: 1 to 128 visible characters of ASCII.
    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    let metadata: [String: String]
    let tensors: [String: Tensor]

    init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(ClassifierError) {
        guard bytes.count >= 8, bytes.count <= limits.fileBytes else { throw Self.malformed("size") }
        var length: UInt64 = 0
        for index in (0..<8).reversed() {
            length = length << 8 | UInt64(bytes[index])
        }
        guard length >= 2, length <= UInt64(limits.headerBytes), Int(length) <= bytes.count - 8 else {
            throw Self.malformed("header length")
        }
        let start = 8 + Int(length)
        guard bytes[8] == UInt8(ascii: "{"), let header = try? JSONValue(parsing: Array(bytes[8..<start])),
            let entries = header.object
        else { throw Self.malformed("header") }

        var metadata: [String: String] = [:]
        var spans: [Span] = []
        for (name, value) in entries {
            if name == "__metadata__" {
                metadata = try Self.strings(value)
            } else {
                guard spans.count < limits.tensors else { throw Self.malformed("tensor count") }
                spans.append(try Self.span(name, value, available: bytes.count - start, limits: limits))
            }
        }
        self.metadata = metadata
        self.tensors = try Self.read(spans, from: bytes, at: start)
    }

    private struct Span {
        let name: String
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    private static func malformed(_ place: String) -> ClassifierError {
        ClassifierError(.weightsMalformed, place)
    }

    private static func strings(_ value: JSONValue) throws(ClassifierError) -> [String: String] {
        guard let entries = value.object else { throw malformed("__metadata__") }
        var result: [String: String] = [:]
        for (name, value) in entries {
            guard isName(name), let text = value.string else { throw malformed("__metadata__") }
            result[name] = text
        }
        return result
    }

    private static func span(
        _ name: String, _ value: JSONValue, available: Int, limits: Limits
    ) throws(ClassifierError) -> Span {
        guard isName(name) else { throw malformed("tensor name") }
        guard let entries = value.object, entries.count == 3, value["dtype"]?.string == "F32",
            let shape = integers(value["shape"], atMost: limits.dimensions),
            let offsets = integers(value["data_offsets"], atMost: 2), offsets.count == 2,
            offsets[0] <= offsets[1], offsets[1] <= available
        else { throw malformed("tensor entry") }
        var bytes = 4
        for dimension in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw malformed("tensor shape") }
            bytes = product
        }
        guard bytes == offsets[1] - offsets[0] else { throw malformed("tensor extent") }
        return Span(name: name, shape: shape, begin: offsets[0], end: offsets[1])
    }

    private static func integers(_ value: JSONValue?, atMost limit: Int) -> [Int]? {
        guard let array = value?.array, array.count <= limit else { return nil }
        let result = array.compactMap { $0.int }
        return result.count == array.count && result.allSatisfy { $0 >= 0 } ? result : nil
    }

    private static func read(
        _ spans: [Span], from bytes: [UInt8], at start: Int
    ) throws(ClassifierError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        var expected = 0
        for span in spans.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard span.begin == expected else { throw malformed("tensor gap or overlap") }
            expected = span.end
            guard let values = floats(bytes[(start + span.begin)..<(start + span.end)]) else {
                throw ClassifierError(.weightsNotFinite, span.name)
            }
            tensors[span.name] = Tensor(shape: span.shape, values: values)
        }
        guard start + expected == bytes.count else { throw malformed("trailing bytes") }
        return tensors
    }

    /// Little-endian single precision; nil where a value is infinite or not a number.
    private static func floats(_ bytes: ArraySlice<UInt8>) -> [Float]? {
        var isFinite = true
        let values = unsafe bytes.withUnsafeBytes { source in
            unsafe [Float](unsafeUninitializedCapacity: source.count / 4) { target, initialized in
                initialized = source.count / 4
                for index in 0..<initialized {
                    let bits = unsafe source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                    let value = Float(bitPattern: UInt32(littleEndian: bits))
                    isFinite = isFinite && value.isFinite
                    unsafe target[index] = value
                }
            }
        }
        return isFinite ? values : nil
    }
}
