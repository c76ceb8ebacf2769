import Testing

@testable import Sandbox

struct ProjectionTests {
    private static let grid = Projection.Grid(rows: 81, columns: 81, spacing: 1, centre: .zero)

    private static func value(_ projection: Projection, row: Int, column: Int) -> Double {
        projection.integrals[row * projection.grid.columns + column]
    }

    @Test func `the integral through a sphere is attenuation times chord, in both directions`() {
        let sphere = Body(solids: [.ellipsoid(.zero, Point(30, 30, 30), .softTissue)])
        for axis in [RayAxis.x, .y] {
            let projection = Projection(sphere, along: axis, grid: Self.grid)
            for (row, column) in [(40, 40), (40, 52), (25, 33), (63, 48), (12, 40)] {
                let across = Double(column - 40), height = Double(40 - row)
                let chord = 2 * max(0, 900 - across * across - height * height).squareRoot()
                let expected = chord * Material.softTissue.attenuation
                #expect(abs(Self.value(projection, row: row, column: column) - expected) < 1e-9)
            }
            #expect(Self.value(projection, row: 40, column: 5) == 0)
        }
    }

    @Test func `what arrives falls exponentially with the integral`() {
        #expect(Detector.transmission(0) == 1)
        let one = Detector.transmission(0.7), two = Detector.transmission(1.4)
        #expect(abs(one - 0.496585) < 1e-6)
        #expect(abs(two - one * one) < 1e-12)
    }

    @Test func `a later solid displaces an earlier one and is not added to it`() {
        let body = Body(solids: [
            .ellipsoid(.zero, Point(30, 30, 30), .softTissue), .ellipsoid(.zero, Point(10, 10, 10), .air),
        ])
        let projection = Projection(body, along: .y, grid: Self.grid)
        #expect(abs(Self.value(projection, row: 40, column: 40) - 40 * Material.softTissue.attenuation) < 1e-9)
    }

    @Test func `a leaning ellipsoid keeps its volume and moves with the height`() {
        let body = Body(solids: [.ellipsoid(.zero, Point(10, 10, 20), lean: SIMD2(0.5, 0), .softTissue)])
        let projection = Projection(body, along: .y, grid: Self.grid)
        let volume = 4.0 / 3 * .pi * 10 * 10 * 20
        let sum = projection.integrals.reduce(0, +) / Material.softTissue.attenuation
        #expect(abs(sum / volume - 1) < 0.01)
        #expect(Self.value(projection, row: 26, column: 52) > 0)
        #expect(Self.value(projection, row: 26, column: 28) == 0)
    }

    @Test func `a tube keeps its mass whichever way it runs, along the ray too`() {
        let radius = 2.0
        for end in [Point(20, 0, 0), Point(0, 20, 0), Point(0, 0, 20), Point(12, 10, 12)] {
            let tube = Tube([end * -1, end], radius: radius, .blood)
            let projection = Projection(Body(tubes: [tube]), along: .y, grid: Self.grid)
            let mass = projection.integrals.reduce(0, +)
            let expected = .pi * radius * radius * 2 * end.length * Material.blood.attenuation
            #expect(abs(mass / expected - 1) < 0.005)
        }
    }

    @Test func `a tube of air in tissue takes away`() {
        let block = Body(solids: [.ellipsoid(.zero, Point(30, 30, 30), .softTissue)])
        var bored = block
        bored.tubes.append(Tube([Point(0, 0, -60), Point(0, 0, 60)], radius: 5, .air))
        let with = Projection(bored, along: .y, grid: Self.grid),
            without = Projection(block, along: .y, grid: Self.grid)
        let missing = Self.value(without, row: 40, column: 40) - Self.value(with, row: 40, column: 40)
        // A swept ball is densest on its axis: one and a half times the mean over its section.
        #expect(missing > 8 * Material.softTissue.attenuation && missing < 16 * Material.softTissue.attenuation)
    }

    @Test func `an infiltrate counts in lung only, and fills at most its limit`() {
        let cloud = Infiltrate.Cloud(centre: .zero, radii: Point(50, 50, 50), share: 5)
        let lung = Solid.ellipsoid(.zero, Point(20, 20, 20), .lung)
        let muscle = Solid.ellipsoid(.zero, Point(20, 20, 20), .softTissue)
        func centre(_ solid: Solid, _ infiltrate: Infiltrate?) -> Double {
            Self.value(
                Projection(Body(solids: [solid], infiltrate: infiltrate), along: .y, grid: Self.grid), row: 40,
                column: 40)
        }
        let filled = Infiltrate(clouds: [cloud], limit: 0.8)
        #expect(abs(centre(lung, filled) - centre(lung, nil) - 40 * 0.8 * Material.filling) < 1e-6)
        #expect(centre(muscle, filled) == centre(muscle, nil))
    }

    @Test func `blur keeps the sum and has the deviation asked for`() {
        for deviation in [0.6, 1.0, 4.0, 7.3] {
            var plane = Plane(rows: 101, columns: 101, values: [Double](repeating: 0, count: 101 * 101))
            plane.values[50 * 101 + 50] = 1
            let blurred = plane.blurred(deviation)
            var sum = 0.0, square = 0.0
            for row in 0..<101 {
                for column in 0..<101 {
                    let value = blurred.values[row * 101 + column]
                    sum += value
                    square += value * Double((column - 50) * (column - 50))
                }
            }
            #expect(abs(sum - 1) < 1e-9)
            #expect(abs(square.squareRoot() / deviation - 1) < 0.01)
        }
    }

    @Test func `scatter lightens what lies behind thick parts, and noise grows as quanta get fewer`() {
        let body = Body(solids: [.ellipsoid(.zero, Point(60, 60, 60), .softTissue)])
        let projection = Projection(body, along: .y, grid: Self.grid)
        func centre(_ detector: Detector) -> [Double] {
            var random = SplitMix64(seed: 5)
            let plane = detector.signal(projection, random: &random)
            return (35..<46).flatMap { row in (35..<46).map { plane.values[row * 81 + $0] } }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        func deviation(_ values: [Double]) -> Double {
            let middle = mean(values)
            return mean(values.map { ($0 - middle) * ($0 - middle) }).squareRoot()
        }
        let bare = centre(Detector(quanta: 1e9, scatterShare: 0, blur: 0))
        let scattered = centre(Detector(quanta: 1e9, scatterShare: 0.5, blur: 0))
        let noisy = centre(Detector(quanta: 1e4, scatterShare: 0, blur: 0))
        #expect(mean(scattered) > 1.2 * mean(bare))
        let expected = (mean(noisy) / 1e4).squareRoot()
        #expect(abs(deviation(noisy) / expected - 1) < 0.25)
    }
}
