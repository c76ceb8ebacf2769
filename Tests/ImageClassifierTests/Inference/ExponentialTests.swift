import Foundation
import Testing

@testable import ImageClassifier

@Suite struct `The exponential function` {
    /// Values between two doubles, counted with sign.
    private func distance(_ first: Double, _ second: Double) -> UInt64 {
        first.bitPattern > second.bitPattern
            ? first.bitPattern - second.bitPattern : second.bitPattern - first.bitPattern
    }

    @Test func `is within 2 units in the last place of the C library's`() {
        var random = SplitMix(state: 0xE)
        var worst: UInt64 = 0
        for _ in 0..<300_000 {
            let x = Double.random(in: -708...709.7, using: &random)
            worst = max(worst, distance(DeterministicMath.exp(x), Foundation.exp(x)))
        }
        for _ in 0..<300_000 {
            let x = Double.random(in: -30...30, using: &random)
            worst = max(worst, distance(DeterministicMath.exp(x), Foundation.exp(x)))
        }
        print("exp: at most \(worst) units in the last place from the C library")
        #expect(worst <= 2)
    }

    @Test func `is exact where it can be, and at its ends`() {
        #expect(DeterministicMath.exp(0) == 1 && DeterministicMath.exp(-0.0) == 1)
        #expect(DeterministicMath.exp(709.782712893384) == 0x1.fffffffffff2ap+1023)
        #expect(DeterministicMath.exp(709.7827128933841) == .infinity)
        #expect(DeterministicMath.exp(-745.1332191019411) == 0x1p-1074)
        #expect(DeterministicMath.exp(-746) == 0)
        #expect(DeterministicMath.exp(.infinity) == .infinity && DeterministicMath.exp(-.infinity) == 0)
        #expect(DeterministicMath.exp(.nan).isNaN)
    }

    @Test func `grows with its argument`() {
        var last = 0.0
        for step in stride(from: -745.0, through: 709.0, by: 0.0625) {
            let value = DeterministicMath.exp(step)
            #expect(value >= last)
            last = value
        }
    }

    @Test func `keeps these bits on every machine`() {
        let expected: [(Double, UInt64)] = [
            (-4.25, 0x3F8D_3691_1122_1752),
            (-0.5, 0x3FE3_68B2_FC6F_960A),
            (0.1, 0x3FF1_AEC7_B35A_00D4),
            (2.75, 0x402F_4907_0BDB_E8FD),
            (11, 0x40ED_3C44_88EE_4F7F),
        ]
        for (x, bits) in expected { #expect(DeterministicMath.exp(x).bitPattern == bits, "\(x)") }
    }
}
