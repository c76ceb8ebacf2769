/// The search of one picture: lines of strokes on every level of size, light and dark, across and upright; each line
/// is read on its own.
struct TextSearch {
    /// Lines read in one picture, the likeliest first.
    static let mostLines = 60
    /// Answered for one picture at most.
    static let mostWords = 500
    /// From this score on a line looks like text, whatever is read in it: radiographs without text have none.
    static let textLike = 2.5

    let recogniser: Recogniser

    /// Every word that was read, and each line that looks like text once more as a word without characters, whether it
    /// was read or not. Throws `timeout` and `recogniserFailed`.
    func words(in picture: GreyPicture) throws(TextDetectionError) -> [RecognisedWord] {
        let lines = CandidateLines(in: picture)
        let places = lines.candidates.prefix { $0.score >= Self.textLike }.map { line in
            RecognisedWord(
                text: "", confidence: 0, left: line.box.left, top: line.box.top, right: line.box.right,
                bottom: line.box.bottom)
        }
        var words: [RecognisedWord] = []
        for candidate in lines.candidates.prefix(Self.mostLines) {
            words += try read(candidate, in: lines.levels[candidate.level])
        }
        return Array((words + places).prefix(Self.mostWords))
    }

    private func read(_ candidate: CandidateLine, in level: GreyPicture) throws(TextDetectionError) -> [RecognisedWord]
    {
        let part = Self.prepared(candidate, in: level)
        // An upright line is read from bottom to top and from top to bottom; the other way is nonsense.
        let readings = try (candidate.isUpright ? [part.transposed.flipped, part.transposed.mirrored] : [part]).map {
            turned throws(TextDetectionError) in
            try recogniser.words(in: turned, layout: .line, milliseconds: 10_000)
        }
        let best = readings.max { Self.weight($0) < Self.weight($1) } ?? []
        return best.map { word in
            let box = candidate.box
            return RecognisedWord(
                text: word.text, confidence: word.confidence, left: box.left, top: box.top, right: box.right,
                bottom: box.bottom)
        }
    }

    /// Letters read, by how surely.
    private static func weight(_ words: [RecognisedWord]) -> Double {
        words.reduce(0) { $0 + $1.confidence * Double($1.text.unicodeScalars.count) }
    }

    /// Dark on white and as high as the recogniser likes its letters; not turned yet.
    private static func prepared(_ candidate: CandidateLine, in level: GreyPicture) -> GreyPicture {
        let height = candidate.letterHeight
        let box = candidate.levelBox.grown(by: max(height / 4, 2), width: level.width, height: level.height)
        return level.part(box, scale: 34 / Double(height), margin: 12, ground: 0).inverted
    }
}
