import SecondOpinion
import Testing

/// Invented people of one kind each: how often something known of them stands in a clean file by chance.
struct KnownPeople: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let add: @Sendable (inout KnownIdentity, inout SeededGenerator) throws -> Void

    private init(
        _ name: String, _ add: @escaping @Sendable (inout KnownIdentity, inout SeededGenerator) throws -> Void
    ) {
        (testDescription, self.add) = (name, add)
    }

    /// Everything known of so many of them.
    func identity(_ count: Int, _ generator: inout SeededGenerator) throws -> KnownIdentity {
        var identity = KnownIdentity()
        for _ in 0..<count { try add(&identity, &generator) }
        return identity
    }

    static let all: [KnownPeople] =
        numbers + latin + scripts + [
            KnownPeople("days") { identity, generator in
                let (month, day) = (
                    Int.random(in: 10...12, using: &generator), Int.random(in: 10...28, using: &generator)
                )
                try identity.add(date: "\(Int.random(in: 1920...2024, using: &generator))\(month)\(day)")
            },
            KnownPeople("telephone numbers") { identity, generator in
                try identity.add(text: "+49 (0)\(digits(3, &generator)) \(digits(7, &generator))")
            },
            KnownPeople("UIDs") { identity, generator in
                try identity.add(uid: "1.2.276.0.7230010.3.1.2.\(digits(9, &generator)).\(digits(6, &generator))")
            },
        ] + surrounded

    private static let numbers: [KnownPeople] =
        [4, 5, 6, 7, 8, 10].map { count in
            KnownPeople("numbers of \(count) digits") { identity, generator in
                let first = Int.random(in: 1...9, using: &generator)
                try identity.add(identifier: "\(first)" + digits(count - 1, &generator))
            }
        } + [
            KnownPeople("accession numbers") { identity, generator in
                try identity.add(identifier: word("ABCDEFGHKLMNPRSTUVWXYZ", 1, &generator) + digits(7, &generator))
                try identity.add(identifier: "MR-\(digits(2, &generator))-\(digits(6, &generator))")
            }
        ]

    /// Numbers with something around them, and names of several words.
    private static let surrounded: [KnownPeople] =
        [6, 7, 8].map { count in
            KnownPeople("numbers of \(count) digits with prefix and suffix") { identity, generator in
                let number = "\(Int.random(in: 1...9, using: &generator))" + digits(count - 1, &generator)
                let forms = [
                    "MRN\(number)", "\(number)-1", "2026-\(number)", "\(number)/26", "P \(number)", "\(number)A",
                ]
                try identity.add(identifier: forms.randomElement(using: &generator) ?? number)
            }
        } + [
            KnownPeople("telephone numbers as identifiers") { identity, generator in
                let number = "\(digits(3, &generator))/\(digits(7, &generator))"
                try identity.add(identifier: "0" + number)
            },
            KnownPeople("names of several words") { identity, generator in
                let (family, given) = (letters(5, &generator), letters(4, &generator))
                let form = [
                    "O'Q\(family)", "Al-Q\(family)", "von Q\(family)", "de la Q\(family)", "Q\(family)-Zw\(given)",
                ]
                try identity.add(name: "\(form.randomElement(using: &generator) ?? family)^Qu-\(given)")
            },
        ]

    private static let latin: [KnownPeople] = [2, 3, 4, 5, 6, 7, 8, 10, 12].map { count in
        KnownPeople("names of \(count) letters") { identity, generator in
            // No word of the standard begins so.
            try identity.add(name: "Zw\(letters(count - 2, &generator))^Qu\(letters(count - 2, &generator))")
        }
    }

    private static let scripts: [KnownPeople] = [
        ("Hebrew", "אבגדהוזחטיכלמנסעפצקרשת", [3, 4, 6]), ("Greek", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", [4, 6]),
        ("Cyrillic", "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ", [4, 6]), ("Arabic", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", [4, 6]),
        ("Thai", "กขคฆงจฉชซญฐฑณดตถทธนบปผฝพฟภมยรลวศสหอฮ", [4, 6]),
        ("Japanese", "山田太郎鈴木高橋伊藤渡辺中村小林加吉佐々", [2, 3]), ("Korean", "김희중박정최강조윤장임한오서신권황안송류홍", [2, 3]),
        ("Chinese", "王小东张李刘陈杨黄吴赵周徐孙马朱胡林郭何", [2, 3]), ("misread Hebrew", "àáâãäåæçèéêëìíîïðñòóôõöøùú", [4, 6]),
        ("Latin with accents", "äöüßéèçñåøłżšő", [4, 6]),
    ].flatMap { name, alphabet, counts in
        counts.map { count in
            KnownPeople("\(name) names of \(count) letters") { identity, generator in
                let family = word(alphabet, count, &generator)
                try identity.add(name: "\(family)^\(word(alphabet, max(1, count - 1), &generator))")
            }
        }
    }

    static func digits(_ count: Int, _ generator: inout SeededGenerator) -> String {
        word("0123456789", count, &generator)
    }

    private static func letters(_ count: Int, _ generator: inout SeededGenerator) -> String {
        word("abcdefghijklmnopqrstuvwxyz", count, &generator)
    }

    static func word(_ alphabet: String, _ count: Int, _ generator: inout SeededGenerator) -> String {
        let letters = Array(alphabet)
        return String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    }
}
