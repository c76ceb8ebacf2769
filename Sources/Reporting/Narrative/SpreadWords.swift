/// How far the model's networks and views of the image are apart, in words and as bounds.
struct SpreadWords {
    let lowest: FixedDecimal
    let highest: FixedDecimal
    let networks: Int
    let views: Int

    /// `0.810 to 0.930`; `all above 0.999` where the digits show no more.
    var words: String {
        lowest.comparator != nil && lowest.words == highest.words
            ? "all \(lowest.words)" : "\(lowest.words) to \(highest.words)"
    }

    /// `three networks and seven views of the image`.
    var witnesses: String {
        "\(numberWord(networks)) \(networks == 1 ? "network" : "networks") and \(numberWord(views)) "
            + "\(views == 1 ? "view" : "views") of the image"
    }

    /// `three networks and seven views of the image: 0.810 to 0.930`.
    var sentence: String { "\(witnesses): \(words)" }

    /// Digits that no value lies below, for elements that have no comparator.
    var lowerBound: String { lowest.comparator == "<" ? Self.end("0", lowest) : lowest.text }

    /// Digits that no value lies above.
    var upperBound: String { highest.comparator == ">" ? Self.end("1", highest) : highest.text }

    private static func end(_ digit: String, _ like: FixedDecimal) -> String {
        digit + "." + String(repeating: "0", count: max(like.text.utf8.count - 2, 0))
    }
}

/// A small number as a word, a larger one in digits.
func numberWord(_ number: Int) -> String {
    let words = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ]
    return words.indices.contains(number) ? words[number] : String(number)
}
