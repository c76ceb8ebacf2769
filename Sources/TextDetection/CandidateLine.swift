/// A line of strokes that may be text.
struct CandidateLine: Sendable {
    /// The index of the level it was found in.
    var level: Int
    /// Its place in the level.
    var levelBox: Box
    /// Pixels of the picture per pixel of the level.
    var factor: Int
    /// Letters stand above each other, each lying on its side.
    var isUpright: Bool
    /// Strokes that may be letters.
    var letterCount: Int
    /// The middle of their heights in the level, across the line.
    var letterHeight: Int
    /// How much it looks like text: the number of letters, less the more they differ.
    var score: Double

    /// Its place in the picture.
    var box: Box { levelBox.scaled(factor) }

    /// The two ends of the line, seen across, are nearer than the height of a letter: nothing that has words.
    static func score(_ line: TextLine) -> Double? {
        let height = line.letterHeight
        guard line.letters.count >= 3 || line.box.width >= 2 * height, line.box.width >= height else { return nil }
        let heights = line.letters.map { Double($0.box.height) }
        let mean = heights.reduce(0, +) / Double(heights.count)
        let variance = heights.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(heights.count)
        // A line is hardly higher than its letters.
        let slope = Double(line.box.height) / mean
        guard slope < 2.2 else { return nil }
        return Double(line.letters.count) / (1 + 3 * variance.squareRoot() / mean) / slope
    }
}

/// The candidates of one picture on all levels.
struct CandidateLines {
    /// The strokes of each level, light on black.
    private(set) var levels: [GreyPicture] = []
    /// The likeliest first.
    private(set) var candidates: [CandidateLine] = []

    init(in picture: GreyPicture) {
        var level = picture
        var factor = 1
        while min(level.width, level.height) >= 16 {
            // Light text, and dark text.
            for shown in [level, level.inverted] { add(StrokeMask(TopHat.of(shown)), factor: factor) }
            guard max(level.width, level.height) > 256 else { break }
            level = level.halved
            factor *= 2
        }
        candidates.sort { $0.score > $1.score }
    }

    private mutating func add(_ mask: StrokeMask, factor: Int) {
        let picture = mask.evened
        let letters = ConnectedComponents.of(mask.isStroke, width: picture.width, height: picture.height)
        for isUpright in [false, true] {
            let turned = isUpright ? letters.map { Component(box: $0.box.transposed, count: $0.count) } : letters
            for line in LineGrouping.lines(of: turned) {
                guard let score = CandidateLine.score(line) else { continue }
                candidates.append(
                    CandidateLine(
                        level: levels.count, levelBox: isUpright ? line.box.transposed : line.box, factor: factor,
                        isUpright: isUpright, letterCount: line.letters.count, letterHeight: line.letterHeight,
                        score: score))
            }
        }
        levels.append(picture)
    }
}
