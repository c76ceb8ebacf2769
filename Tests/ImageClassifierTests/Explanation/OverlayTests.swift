import Testing

@testable import ImageClassifier

@Suite struct Overlay {
    typealias Colour = (red: UInt8, green: UInt8, blue: UInt8)

    @Test func `what raised the score is orange, what lowered it blue, nothing stays grey`() throws {
        let picture = try drawn([0.4, -0.4, 0, 0])
        let (raised, lowered, none) = (picture[0, 0], picture[0, 39], picture[39, 39])
        #expect(raised.red > 100 && raised.red > raised.green && raised.green > raised.blue)
        #expect(lowered.blue > 100 && lowered.blue > lowered.green && lowered.green > lowered.red)
        #expect(none == (100, 100, 100))
    }

    @Test func `the range is fixed: the same value has the same colour whatever the rest of the map`() throws {
        let faint = try drawn([0.3, 0, 0, 0])[0, 0]
        #expect(try drawn([0.3, -3, 3, 0.2])[0, 0] == faint)
        #expect(try drawn([0.3, 0, 0, 0], range: 2)[0, 0] != faint)
        #expect(try drawn([5, 0, 0, 0])[0, 0] == drawn([9, 0, 0, 0])[0, 0], "beyond the range it is the full colour")
    }

    @Test func `regions beyond half of the range have a line around them: solid when raised, dashed when lowered`()
        throws
    {
        let (solid, dashed) = (ContributionScale.outline(isRaised: true), ContributionScale.outline(isRaised: false))
        let raised = try drawn([1, 1, 0, 0]).row(of: solid)
        let lowered = try drawn([-1, -1, 0, 0]).row(of: dashed)
        #expect(raised == 40, "one line from side to side")
        #expect((15...25).contains(lowered), "about half of it")
        #expect(try drawn([0.4, -0.4, 0, 0]).row(of: solid) == 0)
    }

    @Test func `the two colours differ for every kind of colour blindness`() {
        let (raised, lowered): (Colour, Colour) = (
            ContributionScale.colour(128, share: 1), ContributionScale.colour(128, share: -1)
        )
        // Protanopia and deuteranopia leave blue against yellow (Viénot 1999: red and green become one), tritanopia red
        // against green-blue.
        func yellow(_ colour: Colour) -> Double {
            (Double(colour.red) + Double(colour.green)) / 2 - Double(colour.blue)
        }
        func warm(_ colour: Colour) -> Double { Double(colour.red) - (Double(colour.green) + Double(colour.blue)) / 2 }
        #expect(yellow(raised) - yellow(lowered) > 100)
        #expect(warm(raised) - warm(lowered) > 100)
    }

    @Test func `outside the exposed field the image is dark and hatched, and has no colour`() throws {
        let picture = try drawn([1, 1, 1, 1], placement: Placements.lowerRightQuarter)
        #expect(picture[30, 30].red > picture[30, 30].blue)
        let outside = (0..<20).flatMap { row in (0..<40).map { picture[row, $0] } }
        #expect(outside.allSatisfy { $0.red == $0.green && $0.green == $0.blue })
        #expect(outside.contains { $0.red == 40 } && outside.contains { $0.red == 110 })
        #expect(try !finding([1], placement: Placements.lowerRightQuarter).isWhollyAnalysed)
        #expect(try finding([1]).isWhollyAnalysed)
    }

    @Test func `a cropped field: the map lies on the field, not on the whole image`() throws {
        let picture = try drawn([0.4, 0, 0, -0.4], placement: Placements.lowerRightQuarter)
        #expect(picture[21, 21].red > picture[21, 21].blue)
        #expect(picture[38, 38].blue > picture[38, 38].red)
    }

    @Test("an image stored turned or mirrored has its map turned or mirrored back", arguments: Placements.Turned.all)
    func turned(_ turned: Placements.Turned) throws {
        // The upper left of what the network saw raised the score.
        let picture = try drawn([0.4, 0, 0, 0], placement: turned.placement)
        for corner in [(0, 0), (0, 39), (39, 0), (39, 39)] {
            let colour = picture[corner.0, corner.1]
            #expect((colour.red > colour.blue) == (corner == turned.corner), "\(turned.orientation) \(corner)")
        }
    }

    @Test func `the overlay has the size asked for, and the same finding gives the same bytes`() throws {
        let finding = try finding([1, -1, 0, 0.2])
        #expect(overlay(finding).width == 400, "40 pixels are too few to be read")
        #expect(overlay(finding, size: PictureSize(rows: 30, columns: 50)).pixels.count == 30 * 50 * 3)
        #expect(overlay(finding) == overlay(finding))
    }

    // MARK: - Pictures

    private struct Picture {
        let image: RGBImage

        subscript(row: Int, column: Int) -> Colour {
            let at = (row * image.width + column) * 3
            return (image.pixels[at], image.pixels[at + 1], image.pixels[at + 2])
        }

        /// The most pixels of a colour in any row.
        func row(of colour: Colour) -> Int {
            (0..<image.height).map { row in (0..<image.width).count { self[row, $0] == colour } }.max() ?? 0
        }
    }

    private func drawn(_ values: [Double], range: Double = 1, placement: Placement? = nil) throws -> Picture {
        let size = PictureSize(rows: 40, columns: 40)
        return Picture(image: overlay(try finding(values, range: range, placement: placement), size: size))
    }

    private func finding(_ values: [Double], range: Double = 1, placement: Placement? = nil) throws -> Finding {
        let side = Int(Double(values.count).squareRoot())
        return Finding(
            probability: 0.5, logit: 0,
            spread: Spread(lowest: 0.4, highest: 0.6, deviation: 0.1, networks: 1, views: 2),
            decision: .indeterminate, indeterminateReason: .band, threshold: 0.5, indeterminate: 0.2...0.8,
            map: ActivationMap(rows: side, columns: side, values: values, bias: 0), mapRange: range,
            placement: placement ?? Placements.whole, instance: 0, viewPosition: "AP", caveats: [],
            model: ModelIdentity(
                id: "m", version: "1", title: "M", weightsDigest: "", preprocessingVersion: "2", trainingDataDigest: "",
                licence: "", attribution: "", threshold: 0.5),
            image: try #require(GrayImage(rows: 40, columns: 40, pixels: [UInt8](repeating: 100, count: 1600))))
    }
}

/// Where a map may lie on a stored image.
enum Placements {
    static let whole = Placement.whole

    /// Nothing above and left of the middle is exposed.
    static let lowerRightQuarter = Placement(
        orientation: .asStored, field: PixelWindow(top: 50, left: 50, bottom: 100, right: 100), rows: 100,
        columns: 100)

    /// An image stored with these directions of rows and columns, and the corner of it where the patient's upper right,
    /// the upper left of an upright picture, then lies.
    struct Turned: Sendable, CustomTestStringConvertible {
        let orientation: [String]
        let corner: (row: Int, column: Int)

        var testDescription: String { orientation.joined(separator: "\\") }

        var placement: Placement {
            guard case .frontal(let turn) = PatientOrientation(orientation) else { return .whole }
            return Placement(
                orientation: turn, field: .whole(rows: 100, columns: 100), rows: 100, columns: 100)
        }

        static let all = [
            Turned(orientation: ["L", "F"], corner: (0, 0)), Turned(orientation: ["R", "F"], corner: (0, 39)),
            Turned(orientation: ["L", "H"], corner: (39, 0)), Turned(orientation: ["R", "H"], corner: (39, 39)),
            Turned(orientation: ["F", "L"], corner: (0, 0)), Turned(orientation: ["F", "R"], corner: (39, 0)),
            Turned(orientation: ["H", "L"], corner: (0, 39)), Turned(orientation: ["H", "R"], corner: (39, 39)),
        ]
    }
}
