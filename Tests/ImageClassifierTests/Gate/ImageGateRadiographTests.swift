import DICOM
import Foundation
import Testing

@testable import ImageClassifier

/// The official test images of ../shared (or of the folder IMAGING_GATEWAY_SHARED), upright and in wrong poses.
@Suite struct `Image gate on the official test images` {
    typealias Official = `On the official test images`

    /// A debug build takes long for each: every ninth image in an ordinary run.
    static let images: [URL] = {
        let step = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] == "long" ? 1 : 9
        return Official.images.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
    }()

    @Test(.enabled(if: !images.isEmpty, "../shared/data/cxr-kermany-224 is not here"))
    func `upright and mirrored ones pass, turned and inverted ones are refused by their codes`() throws {
        let model = try Bundled.model()
        let side = model.architecture.side
        var refused: [String: [RefusalCode: Int]] = [:]
        for file in Self.images {
            let input = try Preprocessing.prepare(
                try Official.decoded(file), header: acceptedHeader(), side: side
            ).input
            let pooled = try #require(model.ensemble.score(input)).pooled
            let left = Self.turned(input, side: side)
            let down = Self.turned(left, side: side)
            // The pose is judged before the features, so those of the upright image serve for all.
            let poses = [
                "upright": input, "mirrored": try #require(Ensemble.mirrored(input, side: side)), "left": left,
                "down": down, "right": Self.turned(down, side: side), "inverted": input.map { -$0 },
            ]
            for (pose, image) in poses {
                guard let code = model.imageGate.refusal(input: image, pooled: pooled) else { continue }
                refused[pose, default: [:]][code, default: 0] += 1
            }
        }
        print("image gate on \(Self.images.count) test images: \(refused)")
        func count(_ pose: String) -> Int { refused[pose]?.values.reduce(0, +) ?? 0 }
        let all = Self.images.count
        #expect(all >= 50)
        #expect(count("upright") * 20 <= all && count("mirrored") * 20 <= all)
        #expect(count("left") == all && count("right") == all && count("inverted") == all)
        #expect(count("down") * 100 >= 95 * all)
        for pose in ["left", "right", "down"] { #expect((refused[pose]?[.imageRotated] ?? 0) * 10 >= 9 * all) }
        #expect((refused["inverted"]?[.imageInverted] ?? 0) * 10 >= 7 * all)
    }

    /// A quarter turn to the left.
    static func turned(_ image: [Float], side: Int) -> [Float] {
        (0..<side).flatMap { row in (0..<side).map { column in image[column * side + side - 1 - row] } }
    }

    @Test func `a quarter turn to the left brings the right edge to the top`() {
        #expect(Self.turned([1, 2, 3, 4], side: 2) == [2, 4, 1, 3])
    }
}
