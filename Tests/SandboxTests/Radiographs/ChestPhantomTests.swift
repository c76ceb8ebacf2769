import Testing

@testable import Sandbox

struct ChestPhantomTests {
    private static let side = 256

    /// Mean over a part of the image given in hundredths: from left, right, top, bottom.
    private static func mean(_ image: GreyImage, _ columns: Range<Int>, _ rows: Range<Int>) -> Double {
        var sum = 0
        var count = 0
        for row in (image.rows * rows.lowerBound / 100)..<(image.rows * rows.upperBound / 100) {
            for column in (image.columns * columns.lowerBound / 100)..<(image.columns * columns.upperBound / 100) {
                sum += Int(image.pixels[row * image.columns + column])
                count += 1
            }
        }
        return Double(sum) / Double(max(count, 1))
    }

    @Test func `the generator gives the numbers of its authors`() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test func `the same seed gives the same image, another seed another one`() {
        let image = ChestPhantom(seed: 7).radiograph(.anteroPosterior, side: Self.side)
        #expect(image == ChestPhantom(seed: 7).radiograph(.anteroPosterior, side: Self.side))
        #expect(image != ChestPhantom(seed: 8).radiograph(.anteroPosterior, side: Self.side))
    }

    @Test func `the longer side has the size asked for, and grey values are spread`() {
        for build in [ChestPhantom.Build.child, .adult] {
            for view in [ChestPhantom.View.anteroPosterior, .lateral] {
                let image = ChestPhantom(seed: 3, build: build).radiograph(view, side: 200)
                #expect(max(image.rows, image.columns) == 200)
                #expect(image.pixels.count == image.rows * image.columns)
                #expect(image.pixels.min() == 0)
                #expect((image.pixels.max() ?? 0) > 200)
                #expect(Set(image.pixels).count > 100)
            }
        }
    }

    @Test(arguments: 1...6) func `lungs are dark, spine and abdomen light, air outside black`(seed: Int) {
        let image = ChestPhantom(seed: UInt64(seed)).radiograph(.anteroPosterior, side: Self.side)
        let rightLung = Self.mean(image, 22..<38, 40..<60)
        let spine = Self.mean(image, 48..<52, 20..<90)
        let liver = Self.mean(image, 25..<40, 88..<98)
        #expect(spine > rightLung + 60)
        #expect(liver > rightLung + 60)
        #expect(Self.mean(image, 0..<3, 60..<100) < 10)
    }

    @Test(arguments: 1...6) func `the heart lies to the patient's left, on the right of the image`(seed: Int) {
        let image = ChestPhantom(seed: UInt64(seed)).radiograph(.anteroPosterior, side: Self.side)
        #expect(Self.mean(image, 60..<68, 52..<66) > Self.mean(image, 32..<40, 52..<66) + 25)
    }

    @Test func `the stomach's air is under the left dome`() {
        let body = ChestPhantom(seed: 2).body
        let air = body.solids.filter { $0.material == .air }
        #expect(air.count == 1)
        #expect(air.allSatisfy { $0.contains(Point(0.42 * 85, -18, -60)) || $0.section(at: -65) != nil })
        let projection = Projection(
            Body(solids: air), along: .y, grid: ChestPhantom(seed: 2).grid(.anteroPosterior, side: 64))
        #expect(projection.integrals.allSatisfy { $0 == 0 })
    }

    @Test func `ribs come back at the distance of the vertebrae along the edge of the lung`() {
        let phantom = ChestPhantom(seed: 4)
        let ribs = Body(tubes: phantom.body.tubes)
        let grid = phantom.grid(.anteroPosterior, side: 456)
        // Beside the spine, where only the ribs' backs are, from the third rib to the tenth.
        let column = Int(grid.column(-22))
        let line = (0..<grid.rows).map { row in
            Projection(ribs, along: .y, grid: grid).integrals[row * grid.columns + column]
        }
        let bright = line.indices.filter { row in
            let z = grid.height(row)
            return (-40...55).contains(z) && line[row] > 0.1
        }
        let groups = zip(bright, bright.dropFirst()).filter { $1 - $0 > 2 }.count + 1
        #expect((6...9).contains(groups))
    }

    @Test func `a lateral view is another picture than a frontal one`() {
        let phantom = ChestPhantom(seed: 5)
        let frontal = phantom.radiograph(.anteroPosterior, side: Self.side)
        let lateral = phantom.radiograph(.lateral, side: Self.side)
        #expect(lateral.columns != frontal.columns)
        // The spine is at the back, which is on the right.
        #expect(Self.mean(lateral, 78..<88, 80..<95) > Self.mean(lateral, 2..<6, 20..<60) + 60)
        func asymmetry(_ image: GreyImage) -> Double {
            let pairs = (0..<image.rows).flatMap { row in
                (0..<image.columns).map { column in
                    let start = row * image.columns
                    return abs(
                        Int(image.pixels[start + column]) - Int(image.pixels[start + image.columns - 1 - column]))
                }
            }
            return Double(pairs.reduce(0, +)) / Double(pairs.count)
        }
        #expect(asymmetry(lateral) > 2 * asymmetry(frontal))
    }

    @Test func `an adult is no enlarged child`() {
        func heartShare(_ build: ChestPhantom.Build) -> Double {
            let proportions: Proportions = build == .child ? .child : .adult
            let chest = proportions.ribCage.map(\.halfWidth).max() ?? 1
            return (proportions.heart.left + proportions.heart.right) / (2 * chest)
        }
        #expect(heartShare(.adult) < heartShare(.child))
        let adult = ChestPhantom(seed: 1, build: .adult).radiograph(.anteroPosterior, side: Self.side)
        #expect(adult.spacing > 1.5 * ChestPhantom(seed: 1).radiograph(.anteroPosterior, side: Self.side).spacing)
    }

    @Test func `a slice shows air, lung, soft tissue and bone in Hounsfield units`() {
        let slice = ChestPhantom(seed: 1).transverseSlice(side: 160)
        func share(_ range: ClosedRange<Int16>) -> Double {
            Double(slice.hounsfield.count { range.contains($0) }) / Double(slice.hounsfield.count)
        }
        #expect(share(-1024 ... -940) > 0.3)
        #expect(share(-800 ... -640) > 0.08)
        #expect(share(-20...110) > 0.1)
        #expect(share(300...3071) > 0.005)
        let middle = slice.hounsfield[80 * 160 + 80]
        #expect(middle > -20)
    }
}
