/// A network as data: operations of the documented set (`docs/integrate/model-operations.md`), one after the other, each
/// from values that exist already to a new one.
struct Architecture: Sendable, Equatable {
    /// One operation.
    enum Operation: Sendable, Equatable {
        /// A square kernel over a map with a border of zeros, bias, an addend if any, negative values to zero if asked.
        case convolution(
            name: String, from: String, to: String, kernel: Int, stride: Int, add: String?, rectify: Bool)
        /// Means of square blocks of `size` × `size`.
        case mean(from: String, to: String, size: Int)
        /// A whole map to some numbers.
        case linear(name: String, from: String, to: String)

        /// The value that it makes.
        var to: String {
            switch self {
            case .convolution(_, _, let to, _, _, _, _), .mean(_, let to, _), .linear(_, _, let to): to
            }
        }

        /// The values that it reads.
        var sources: [String] {
            switch self {
            case .convolution(_, let from, _, _, _, let add, _): add.map { [from, $0] } ?? [from]
            case .mean(let from, _, _), .linear(_, let from, _): [from]
            }
        }
    }

    /// Limits on everything that the description controls.
    enum Limits {
        static let side = 512
        static let inputChannels = 4
        static let operations = 256
        static let nameLength = 64
        /// Channels of any value.
        static let channels = 4096
        /// Numbers of any value, and of all values that are kept at once.
        static let numbers = 1 << 24
        /// Multiply-adds of a network for one view, and of all networks and views of an image together: about 0.2 s of
        /// one core with AVX2.
        static let multiplications = 8_000_000_000
    }

    /// Name of the value that the image is.
    let input: String
    /// Rows and columns of the image.
    let side: Int
    /// Channels of the image.
    let channels: Int
    let operations: [Operation]
    /// Name of the value that is the result.
    let output: String

    /// Makes an architecture whose operations read only what exists and never give two values one name.
    init?(input: String, side: Int, channels: Int, operations: [Operation], output: String) {
        guard (1...Limits.side).contains(side), (1...Limits.inputChannels).contains(channels),
            operations.count <= Limits.operations
        else { return nil }
        var values: Set<String> = [input]
        var layers: Set<String> = []
        for operation in operations {
            guard operation.sources.allSatisfy({ values.contains($0) }), values.insert(operation.to).inserted else {
                return nil
            }
            switch operation {
            case .convolution(let name, _, _, _, _, _, _), .linear(let name, _, _):
                guard layers.insert(name).inserted else { return nil }
            case .mean: break
            }
        }
        guard values.contains(output) else { return nil }
        self.input = input
        self.side = side
        self.channels = channels
        self.operations = operations
        self.output = output
    }
}
