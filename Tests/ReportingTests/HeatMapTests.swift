import FHIR
import JSON
import Testing

@testable import ImageClassifier
@testable import Reporting

@Suite("Heat map")
struct HeatMapTests {
    private func pictures(_ composed: ComposedReport) -> [JSONValue] {
        (composed.report.elements["presentedForm"]?.array ?? []).filter { $0["contentType"] == "image/png" }
    }

    private func drawn(_ finding: Finding, _ policy: ReportPolicy = ReportPolicy()) throws -> HeatMap {
        try HeatMap(finding, scores: ReportFacts.Scores(finding, decimals: 3), policy: policy)
    }

    @Test func `a finding carries text, heat map and plain image, in this order`() throws {
        let composed = try Fixture.compose(.finding(Fixture.finding(side: 300)))
        #expect(composed.report.elements["presentedForm"]?[0]?["contentType"] == "text/plain; charset=utf-8")
        let pictures = pictures(composed)
        #expect(pictures.count == 2)
        for picture in pictures { #expect(picture["data"]?.string?.hasPrefix("iVBORw0KGgo") == true) }
        #expect(pictures.first?["title"]?.string?.contains("Orange: regions that raised the score") == true)
        #expect(pictures.last?["title"]?.string?.contains("without the heat map") == true)
        let alone = try Fixture.compose(.finding(Fixture.finding()), policy: ReportPolicy(sendsPlainImage: false))
        #expect(self.pictures(alone).count == 1)
    }

    @Test func `a heat map above the limit is made smaller, and the report says so`() throws {
        let whole = try drawn(Fixture.finding(side: 600))
        let size = try #require(whole.attachment?.data.count)
        let reduced = try drawn(Fixture.finding(side: 600), ReportPolicy(maximumImageBytes: size - 1))
        #expect(whole.notes.isEmpty)
        #expect((reduced.attachment?.data.count ?? .max) < size)
        #expect(reduced.notes == ["The heat map was made smaller to keep within the site's size limit."])
        #expect((reduced.plain?.data.count ?? .max) < size, "the plain image needs no colours")
        let composed = try Fixture.compose(
            .finding(Fixture.finding(side: 600)), policy: ReportPolicy(maximumImageBytes: size - 1))
        #expect(composed.report.conclusion?.contains("made smaller") == true)
    }

    @Test func `a heat map that cannot be made small enough is left out, and the report says so`() throws {
        let composed = try Fixture.compose(
            .finding(Fixture.finding(side: 600)), policy: ReportPolicy(maximumImageBytes: 100))
        #expect(pictures(composed).isEmpty)
        #expect(composed.report.conclusion?.contains("heat map was left out because it exceeds") == true)
        #expect(composed.report.conclusion?.contains("plain image was left out because it exceeds") == true)
        #expect(
            try pictures(Fixture.compose(.finding(Fixture.finding()), policy: ReportPolicy(sendsImage: false))).isEmpty)
    }

    @Test func `the notice is written on the picture itself, which is widened where it is too narrow`() throws {
        var canvas = try Canvas(RGBImage(width: 10, height: 4, pixels: [UInt8](repeating: 7, count: 120)))
        canvas.addBanner(["AB-", "C,"])
        #expect(canvas.width == 30)
        #expect(canvas.height == 4 + 23)
        #expect(canvas.pixels.count == canvas.width * canvas.height * 3)
        func lit(_ x: Int, _ y: Int) -> Bool { canvas.pixels[(y * canvas.width + x) * 3] == 255 }
        // The top row of "A" is .###., of "B" ####.
        #expect((6..<11).map { lit($0, 3) } == [false, true, true, true, false])
        #expect((12..<17).map { lit($0, 3) } == [true, true, true, true, false])
        for line in ReportNotice.banner {
            for letter in line where letter != " " { #expect(!BannerFont.rows(of: letter).isEmpty, "\(letter)") }
        }
    }

    @Test func `ISO 15948: sides, channels and pixel count are checked before libpng sees them`() throws {
        #expect(throws: ReportingError(.imageInvalid)) {
            try PNG.encode([1, 2], width: 1, height: 1, channels: 1, maximumBytes: 999)
        }
        #expect(throws: ReportingError(.imageInvalid)) {
            try PNG.encode([], width: 0, height: 1, channels: 1, maximumBytes: 999)
        }
        #expect(throws: ReportingError(.imageInvalid)) {
            try PNG.encode([1, 2], width: 1, height: 1, channels: 2, maximumBytes: 999)
        }
        #expect(throws: ReportingError(.imageInvalid)) {
            try PNG.encode([], width: -1, height: 1, channels: 1, maximumBytes: 999)
        }
        #expect(throws: ReportingError(.imageInvalid)) {
            try PNG.encode(
                [UInt8](repeating: 0, count: 70_000), width: 70_000, height: 1, channels: 1, maximumBytes: 999)
        }
        let size = try #require(try PNG.encode([1], width: 1, height: 1, channels: 1, maximumBytes: 999)).count
        #expect(try PNG.encode([1], width: 1, height: 1, channels: 1, maximumBytes: size) != nil)
        #expect(try PNG.encode([1], width: 1, height: 1, channels: 1, maximumBytes: size - 1) == nil)
        #expect(try PNG.encode([1], width: 1, height: 1, channels: 1, maximumBytes: -5) == nil)
    }
}
