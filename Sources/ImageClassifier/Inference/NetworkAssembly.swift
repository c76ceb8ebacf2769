/// The tensors of one network in a weights file.
struct LayerTensors {
    let prefix: String
    let tensors: [String: Safetensors.Tensor]

    func tensor(_ layer: String, _ part: String) throws(ClassifierError) -> Safetensors.Tensor {
        let name = "\(prefix).\(layer).\(part)"
        guard let tensor = tensors[name] else { throw ClassifierError(.weightsIncomplete, name) }
        return tensor
    }

    func misfit(_ layer: String, _ part: String) -> ClassifierError {
        ClassifierError(.weightsIncomplete, "\(prefix).\(layer).\(part)")
    }
}

/// Checks that the operations of an architecture and its weights fit together, and gives each value its place.
struct NetworkAssembly {
    private(set) var maps: [String: MapStorage] = [:]
    private(set) var steps: [any NetworkStep] = []
    private(set) var placement = MapPlacement()
    private let lastUses: [String: Int]
    private let layers: LayerTensors
    private let path: ConvolutionPath
    private var multiplications = 0

    init(_ architecture: Architecture, layers: LayerTensors, path: ConvolutionPath) {
        var lastUses: [String: Int] = [:]
        for (index, operation) in architecture.operations.enumerated() {
            lastUses[operation.to] = index
            for source in operation.sources { lastUses[source] = index }
        }
        lastUses[architecture.output] = architecture.operations.count
        self.lastUses = lastUses
        self.layers = layers
        self.path = path
        maps[architecture.input] = storage(
            architecture.input, rows: architecture.side, columns: architecture.side, channels: architecture.channels,
            step: -1)
    }

    mutating func append(_ operation: Architecture.Operation, step: Int) throws(ClassifierError) {
        switch operation {
        case .convolution(let name, let from, let to, let kernel, let stride, let add, let rectify):
            let source = try map(from)
            let weight = try layers.tensor(name, "weight")
            guard weight.shape.count == 4, weight.shape[0] == kernel, weight.shape[1] == kernel,
                weight.shape[2] == source.channels
            else { throw layers.misfit(name, "weight") }
            let target = try place(
                to, rows: (source.rows - 1) / stride + 1, columns: (source.columns - 1) / stride + 1,
                channels: weight.shape[3], step: step)
            let addend: MapStorage? = if let add { try map(add) } else { nil }
            if let addend {
                guard addend.rows == target.rows, addend.columns == target.columns,
                    addend.channels == target.channels
                else { throw ClassifierError(.architectureInvalid, "operations[\(step)].add") }
            }
            let window = Convolution.Window(
                rows: kernel, run: kernel * source.channels, stride: stride,
                first: source.offset(row: -(kernel / 2), column: -(kernel / 2)))
            try count(target.rows * target.columns, window, target.channels, step)
            steps.append(
                Convolution(
                    weights: try packed(name, weight), source: source, target: target, addend: addend, window: window,
                    rectify: rectify, path: path))
        case .mean(let from, let to, let size):
            let source = try map(from)
            guard source.rows.isMultiple(of: size), source.columns.isMultiple(of: size) else {
                throw ClassifierError(.architectureInvalid, "operations[\(step)].size")
            }
            let target = try place(
                to, rows: source.rows / size, columns: source.columns / size, channels: source.channels, step: step)
            steps.append(BlockMean(source: source, target: target, size: size))
        case .linear(let name, let from, let to):
            let source = try map(from)
            let weight = try layers.tensor(name, "weight")
            guard weight.shape.count == 2, weight.shape[0] == source.rows * source.columns * source.channels else {
                throw layers.misfit(name, "weight")
            }
            let target = try place(to, rows: 1, columns: 1, channels: weight.shape[1], step: step)
            let window = Convolution.Window(
                rows: source.rows, run: source.columns * source.channels, stride: 1,
                first: source.offset(row: 0, column: 0))
            try count(1, window, target.channels, step)
            steps.append(
                Convolution(
                    weights: try packed(name, weight), source: source, target: target, addend: nil, window: window,
                    rectify: false, path: path))
        }
    }

    private func map(_ name: String) throws(ClassifierError) -> MapStorage {
        guard let map = maps[name] else { throw ClassifierError(.architectureInvalid, name) }
        return map
    }

    private mutating func place(
        _ name: String, rows: Int, columns: Int, channels: Int, step: Int
    ) throws(ClassifierError) -> MapStorage {
        guard (1...Architecture.Limits.channels).contains(channels),
            MapStorage.size(rows: rows, columns: columns, channels: channels) <= Architecture.Limits.numbers
        else { throw ClassifierError(.architectureInvalid, "operations[\(step)].to") }
        let storage = storage(name, rows: rows, columns: columns, channels: channels, step: step)
        guard placement.size <= Architecture.Limits.numbers else {
            throw ClassifierError(.architectureInvalid, "operations[\(step)].to")
        }
        maps[name] = storage
        return storage
    }

    private mutating func storage(
        _ name: String, rows: Int, columns: Int, channels: Int, step: Int
    ) -> MapStorage {
        let size = MapStorage.size(rows: rows, columns: columns, channels: channels)
        let start = placement.place(size, step: step, lastUse: lastUses[name] ?? step)
        return MapStorage(rows: rows, columns: columns, channels: channels, start: start)
    }

    private mutating func count(
        _ pixels: Int, _ window: Convolution.Window, _ outputs: Int, _ step: Int
    ) throws(ClassifierError) {
        // No overflow: a weight tensor has the size of rows × run × outputs, and pixels are bounded.
        multiplications += pixels * window.rows * window.run * outputs
        guard multiplications <= Architecture.Limits.multiplications else {
            throw ClassifierError(.architectureInvalid, "operations[\(step)]")
        }
    }

    private func packed(
        _ layer: String, _ weight: Safetensors.Tensor
    ) throws(ClassifierError) -> PackedWeights {
        let bias = try layers.tensor(layer, "bias")
        guard let outputs = weight.shape.last, bias.shape == [outputs] else { throw layers.misfit(layer, "bias") }
        return PackedWeights(matrix: weight.values, bias: bias.values, lanes: path.lanes)
    }
}
