// One source for all instruction sets: the other kernel targets hold a link to this file and are compiled with other
// flags. Only unsafe pointers, vectors and while loops, and all of it private and inlined but one function: whatever
// the compiler emits as a function of the standard library could be shared by the linker with code for processors that
// lack the instructions. Tests/EndToEndTests/test_kernels.py looks for such functions.
public import CConvolution

#if CONVOLUTION_AVX512
private typealias Vector = SIMD16<Float>
private typealias Half = SIMD8<Float>
#elseif CONVOLUTION_AVX2
private typealias Vector = SIMD8<Float>
private typealias Half = SIMD4<Float>
#else
private typealias Vector = SIMD4<Float>
private typealias Half = SIMD2<Float>
#endif

/// Whether sums of twelve pixels find room in the registers beside those of a second vector of channels.
@inline(__always)
private var hasManyRegisters: Bool {
    #if CONVOLUTION_AVX2
    false
    #else
    true
    #endif
}

/// Channels of one vector.
@inline(__always)
private var width: Int {
    #if CONVOLUTION_AVX512
    16
    #elseif CONVOLUTION_AVX2
    8
    #else
    4
    #endif
}

@inline(__always)
private func fused(_ sum: Vector, _ factor: Vector, _ value: Float) -> Vector {
    #if CONVOLUTION_AVX512
    convolution_fused16(sum, factor, value)
    #elseif CONVOLUTION_AVX2
    convolution_fused8(sum, factor, value)
    #else
    convolution_fused4(sum, factor, value)
    #endif
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Float>) -> Vector {
    unsafe UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

/// Sums of six pixels, one vector of channels each.
private struct Sums {
    var s0, s1, s2, s3, s4, s5: Vector

    @inline(__always)
    init(_ start: Vector) {
        (s0, s1, s2, s3, s4, s5) = (start, start, start, start, start, start)
    }
}

/// Where the inputs of six pixels are.
@safe private struct Sources {
    var p0, p1, p2, p3, p4, p5: UnsafePointer<Float>

    @inline(__always)
    init(_ input: UnsafePointer<Float>, _ offsets: UnsafePointer<Int32>) {
        unsafe p0 = input + Int(offsets[0])
        unsafe p1 = input + Int(offsets[1])
        unsafe p2 = input + Int(offsets[2])
        unsafe p3 = input + Int(offsets[3])
        unsafe p4 = input + Int(offsets[4])
        unsafe p5 = input + Int(offsets[5])
    }

    @inline(__always)
    mutating func advance(_ pitch: Int) {
        unsafe p0 += pitch
        unsafe p1 += pitch
        unsafe p2 += pitch
        unsafe p3 += pitch
        unsafe p4 += pitch
        unsafe p5 += pitch
    }
}

/// Two vectors of channels for six pixels.
private struct Block {
    var low: Sums
    var high: Sums
    var sources: Sources

    @inline(__always)
    init(_ low: Vector, _ high: Vector, _ sources: Sources) {
        self.low = Sums(low)
        self.high = Sums(high)
        self.sources = sources
    }

    /// One input channel of one tap. `isPair` is known where this is inlined.
    @inline(__always)
    mutating func add(_ index: Int, _ first: Vector, _ second: Vector, isPair: Bool) {
        let v0 = unsafe sources.p0[index]
        low.s0 = fused(low.s0, first, v0)
        if isPair { high.s0 = fused(high.s0, second, v0) }
        let v1 = unsafe sources.p1[index]
        low.s1 = fused(low.s1, first, v1)
        if isPair { high.s1 = fused(high.s1, second, v1) }
        let v2 = unsafe sources.p2[index]
        low.s2 = fused(low.s2, first, v2)
        if isPair { high.s2 = fused(high.s2, second, v2) }
        let v3 = unsafe sources.p3[index]
        low.s3 = fused(low.s3, first, v3)
        if isPair { high.s3 = fused(high.s3, second, v3) }
        let v4 = unsafe sources.p4[index]
        low.s4 = fused(low.s4, first, v4)
        if isPair { high.s4 = fused(high.s4, second, v4) }
        let v5 = unsafe sources.p5[index]
        low.s5 = fused(low.s5, first, v5)
        if isPair { high.s5 = fused(high.s5, second, v5) }
    }

    @inline(__always)
    func store(_ task: UnsafePointer<convolution_task>, _ offsets: UnsafePointer<Int32>, _ channel: Int, isPair: Bool) {
        unsafe finish(low, task, offsets, channel)
        if isPair { unsafe finish(high, task, offsets, channel &+ width) }
    }

    @inline(__always)
    private func finish(
        _ sums: Sums, _ task: UnsafePointer<convolution_task>, _ offsets: UnsafePointer<Int32>, _ channel: Int
    ) {
        unsafe finish(sums.s0, task, Int(offsets[0]) &+ channel, channel)
        unsafe finish(sums.s1, task, Int(offsets[1]) &+ channel, channel)
        unsafe finish(sums.s2, task, Int(offsets[2]) &+ channel, channel)
        unsafe finish(sums.s3, task, Int(offsets[3]) &+ channel, channel)
        unsafe finish(sums.s4, task, Int(offsets[4]) &+ channel, channel)
        unsafe finish(sums.s5, task, Int(offsets[5]) &+ channel, channel)
    }

    /// Addend, rectification, store. The addend is read in whole vectors (there is room behind the last one); lanes
    /// beyond the last channel are not stored.
    @inline(__always)
    private func finish(_ sum: Vector, _ task: UnsafePointer<convolution_task>, _ offset: Int, _ channel: Int) {
        var sum = sum
        if let addend = unsafe task.pointee.addend { unsafe sum += load(addend + offset) }
        if unsafe task.pointee.rectify { sum.replace(with: Vector(repeating: 0), where: sum .< Vector(repeating: 0)) }
        let left = unsafe Int(task.pointee.outputs) &- channel
        let target = unsafe UnsafeMutableRawPointer(task.pointee.output + offset)
        if left >= width {
            unsafe target.storeBytes(of: sum, as: Vector.self)
        } else if left == width / 2 {
            unsafe target.storeBytes(of: sum.lowHalf, as: Half.self)
        } else {
            var lane = 0
            while lane < left {
                unsafe target.storeBytes(of: sum[lane], toByteOffset: 4 &* lane, as: Float.self)
                lane &+= 1
            }
        }
    }
}

/// One block of channels over all pixels.
@inline(__always)
private func convolve(_ task: UnsafePointer<convolution_task>, from channel: Int, isPair: Bool) {
    let rows = unsafe Int(task.pointee.rows)
    let run = unsafe Int(task.pointee.run)
    let pitch = unsafe Int(task.pointee.pitch)
    let step = isPair ? 2 &* width : width
    // Fewer than eight sums would wait for each other.
    let isTall = hasManyRegisters || !isPair
    let weights = unsafe task.pointee.weights + channel &* rows &* run
    let bias = unsafe task.pointee.bias + channel
    let low = unsafe load(bias)
    let high = unsafe isPair ? load(bias + width) : low
    var inputs = unsafe task.pointee.input_offsets
    var outputs = unsafe task.pointee.output_offsets
    let end = unsafe inputs + Int(task.pointee.pixels)
    while unsafe inputs < end {
        var upper = unsafe Block(low, high, Sources(task.pointee.input, inputs))
        var lower = unsafe Block(low, high, Sources(task.pointee.input, isTall ? inputs + 6 : inputs))
        var weight = unsafe weights
        var row = 0
        while row < rows {
            var index = 0
            while index < run {
                let first = unsafe load(weight)
                let second = unsafe isPair ? load(weight + width) : first
                upper.add(index, first, second, isPair: isPair)
                if isTall { lower.add(index, first, second, isPair: isPair) }
                unsafe weight += step
                index &+= 1
            }
            upper.sources.advance(pitch)
            if isTall { lower.sources.advance(pitch) }
            row &+= 1
        }
        unsafe upper.store(task, outputs, channel, isPair: isPair)
        if isTall { unsafe lower.store(task, outputs + 6, channel, isPair: isPair) }
        unsafe inputs += isTall ? 12 : 6
        unsafe outputs += isTall ? 12 : 6
    }
}

/// Computes a layer with the instruction set that this module is compiled for. The caller has made sure that the
/// processor has it and that every offset of the task lies within its buffers.
public func convolve(_ task: UnsafePointer<convolution_task>) {
    let outputs = unsafe Int(task.pointee.outputs)
    var channel = 0
    while channel < outputs {
        if outputs &- channel > width {
            unsafe convolve(task, from: channel, isPair: true)
            channel &+= 2 &* width
        } else {
            unsafe convolve(task, from: channel, isPair: false)
            channel &+= width
        }
    }
}
