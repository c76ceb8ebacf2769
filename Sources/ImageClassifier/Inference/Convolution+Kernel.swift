// The only file of this target with unsafe pointers: bounds checks in the innermost loop cost more than the
// arithmetic. Every index below is bounded by shapes that `Convolution.init` and `callAsFunction` have checked.

extension Convolution {
    /// Output pixels worked on at once: with 8 channels each, the sums stay in the 16 registers of plain x86-64.
    private static let block = 6

    private typealias Lane = SIMD8<Float>

    /// Each output element is bias + taps in the order row, column, input channel; product and sum are rounded
    /// separately. The order does not depend on the block, so the bits do not either.
    func convolve(_ input: FeatureMap, rows: Int, columns: Int) -> [Float] {
        let count = rows * columns * outputs
        return unsafe [Float](unsafeUninitializedCapacity: count) { result, initialized in
            unsafe result.initialize(repeating: 0)
            unsafe input.values.withUnsafeBufferPointer { source in
                unsafe weights.withUnsafeBufferPointer { weights in
                    unsafe bias.withUnsafeBufferPointer { bias in
                        guard let source = source.baseAddress, let weights = weights.baseAddress,
                            let bias = bias.baseAddress, let result = result.baseAddress
                        else { return }
                        for row in 0..<rows {
                            for column in Swift.stride(from: 0, to: columns, by: Self.block) {
                                for channel in Swift.stride(from: 0, to: outputs, by: Self.lanes) {
                                    unsafe sums(
                                        source + (row * input.columns + column) * stride * inputs,
                                        pitch: input.columns * inputs, weights: weights + channel,
                                        bias: bias + channel, width: min(Self.block, columns - column),
                                        into: result + (row * columns + column) * outputs + channel)
                                }
                            }
                        }
                    }
                }
            }
            initialized = count
        }
    }

    @inline(__always)
    private func load(_ pointer: UnsafePointer<Float>) -> Lane {
        unsafe UnsafeRawPointer(pointer).loadUnaligned(as: Lane.self)
    }

    @inline(__always)
    private func store(_ value: Lane, _ pointer: UnsafeMutablePointer<Float>) {
        unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Lane.self)
    }

    /// `width` output pixels (at most six) of eight channels. Past the end of a row the last pixel is computed again
    /// rather than read beyond the buffer, and not stored.
    private func sums(
        _ source: UnsafePointer<Float>, pitch: Int, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        width: Int, into result: UnsafeMutablePointer<Float>
    ) {
        let start = unsafe load(bias)
        var (s0, s1, s2, s3, s4, s5) = (start, start, start, start, start, start)
        let step = stride * inputs
        let last = (width - 1) * step
        let (o1, o2, o3) = (min(step, last), min(2 * step, last), min(3 * step, last))
        let (o4, o5) = (min(4 * step, last), min(5 * step, last))
        var weight = unsafe weights
        for tap in 0..<(side * side) {
            var pixel = unsafe source + (tap / side) * pitch + (tap % side) * inputs
            for _ in 0..<inputs {
                let w = unsafe load(weight)
                unsafe s0 += w * pixel[0]
                unsafe s1 += w * pixel[o1]
                unsafe s2 += w * pixel[o2]
                unsafe s3 += w * pixel[o3]
                unsafe s4 += w * pixel[o4]
                unsafe s5 += w * pixel[o5]
                unsafe weight += outputs
                unsafe pixel += 1
            }
        }
        unsafe store(s0, result)
        if width > 1 { unsafe store(s1, result + outputs) }
        if width > 2 { unsafe store(s2, result + 2 * outputs) }
        if width > 3 { unsafe store(s3, result + 3 * outputs) }
        if width > 4 { unsafe store(s4, result + 4 * outputs) }
        if width > 5 { unsafe store(s5, result + 5 * outputs) }
    }
}
