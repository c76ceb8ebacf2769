#ifndef IMAGING_GATEWAY_CONVOLUTION_H
#define IMAGING_GATEWAY_CONVOLUTION_H

#include <stdbool.h>
#include <stdint.h>

/// Output pixels that a kernel works on at once, in any of the instruction sets: the tables of offsets are filled up to
/// a multiple of this.
enum { convolution_pixels = 12 };

/// One convolution (or linear layer) over a whole map. The kernels of all instruction sets read this description.
///
/// The sum of output channel c of a pixel starts at bias[c]; `rows` times, `run` consecutive inputs from
/// input + input_offsets[pixel] + row * pitch are multiplied by the weights, each step one fused multiply-add in
/// single precision; then the addend, if any, is added; then negative sums become zero where `rectify` says so.
struct convolution_task {
    const float *_Nonnull input;
    /// Where each output pixel's first input lies, counted in floats.
    const int32_t *_Nonnull input_offsets;
    /// Where each output pixel's channels lie in the output and in the addend, counted in floats.
    const int32_t *_Nonnull output_offsets;
    /// A multiple of convolution_pixels; the last pixel may be repeated.
    int64_t pixels;
    int64_t rows;
    int64_t run;
    int64_t pitch;
    /// Blocks of two vectors of channels, then one block of one vector if no more are left; each block holds
    /// rows * run rows of its width, the last one filled up with zeros.
    const float *_Nonnull weights;
    /// Filled up with zeros to the width of the blocks.
    const float *_Nonnull bias;
    int64_t outputs;
    const float *_Nullable addend;
    float *_Nonnull output;
    bool rectify;
};

typedef float convolution_float4 __attribute__((ext_vector_type(4)));
typedef float convolution_float8 __attribute__((ext_vector_type(8)));
typedef float convolution_float16 __attribute__((ext_vector_type(16)));

// One rounding for each lane, always: one instruction where the target has it, the C library's fmaf where not. They are
// always inlined: a function of its own could be shared by the linker between instruction sets.
#define CONVOLUTION_INLINE static inline __attribute__((always_inline, const))

/// sum + factor * value with one rounding.
CONVOLUTION_INLINE convolution_float4 convolution_fused4(
    convolution_float4 sum, convolution_float4 factor, float value) {
    return __builtin_elementwise_fma(factor, (convolution_float4)value, sum);
}

/// sum + factor * value with one rounding.
CONVOLUTION_INLINE convolution_float8 convolution_fused8(
    convolution_float8 sum, convolution_float8 factor, float value) {
    return __builtin_elementwise_fma(factor, (convolution_float8)value, sum);
}

/// sum + factor * value with one rounding.
CONVOLUTION_INLINE convolution_float16 convolution_fused16(
    convolution_float16 sum, convolution_float16 factor, float value) {
    return __builtin_elementwise_fma(factor, (convolution_float16)value, sum);
}

/// Whether this processor, and the system for it, has AVX2 and FMA; false on other architectures.
bool convolution_has_avx2(void);

/// Whether this processor, and the system for it, has AVX-512 F, DQ, BW and VL; false on other architectures.
bool convolution_has_avx512(void);

#endif
