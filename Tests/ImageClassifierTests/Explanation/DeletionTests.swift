import Foundation
import Testing

@testable import ImageClassifier

/// The map must be right, not only add up: without the regions that it says raised the score, the score is lower.
@Suite struct `Deletion test` {
    @Test func `formula images: blanking the cells that raised the score most lowers it more than any others do`()
        throws
    {
        let model = try Bundled.model()
        var falls: [Fall] = []
        for seed in 1...12 {
            let frame = try frame(
                formula(rows: 224, columns: 200, seed: seed, maximum: 255), rows: 224, columns: 200, stored: 8)
            let prepared = try Preprocessing.prepare(
                frame, header: acceptedHeader(), side: model.architecture.side, framings: [])
            falls.append(try #require(Fall(prepared.input, by: model.ensemble, cells: 3)))
        }
        judge(falls, leastLowered: 0.5)
    }

    @Test func `real positives: blanking the cells that raised the score most lowers it more than any others do`()
        throws
    {
        let images = try RealPositives.read(atMost: 40)
        guard !images.isEmpty else {
            print("SKIPPED: no real radiographs; they need ../shared and a Python with Pillow (IMAGING_GATEWAY_PYTHON)")
            return
        }
        let model = try Bundled.model()
        let falls = try images.map { image in
            let frame = try frame(image.pixels.map(Int.init), rows: image.rows, columns: image.columns, stored: 8)
            let prepared = try Preprocessing.prepare(
                frame, header: acceptedHeader(), side: model.architecture.side, framings: [])
            return try #require(Fall(prepared.input, by: model.ensemble, cells: 3))
        }
        judge(falls, leastLowered: 0.66)
    }

    /// One image: how much the logit falls without some cells of its map.
    private struct Fall {
        let strongest: Double
        let weakest: Double
        /// Mean over every single cell, times the number of cells blanked.
        let average: Double

        init?(_ input: [Float], by ensemble: Ensemble, cells: Int) {
            guard let score = ensemble.score(input) else { return nil }
            let map = score.map
            let order = map.values.indices.sorted { map.values[$0] > map.values[$1] }
            func fall(_ blanked: [Int]) -> Double? {
                var image = input
                for cell in blanked { Self.blank(cell, of: map, in: &image, side: ensemble.side) }
                return ensemble.score(image).map { score.logit - $0.logit }
            }
            let single = order.indices.compactMap { fall([order[$0]]) }
            guard let strongest = fall(Array(order.prefix(cells))), let weakest = fall(Array(order.suffix(cells))),
                single.count == order.count
            else { return nil }
            self.strongest = strongest
            self.weakest = weakest
            average = single.reduce(0, +) / Double(single.count) * Double(cells)
        }

        /// The part of the image under a cell becomes its mean, which is 0 after standardisation.
        private static func blank(_ cell: Int, of map: ActivationMap, in image: inout [Float], side: Int) {
            let (row, column) = (cell / map.columns, cell % map.columns)
            for y in (row * side / map.rows)..<((row + 1) * side / map.rows) {
                for x in (column * side / map.columns)..<((column + 1) * side / map.columns) { image[y * side + x] = 0 }
            }
        }
    }

    /// A grey square is itself something that a network may take for an opacity, so that single images may go the other
    /// way: most must not, and the mean must be in order.
    private func judge(_ falls: [Fall], leastLowered: Double) {
        func mean(_ value: (Fall) -> Double) -> Double { falls.map(value).reduce(0, +) / Double(falls.count) }
        let lowered = falls.count { $0.strongest > 0 }
        print(
            "deletion: \(falls.count) images, \(lowered) lowered; mean fall without the strongest cells "
                + "\(mean(\.strongest)), the weakest \(mean(\.weakest)), the average ones \(mean(\.average))")
        #expect(Double(lowered) >= leastLowered * Double(falls.count))
        #expect(mean(\.strongest) > 0)
        #expect(mean(\.strongest) > 2 * mean(\.average))
        #expect(mean(\.average) > mean(\.weakest))
    }
}

/// Positives of the official test set, read by Pillow; never committed.
private enum RealPositives {
    static func read(atMost count: Int) throws -> [GrayImage] {
        let here = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let root = here.appending(path: "../../..").standardized
        let environment = ProcessInfo.processInfo.environment
        let shared =
            environment["IMAGING_GATEWAY_SHARED"].map { URL(filePath: $0) } ?? root.appending(path: "../shared")
        let folder = shared.appending(path: "data/cxr-kermany-224/test/PNEUMONIA")
        let python =
            environment["IMAGING_GATEWAY_PYTHON"]
            ?? [root.appending(path: ".build-venv/bin/python").path, "/usr/bin/python3"]
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            python, "-c",
            """
            import pathlib, sys
            from PIL import Image
            files = sorted(pathlib.Path(sys.argv[1]).glob("*.jpeg"))
            for file in files[::max(len(files) // int(sys.argv[2]), 1)][:int(sys.argv[2])]:
                image = Image.open(file).convert("L")
                sys.stdout.buffer.write(image.width.to_bytes(2, "big") + image.height.to_bytes(2, "big") + image.tobytes())
            """,
            folder.path, String(count),
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())[...]
        process.waitUntilExit()
        var images: [GrayImage] = []
        while bytes.count > 4 {
            let head = bytes.prefix(4).map(Int.init)
            let (columns, rows) = (head[0] << 8 | head[1], head[2] << 8 | head[3])
            bytes = bytes.dropFirst(4)
            guard let image = GrayImage(rows: rows, columns: columns, pixels: Array(bytes.prefix(rows * columns)))
            else {
                break
            }
            images.append(image)
            bytes = bytes.dropFirst(rows * columns)
        }
        return images
    }
}
