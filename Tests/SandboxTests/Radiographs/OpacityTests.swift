import Testing

@testable import Sandbox

struct OpacityTests {
    private static func difference(_ opacity: Opacity, seed: UInt64 = 11) -> (Projection.Grid, [Double]) {
        let plain = ChestPhantom(seed: seed), ill = ChestPhantom(seed: seed, opacity: opacity)
        let grid = plain.grid(.anteroPosterior, side: 128)
        let without = Projection(plain.body, along: .y, grid: grid), with = Projection(ill.body, along: .y, grid: grid)
        return (grid, zip(with.integrals, without.integrals).map { $0 - $1 })
    }

    @Test(arguments: Opacity.Lung.allCases, Opacity.Zone.allCases)
    func `it attenuates more, in its lung and zone, and nowhere else`(lung: Opacity.Lung, zone: Opacity.Zone) {
        let (grid, difference) = Self.difference(Opacity(lung, zone, extent: 0.6, patches: 0))
        // Vessels within filled lung stand out less, by at most what they had: a hair.
        #expect((difference.min() ?? 0) > -0.02)
        #expect((difference.max() ?? 0) > 0.5)
        var mass = 0.0, across = 0.0, height = 0.0, otherSide = 0.0
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                let value = difference[row * grid.columns + column]
                mass += value
                across += value * grid.across(column)
                height += value * grid.height(row)
                if (grid.across(column) < 0) == (lung == .left) { otherSide += abs(value) }
            }
        }
        // Patient's left is the right of the image: positive x.
        #expect(lung == .left ? across / mass > 20 : across / mass < -20)
        #expect(otherSide < 0.05 * mass)
        let expected =
            switch zone {
            case .upper: 15.0...50
            case .middle: -12.0...25
            case .lower: -40.0 ... -8
            }
        #expect(expected.contains(height / mass))
    }

    @Test func `it leaves the abdomen and the air outside untouched`() {
        let (grid, difference) = Self.difference(Opacity(.right, .lower))
        for row in 0..<grid.rows {
            for column in 0..<grid.columns where grid.height(row) < -80 || abs(grid.across(column)) > 95 {
                #expect(difference[row * grid.columns + column] == 0)
            }
        }
    }

    @Test func `it makes the displayed lung lighter`() {
        func lung(_ opacity: Opacity?) -> Double {
            let image = ChestPhantom(seed: 4, opacity: opacity).radiograph(.anteroPosterior, side: 200)
            let rows = (image.rows * 55 / 100)..<(image.rows * 65 / 100)
            let columns = (image.columns * 24 / 100)..<(image.columns * 36 / 100)
            let values = rows.flatMap { row in columns.map { Double(image.pixels[row * image.columns + $0]) } }
            return values.reduce(0, +) / Double(values.count)
        }
        #expect(lung(Opacity(.right, .lower)) > lung(nil) + 25)
        #expect(lung(Opacity(.right, .lower, density: 0.4, patches: 0)) < lung(Opacity(.right, .lower, patches: 0)))
    }

    @Test func `patches lie in both lungs`() {
        let (grid, difference) = Self.difference(Opacity(.right, .lower, extent: 0.3, patches: 40))
        let left = (0..<grid.rows).flatMap { row in
            (0..<grid.columns).filter { grid.across($0) > 25 }.map { difference[row * grid.columns + $0] }
        }
        #expect((left.max() ?? 0) > 0.05)
    }
}
