internal import CConvolution
internal import ConvolutionAVX2
internal import ConvolutionAVX512
internal import ConvolutionBaseline

/// The instructions that compute convolutions. All paths give the same bits: every sum is made in one order, each step
/// one fused multiply-add.
enum ConvolutionPath: String, Sendable, CaseIterable {
    /// AVX-512 (F, DQ, BW, VL) of x86-64.
    case avx512
    /// AVX2 with FMA of x86-64.
    case avx2
    /// What every processor of the architecture has: NEON on arm64; on x86-64 the C library's `fmaf`, for each product,
    /// a hundred times slower.
    case baseline

    /// Whether this processor has the instructions.
    var isAvailable: Bool {
        switch self {
        case .avx512: convolution_has_avx512()
        case .avx2: convolution_has_avx2()
        case .baseline: true
        }
    }

    /// The paths of this processor, fastest first.
    static let available = allCases.filter(\.isAvailable)

    /// The path that is taken.
    static let fastest = available.first ?? .baseline

    /// Channels of one vector: the width in which the kernel wants its weights.
    var lanes: Int {
        switch self {
        case .avx512: 16
        case .avx2: 8
        case .baseline: 4
        }
    }

    /// Computes a layer. Every offset of the task lies within its buffers.
    @unsafe func convolve(_ task: UnsafePointer<convolution_task>) {
        switch self {
        case .avx512: unsafe ConvolutionAVX512.convolve(task)
        case .avx2: unsafe ConvolutionAVX2.convolve(task)
        case .baseline: unsafe ConvolutionBaseline.convolve(task)
        }
    }
}
