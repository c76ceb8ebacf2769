import SecondOpinion
import Testing

/// One person's number, telephone and name are written in many ways: whichever is known, every other is found.
@Suite struct WrittenWaysTests {
    private enum Known { case identifier, text, name }

    private func search(_ known: Known, _ value: String, dates: DateExpectation = .none) throws -> ResidualSearch {
        var identity = KnownIdentity()
        switch known {
        case .identifier: try identity.add(identifier: value)
        case .text: try identity.add(text: value)
        case .name: try identity.add(name: value)
        }
        return try ResidualSearch(for: identity, dates: dates)
    }

    private func isFound(_ search: ResidualSearch, _ text: String, _ vr: String = "LO") throws -> Bool {
        let tags: [String: UInt32] = ["LO": 0x0008_0070, "CS": 0x0018_0015, "DS": 0x0040_A30A, "IS": 0x0018_1150]
        let element = WrittenFile.Element(tags[vr] ?? 0x0040_A160, vr, text)
        return try !search.search(WrittenFile(elements: [element]).bytes).isClean
    }

    private static let numbers = [
        "MRN88311777", "MRN-88311777", "A-88311777", "HOSP^88311777", "88311777-1", "88311777/2", "2026-88311777",
        "P 88311777", "88311777A", "DE88311777XX", "0088311777", "88311777^^^HOSP&1.2.276.0.7230010.3&ISO",
        "MRN 8831-1777", "88311777",
    ]

    @Test(arguments: numbers)
    func `The number is found without what stands around it`(known: String) throws {
        let search = try search(.identifier, known)
        for text in ["88311777", "GE 88311777", "GE88311777", "v88311777.1", "0088311777", "8831 1777", "8831-1777"] {
            #expect(try isFound(search, text), "\(text)")
        }
        #expect(try isFound(search, "NO_88311777", "CS"))
        for vr in ["DS", "IS"] { #expect(try isFound(search, "88311777", vr), "\(vr)") }
        #expect(!search.search(text: Array("OBX|1|NM|X||88311777|mm\r".utf8)).isClean)
        #expect(!search.search(text: Array(#"{"valueQuantity":{"value":88311777}}"#.utf8)).isClean)
        for text in ["88311778", "8831177", "1.88311777", "88 311"] {
            #expect(try !isFound(search, text, "DS"), "\(text)")
        }
    }

    @Test(arguments: numbers)
    func `Whatever stands around a known number, it is found`(text: String) throws {
        #expect(try isFound(search(.identifier, "88311777"), text))
    }

    @Test func `Seven digits count where they are a whole measured number`() throws {
        let search = try search(.identifier, "ACC4455667")
        for text in ["4455667", "1\\4455667\\2", "+4455667 ", "4455667.0", "04455667"] {
            #expect(try isFound(search, text, "DS"), "\(text)")
        }
        #expect(try isFound(search, "4455667", "IS") && isFound(search, "GE 4455667"))
        for text in ["4455667.25", "3.4455667", "14455667", "4455667E3", "455667", "44556670"] {
            #expect(try !isFound(search, text, "DS"), "\(text)")
        }
    }

    @Test func `Days, months, years, others' OIDs and digests in an identifier are no numbers of it`() throws {
        for (known, text) in [
            ("2026-4711", "2026"), ("202602-4711", "202602"), ("260215-4711", "V 260215"), ("CT20240229", "20240229"),
            ("CT2024-02-29", "20240229"), ("29022024/17", "29022024"), ("CT20240229101500", "20240229101500"),
            ("4711^^^HOSP&1.2.276.0.7230010.3&ISO", "7230010"), ("2.16.840.1.113883.3.4711", "113883"),
            ("1-20240229", "2024-02-29"), ("a4711081b0c1d2e3f4a5b6c7d8e9", "4711081"), ("4711^^^88311777", "88311777"),
        ] {
            #expect(try !isFound(search(.identifier, known, dates: .kept), text), "\(known) \(text)")
        }
        // Days in them are the patient's all the same.
        #expect(try isFound(search(.identifier, "CT20240229", dates: .shifted), "29.02.2024"))
    }

    @Test(arguments: [
        "14th March 1957", "March 14th, 1957", "14th of March 1957", "1957 March 14", "1957-Mar-14", "1957:03:14",
        "14:03:1957", "14.III.1957", "Thu Mar 14 10:11:12 1957", "Thu Mar 14 10:11:12 CET 1957", "1957年3月14日",
        "14 de marzo 1957", "14 March 1957", "14.3.1957", "1957-03-14", "19570314",
    ])
    func `A day is found however it is written`(text: String) throws {
        let nobody = try ResidualSearch(for: KnownIdentity(), dates: .none)
        #expect(try isFound(nobody, text))
        #expect(try isFound(nobody, "scan of \(text), second"))
    }

    @Test(arguments: ["14,3,1957", "57-03-14", "14.03.57", "14/3/57"])
    func `What could be something else is a day where it is known`(text: String) throws {
        var identity = KnownIdentity()
        try identity.add(date: "19570314")
        #expect(try isFound(ResidualSearch(for: identity, dates: .none), text))
        #expect(try !isFound(ResidualSearch(for: KnownIdentity(), dates: .none), text))
    }

    @Test(arguments: ["10:11:12", "1957:61:14", "March 1957", "V 1.3.57.2", "3 of 14, 1957 of 2", "14 I 1957", "1957年"])
    func `What only looks like a day is none`(text: String) throws {
        #expect(try !isFound(ResidualSearch(for: KnownIdentity(), dates: .none), text))
    }

    @Test func `A number that is the study's day is no hit among dates that stay, and one everywhere else`() throws {
        let search = try search(.identifier, "20240311", dates: .kept)
        func isFound(_ tag: UInt32, _ vr: String, _ value: String) throws -> Bool {
            try !search.search(WrittenFile(elements: [.init(tag, vr, value)]).bytes).isClean
        }
        #expect(try !isFound(0x0008_0020, "DA", "20240311"))
        #expect(try !isFound(0x0008_002A, "DT", "20240311101500"))
        #expect(try isFound(0x0008_0070, "LO", "20240311") && isFound(0x0018_1150, "IS", "20240311"))
    }

    private static let telephones = ["+49 941 7654321", "0941/7654321", "(0941) 765-4321", "0049-941-7654321"]

    @Test(arguments: telephones)
    func `A telephone number is found with any code and separator`(known: String) throws {
        for search in [try search(.identifier, known), try search(.text, known)] {
            for text in [
                "09417654321", "0941 7654321", "0941-7654321", "0941/7654321", "941 7654321", "+49 941 7654321",
                "+49 (0) 941 765 4321", "0049 941 7654321", "Tel.: (0941) 765-43-21, home", "7654321", "765 4321",
                "Philips 0941.7654321", "GE09417654321", "+1 941 7654321",
            ] {
                #expect(try isFound(search, text), "\(text)")
            }
            for text in ["654321", "0941 7654322", "0941, 76543", "1.2.3"] {
                #expect(try !isFound(search, text), "\(text)")
            }
        }
    }

    @Test func `A local number is found behind codes that nobody told`() throws {
        for known in ["765-4321", "7654321"] {
            let search = try search(.text, known)
            for text in ["+49 941 7654321", "09417654321", "0941/765 4321"] {
                #expect(try isFound(search, text), "\(known) \(text)")
            }
        }
    }

    private static let names: [[String]] = [
        ["O'Brien^Sean", "OBrien", "OBRIEN", "O Brien", "O’Brien", "O\u{2BC}Brien", "obriens, OBRIEN", "SeanOBrien"],
        ["D'Angelo^Rita", "DAngelo", "D ANGELO", "RITA_DANGELO", "rdangelo"],
        ["N'Diaye^Awa", "NDIAYE", "n-diaye", "Ndiaye, Awa"],
        ["Al-Hassan^Omar", "AlHassan", "AL HASSAN", "al_hassan", "OmarAlHassan", "Hassan"],
        ["von Meyerbeer^Jo", "vonMeyerbeer", "von Meyerbeer", "MEYERBEER", "JoVonMeyerbeer", "jMeyerbeer"],
        ["de la Cruz^Ana", "delaCruz", "DELACRUZ", "de-la-Cruz", "laCruz", "Cruz"],
        ["Großkötter-Lüders^Anna-Lena", "GrosskoetterLueders", "AnnaLena", "Luders", "Annalena"],
    ]

    @Test(arguments: names)
    func `Names are found with apostrophe and hyphen, and without`(forms: [String]) throws {
        let search = try search(.name, forms[0])
        for text in forms { #expect(try isFound(search, text), "\(text)") }
        for text in forms.dropFirst().prefix(2) {
            #expect(try isFound(search, text.uppercased().replacing(" ", with: "_"), "CS"), "\(text)")
        }
        for text in ["O", "Al", "von", "DE LA", "Brie", "Hass", "Large", "Angel"] {
            #expect(try !isFound(search, text), "\(text)")
        }
    }

    @Test func `Names that were written without are found with apostrophe and hyphen`() throws {
        for (known, text) in [
            ("OBrien^Sean", "O'Brien"), ("DAngelo^Rita", "D`Angelo"), ("NDiaye^Awa", "N’DIAYE"),
            ("AlHassan^Omar", "Al-Hassan"), ("Anna von Meyerbeer", "vonMeyerbeer"), ("Delacruz^Ana", "de la Cruz"),
            ("Sean O'Brien", "OBRIEN"), ("O'Brien, Sean", "obrien"),
        ] {
            #expect(try isFound(search(.name, known), text), "\(known) \(text)")
        }
    }

    @Test func `A UID below the standard's root that the caller gives is found`() throws {
        var identity = KnownIdentity()
        try identity.add(uid: "1.2.840.10008.77.5551234.1")
        let search = try ResidualSearch(for: identity, dates: .none)
        for uid in ["1.2.840.10008.77.5551234.1", "1.2.840.10008.77.5551234.1.2"] {
            #expect(try isFound(search, uid, "UI") && isFound(search, "see \(uid)"), "\(uid)")
        }
        #expect(try !isFound(search, "1.2.840.10008.5.1.4.1.1.2", "UI"))
    }
}
