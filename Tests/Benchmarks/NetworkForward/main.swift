import Glibc
import JSON

/// The network of a weights file on prepared images, alone: what `Tests/Benchmarks/network.py` times beside ONNX Runtime.
///
/// `network-forward WEIGHTS IMAGES` reads a safetensors file with an architecture and images as little-endian floats, and
/// then commands from standard input, one a line, each answered by one line:
/// `logits PATH COUNT` → a digest of all bits of the first feature maps, and their logits;
/// `time PATH TASKS SECONDS` → images done, seconds of wall clock and of processor. PATH is `avx512`, `avx2` or `baseline`.
struct Model {
    let network: Network
    let weights: [Float]
    let bias: Float

    init(_ file: Safetensors, _ path: ConvolutionPath) throws {
        guard let text = file.metadata["architecture"],
            let member = try JSONValue(parsing: Array((file.metadata["members"] ?? "[]").utf8))[0]?.string,
            let weights = file.tensors["\(member).head.weight"]?.values,
            let bias = file.tensors["\(member).head.bias"]?.values.first
        else { throw ClassifierError(.weightsIncomplete) }
        let architecture = try Architecture(json: try JSONValue(parsing: Array(text.utf8)))
        network = try Network(architecture, prefix: member, tensors: file.tensors, path: path)
        (self.weights, self.bias) = (weights, bias)
    }

    /// The logit as the ensemble computes it.
    func logit(_ map: FeatureMap) -> Double {
        let values = (0..<(map.rows * map.columns)).map { position in
            (0..<map.channels).reduce(0.0) {
                $0 + Double(weights[$1]) * Double(map.values[position * map.channels + $1])
            }
        }
        return values.reduce(0, +) / Double(values.count) + Double(bias)
    }
}

/// All bytes of a file.
func read(_ path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { throw ClassifierError(.modelUnreadable, path) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = unsafe fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes
}

func line(_ text: String) {
    print(text)
    fflush(nil)
}

/// Runs the images again and again in some tasks for a while.
func timed(_ model: Model, _ images: [[Float]], tasks: Int, seconds: Double) async -> String {
    let (start, processor) = (ContinuousClock.now, clock())
    let end = start + .seconds(seconds)
    let done = await withTaskGroup(of: Int.self) { group in
        for task in 0..<tasks {
            group.addTask {
                var done = 0
                while ContinuousClock.now < end {
                    guard model.network(images[(task + done) % images.count]) != nil else { return 0 }
                    done += 1
                }
                return done
            }
        }
        return await group.reduce(0, +)
    }
    let used = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    return "\(done) \((ContinuousClock.now - start) / .seconds(1)) \(used)"
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else { throw ClassifierError(.modelUnreadable, "network-forward WEIGHTS IMAGES") }
let file = try Safetensors(parsing: try read(arguments[1]))
var models: [ConvolutionPath: Model] = [:]
for path in ConvolutionPath.available { models[path] = try Model(file, path) }
let architecture = try JSONValue(parsing: Array((file.metadata["architecture"] ?? "{}").utf8))
let size = (architecture["side"]?.int ?? 0) * (architecture["side"]?.int ?? 0)
let bytes = try read(arguments[2])
let images = stride(from: 0, to: bytes.count, by: 4 * max(size, 1)).map { start in
    stride(from: start, to: start + 4 * size, by: 4).map { place in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
    }
}
line("paths \(ConvolutionPath.available.map(\.rawValue).joined(separator: " ")) images \(images.count)")
while let words = readLine()?.split(separator: " ").map(String.init), let command = words.first {
    guard words.count > 1, let path = ConvolutionPath(rawValue: words[1]), let model = models[path] else {
        line("unknown")
        continue
    }
    if command == "logits", words.count == 3, let count = Int(words[2]) {
        var (digest, logits): (UInt64, [String]) = (0xCBF2_9CE4_8422_2325, [])
        for image in images.prefix(count) {
            guard let map = model.network(image) else { throw ClassifierError(.weightsNotFinite) }
            for value in map.values { digest = (digest ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3 }
            logits.append("\(model.logit(map))")
        }
        line("\(digest) \(logits.joined(separator: " "))")
    } else if words.count == 4, let tasks = Int(words[2]), let seconds = Double(words[3]) {
        line(await timed(model, images, tasks: tasks, seconds: seconds))
    }
}
