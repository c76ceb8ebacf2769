/// How far two words are from each other.
enum EditDistance {
    /// Whether one letter changed, added or left out makes one of the other.
    static func isAtMostOne(_ one: String, _ other: String) -> Bool {
        let a = Array(one.unicodeScalars)
        let b = Array(other.unicodeScalars)
        guard abs(a.count - b.count) <= 1 else { return false }
        let same = zip(a, b).prefix { $0 == $1 }.count
        let (restA, restB) = (a.dropFirst(same), b.dropFirst(same))
        return restA.dropFirst().elementsEqual(restB.dropFirst()) || restA.dropFirst().elementsEqual(restB)
            || restA.elementsEqual(restB.dropFirst())
    }
}
