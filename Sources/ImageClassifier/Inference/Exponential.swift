/// Functions whose result is the same to the bit on every machine: only additions, multiplications and roundings of
/// IEEE 754, in one order, nothing of the C library (whose last digit differs between systems and processors).
enum DeterministicMath {
    /// e to the power of x, within 1 unit in the last place of the exact value for results that are not subnormal.
    ///
    /// Overflow gives infinity, underflow zero, NaN stays NaN.
    static func exp(_ x: Double) -> Double {
        guard !x.isNaN else { return x }
        guard x <= 709.782712893384 else { return .infinity }
        guard x >= -745.1332191019412 else { return 0 }
        // x = k ln 2 + r with |r| ≤ ln 2 / 2; the upper part of ln 2 has 21 zero bits at its end, so its product is exact.
        let k = (x * 0x1.71547652b82fep+0).rounded(.toNearestOrEven)
        let high = x - k * 0x1.62e42fee00000p-1
        let low = k * 0x1.a39ef35793c76p-33
        let r = high - low
        // (e^r as in FDLIBM: 1 + r + r c / (2 − c), c = r − r² P(r²), which keeps the rounding of r out of the way.)
        let t = r * r
        var p = 4.13813679705723846039e-08
        p = p * t - 1.65339022054652515390e-06
        p = p * t + 6.61375632143793436117e-05
        p = p * t - 2.77777777770155933842e-03
        p = p * t + 1.66666666666666019037e-01
        let c = r - t * p
        let y = 1 - ((low - (r * c) / (2 - c)) - high)
        return scaled(y, Int(k))
    }

    /// y · 2^k, in two exact steps and one rounding where the result is subnormal.
    private static func scaled(_ y: Double, _ k: Int) -> Double {
        let half = k / 2
        return y * power(half) * power(k - half)
    }

    /// 2^k for −1022 ≤ k ≤ 1023.
    private static func power(_ k: Int) -> Double {
        Double(bitPattern: UInt64(1023 + k) << 52)
    }
}
