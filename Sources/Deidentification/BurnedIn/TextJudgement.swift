internal import DICOM
internal import SecondOpinion

/// What was found in one frame, in numbers, and whether the frame passes.
struct TextJudgement: Equatable {
    /// Words read with letters or digits.
    var words = 0
    /// Those that are markers.
    var markers = 0
    /// Places that look like text and hold no marker.
    var places = 0
    /// Nil where the frame passes.
    var reason: QuarantineReason?

    /// What belongs to the patient counts at any confidence. A place that looks like text passes only if a marker was
    /// read there.
    init(_ found: [DetectedWord], rules: WordRules, identity: IdentityInPixels) {
        var known: [DetectedWord] = []
        for word in found {
            let text = WordRules.folded(word.text)
            guard !text.isEmpty else { continue }
            words += 1
            if identity.holds(word.text) {
                reason = .textDetected
            } else if rules.isMarker(text) {
                markers += 1
                // Short ones are also seen where there is nothing.
                if text.unicodeScalars.count >= 4 || word.confidence >= 60 { known.append(word) }
            } else if rules.counts(text, confidence: word.confidence) {
                reason = .textDetected
            }
        }
        places =
            found.filter { place in
                place.text.isEmpty && !known.contains { $0.covers(place) }
            }.count
        if places > 0 { reason = reason ?? .textUnsure }
    }
}

extension DetectedWord {
    /// Whether most of the smaller of both lies in the other.
    fileprivate func covers(_ other: DetectedWord) -> Bool {
        let across = min(left + width, other.left + other.width) - max(left, other.left)
        let down = min(top + height, other.top + other.height) - max(top, other.top)
        guard across > 0, down > 0 else { return false }
        return 2 * across * down >= min(width * height, other.width * other.height)
    }
}
