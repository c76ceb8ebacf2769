/// Which of the words read from pixels count as text: `words` of `burned-in.yaml`.
public struct WordRules: Sendable, Hashable {
    /// Side and position markers, which identify nobody: upper case, letters and digits only.
    public let markers: Set<String>
    /// The confidence (0…100) from which a word counts, by its number of letters and digits: the first for the fewest,
    /// the last for all longer ones. Shorter words do not count: recognisers see them in ribs.
    public let confidence: [Int]
    /// Letters and digits of the words that the first of `confidence` is for.
    public let leastCharacters: Int

    /// Markers are compared without case, spaces and punctuation.
    public init(markers: [String], leastCharacters: Int, confidence: [Int]) {
        self.markers = Set(markers.map(Self.folded))
        self.leastCharacters = leastCharacters
        self.confidence = confidence
    }

    /// Whether a word read with this confidence counts as text.
    func counts(_ folded: String, confidence read: Double) -> Bool {
        let excess = folded.unicodeScalars.count - leastCharacters
        guard excess >= 0, let last = confidence.last else { return false }
        return read >= Double(excess < confidence.count ? confidence[excess] : last)
    }

    /// Whether a word is a marker; long ones may have one letter read wrong.
    func isMarker(_ folded: String) -> Bool {
        markers.contains(folded)
            || (folded.unicodeScalars.count >= 5
                && markers.contains { $0.unicodeScalars.count >= 6 && EditDistance.isAtMostOne($0, folded) })
    }

    /// Upper case, letters and digits only.
    static func folded(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.uppercased().unicodeScalars.filter {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil
                }))
    }
}
