internal import CConvolution

/// A convolution or a linear layer with its weights, its place in the buffer of a run and the instructions it uses.
struct Convolution: NetworkStep {
    /// What one output pixel is a sum of: `rows` times `run` consecutive numbers.
    struct Window: Sendable {
        let rows: Int
        let run: Int
        let stride: Int
        /// Where the first pixel's window begins.
        let first: Int
    }

    private let weights: PackedWeights
    private let source: MapStorage
    private let target: MapStorage
    private let addend: MapStorage?
    private let window: Window
    private let rectify: Bool
    private let path: ConvolutionPath
    /// Where the window of each output pixel begins, from the first pixel's.
    private let inputOffsets: [Int32]
    /// Where each output pixel's channels begin, from the map's first number.
    private let outputOffsets: [Int32]

    /// The caller has made sure that shapes fit.
    init(
        weights: PackedWeights, source: MapStorage, target: MapStorage, addend: MapStorage?, window: Window,
        rectify: Bool, path: ConvolutionPath
    ) {
        self.weights = weights
        self.source = source
        self.target = target
        self.addend = addend
        self.window = window
        self.rectify = rectify
        self.path = path
        var inputs: [Int32] = []
        var outputs: [Int32] = []
        for row in 0..<target.rows {
            for column in 0..<target.columns {
                inputs.append(
                    Int32(row * window.stride * source.pitch + column * window.stride * source.channels))
                outputs.append(Int32(target.offset(row: row, column: column) - target.start))
            }
        }
        // The kernels take whole groups of pixels: the last one is computed again, to the same bits.
        if let last = inputs.last, let end = outputs.last {
            let group = Int(convolution_pixels)
            let missing = (group - inputs.count % group) % group
            inputs += [Int32](repeating: last, count: missing)
            outputs += [Int32](repeating: end, count: missing)
        }
        inputOffsets = inputs
        outputOffsets = outputs
    }

    func callAsFunction(_ numbers: UnsafeMutablePointer<Float>) {
        unsafe target.clearBorder(numbers)
        unsafe weights.values.withUnsafeBufferPointer { values in
            unsafe weights.bias.withUnsafeBufferPointer { bias in
                unsafe inputOffsets.withUnsafeBufferPointer { inputs in
                    unsafe outputOffsets.withUnsafeBufferPointer { outputs in
                        guard let values = values.baseAddress, let bias = bias.baseAddress,
                            let inputs = inputs.baseAddress, let outputs = outputs.baseAddress
                        else { return }
                        var task = unsafe convolution_task(
                            input: numbers + window.first, input_offsets: inputs, output_offsets: outputs,
                            pixels: Int64(inputOffsets.count), rows: Int64(window.rows), run: Int64(window.run),
                            pitch: Int64(source.pitch), weights: values, bias: bias, outputs: Int64(weights.outputs),
                            addend: addend.map { unsafe UnsafePointer(numbers) + $0.start },
                            output: numbers + target.start, rectify: rectify)
                        unsafe path.convolve(&task)
                    }
                }
            }
        }
    }
}
