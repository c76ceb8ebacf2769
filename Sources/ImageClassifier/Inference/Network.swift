/// An architecture with its weights, ready to compute.
///
/// Every number of the result is defined to the bit: sums start at the bias and run over tap row, tap column and input
/// channel, each step one fused multiply-add in single precision, whatever the processor.
struct Network: Sendable {
    private let input: MapStorage
    private let output: MapStorage
    private let steps: [any NetworkStep]
    private let size: Int

    /// Takes the weights of `prefix` + `.` + layer from the tensors.
    ///
    /// Throws `weightsIncomplete` with the tensor's name where one is missing or does not fit, `architectureInvalid`
    /// where shapes do not fit each other or the network is larger than allowed.
    init(
        _ architecture: Architecture, prefix: String, tensors: [String: Safetensors.Tensor]
    ) throws(ClassifierError) {
        try self.init(architecture, prefix: prefix, tensors: tensors, path: .fastest)
    }

    /// The same on a given path; tests compare them.
    init(
        _ architecture: Architecture, prefix: String, tensors: [String: Safetensors.Tensor], path: ConvolutionPath
    ) throws(ClassifierError) {
        var assembly = NetworkAssembly(architecture, layers: LayerTensors(prefix: prefix, tensors: tensors), path: path)
        for (index, operation) in architecture.operations.enumerated() {
            try assembly.append(operation, step: index)
        }
        guard let input = assembly.maps[architecture.input], let output = assembly.maps[architecture.output] else {
            throw ClassifierError(.architectureInvalid, "output")
        }
        self.input = input
        self.output = output
        steps = assembly.steps
        // A kernel may read a whole vector where the last channels begin.
        size = assembly.placement.size + 64
    }

    /// The output for an image of the architecture's side and channels (row by row, channels last); `nil` for another
    /// size, and where a result is not finite.
    func callAsFunction(_ image: [Float]) -> FeatureMap? {
        guard image.count == input.rows * input.columns * input.channels else { return nil }
        let values = unsafe withUnsafeTemporaryAllocation(
            byteCount: size * MemoryLayout<Float>.stride, alignment: 64
        ) { buffer in
            let numbers = unsafe buffer.bindMemory(to: Float.self)
            guard let start = numbers.baseAddress else { return [Float]() }
            unsafe write(image, start)
            for step in steps { unsafe step(start) }
            return unsafe read(start)
        }
        guard values.allSatisfy(\.isFinite) else { return nil }
        return FeatureMap(rows: output.rows, columns: output.columns, channels: output.channels, values: values)
    }

    private func write(_ image: [Float], _ numbers: UnsafeMutablePointer<Float>) {
        unsafe input.clearBorder(numbers)
        let width = input.columns * input.channels
        unsafe image.withUnsafeBufferPointer { image in
            guard let image = image.baseAddress else { return }
            for row in 0..<input.rows {
                unsafe (numbers + input.offset(row: row, column: 0)).update(from: image + row * width, count: width)
            }
        }
    }

    private func read(_ numbers: UnsafeMutablePointer<Float>) -> [Float] {
        let width = output.columns * output.channels
        return unsafe [Float](unsafeUninitializedCapacity: output.rows * width) { values, initialized in
            for row in 0..<output.rows {
                unsafe values.baseAddress?.advanced(by: row * width).initialize(
                    from: numbers + output.offset(row: row, column: 0), count: width)
            }
            initialized = output.rows * width
        }
    }
}

/// One operation on the buffer of a run.
protocol NetworkStep: Sendable {
    /// Reads its sources, writes its result and the border around it.
    @unsafe func callAsFunction(_ numbers: UnsafeMutablePointer<Float>)
}
