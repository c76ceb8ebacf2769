internal import DICOM
internal import SecondOpinion

/// Which overlay planes may stay under Clean Graphics (PS3.15 §E.3.3): those in whose pixels a search finds no text, by
/// the rules for burned-in text. A plane can be left out without harm to the image, so any doubt leaves it out.
struct OverlaySearch {
    let words: WordRules
    let identity: IdentityInPixels
    let detector: any TextDetector

    /// The planes of an original header that may stay.
    func planes(of header: DataSet) -> [OverlayPlane] { OverlayPlane.all(in: header).filter(isFree) }

    private func isFree(_ plane: OverlayPlane) -> Bool {
        // Letters without room around them are not found.
        guard plane.rows >= Self.leastSide, plane.columns >= Self.leastSide, !Self.holdsCharacters(plane.bits) else {
            return false
        }
        // Small letters are found when they are enlarged, large ones when they are not.
        let isSmall = plane.rows * plane.columns <= 1 << 20
        return (0..<plane.frameCount).allSatisfy { frame in
            (isSmall ? [1, 3] : [1]).allSatisfy { scale in
                guard let picture = plane.picture(frame, margin: Self.margin / scale, scale: scale) else { return true }
                guard let found = try? detector.words(in: picture) else { return false }
                return TextJudgement(found, rules: words, identity: identity).reason == nil
            }
        }
    }

    private static let leastSide = 16
    private static let margin = 48

    /// Whether bytes spell something, in ASCII: of eight that could stand in a name, six letters and digits of at least
    /// four kinds. What is drawn has such bytes by chance only.
    static func holdsCharacters(_ bytes: [UInt8]) -> Bool {
        var start = 0
        for (index, byte) in bytes.enumerated() {
            guard isLetterOrDigit(byte) || separators.contains(byte) else {
                start = index + 1
                continue
            }
            guard index - start >= 5 else { continue }
            let characters = bytes[max(start, index - 7)...index].filter(isLetterOrDigit)
            if characters.count >= 6, Set(characters).count >= 4 { return true }
        }
        return false
    }

    private static let separators = Set(" ^-.,='".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
