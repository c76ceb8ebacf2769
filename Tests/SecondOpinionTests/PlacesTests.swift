import SecondOpinion
import Testing

/// What chance does not write is found: the other side of `FalseRefusalTests`.
@Suite struct PlacesTests {
    private func generator() -> (seed: UInt64, generator: SeededGenerator) {
        let seed = UInt64.random(in: 0...UInt64.max)
        return (seed, SeededGenerator(seed: seed))
    }

    /// Twenty people, so that the one who is planted is not alone.
    private func search(
        _ add: (inout KnownIdentity) throws -> Void, dates: DateExpectation = .none
    ) throws -> ResidualSearch {
        var generator = SeededGenerator(seed: 7)
        var identity = try KnownPeople.all[9].identity(20, &generator)
        try add(&identity)
        return try ResidualSearch(for: identity, dates: dates)
    }

    @Test(arguments: Streams.Place.allCases)
    func `A short name in a comment, table, box or header of a codestream is found`(place: Streams.Place) throws {
        let search = try search { try $0.add(name: "Kruse^Ole") }
        for text in ["Name: KRUSE", "Kruse, Ole; born here", "patient is o. kruse"] {
            guard place != .entropy, place != .tileData else { continue }
            var (seed, generator) = generator()
            let file = Streams.file(Array(text.utf8), at: place, &generator)
            #expect(try search.search(file).hits.contains { $0.kind == .name }, "seed \(seed) \(text)")
            #expect(try search.search(Streams.file([], at: place, &generator)).isClean, "seed \(seed)")
        }
    }

    @Test(arguments: [Streams.Place.entropy, .tileData])
    func `Between entropy-coded bytes a short word counts in a text, a long one alone`(place: Streams.Place) throws {
        let search = try search {
            try $0.add(name: "Kruse^Ole")
            try $0.add(name: "Grosskoetter^Wilhelmine")
            try $0.add(identifier: "471108")
            try $0.add(date: "19740312")
        }
        for text in [
            "Patient name is Kruse, ward 12", "exported for Ole Kruse by the ward", "MRN 471108 of this hospital, copy",
            "date of birth: 12.03.1974, copy", "grosskoetter", "GROSSKOETTER^WILH",
        ] {
            var (seed, generator) = generator()
            let planted: [UInt8] = [0, 7] + Array(text.utf8) + [0, 200]
            let file = Streams.file(
                planted, at: place, size: Int.random(in: 500...30_000, using: &generator), &generator)
            #expect(try !search.search(file).isClean, "seed \(seed) \(text)")
            // However it is cut.
            var stream = search.begin()
            var rest = file[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...5000, using: &generator))
                try stream.update(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(try !stream.finish().isClean, "seed \(seed) \(text), in pieces")
        }
    }

    @Test func `A number of the patient in a UID is found unless a UUID is the whole of it`() throws {
        let search = try search {
            try $0.add(identifier: "4711")
            try $0.add(identifier: "815471")
            try $0.add(identifier: "20334455")
        }
        func isClean(_ uid: String, _ vr: String = "UI") throws -> Bool {
            try search.search(WrittenFile(elements: [.init(0x0008_1155, vr, uid)]).bytes).isClean
        }
        for uid in [
            "1.2.3.4711", "1.2.4711.3", "1.2.3.20241122815471", "1.2.3.81547120241122", "1.2.3.9920334455123",
            "1.2.840.10008.5.1.4.1.1.4711", "1.2.840.10008.815471", "2.25.20334455", "2.25.815471000000000000000000000",
            "1.2.840.10008.5.1.4.1.1.2\\1.2.3.4711",
        ] {
            #expect(try !isClean(uid), "\(uid)")
        }
        for uid in [
            "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.6.1.4711", "2.25.226484137036592438178353406120498234727",
            "1.2.34711.5",
        ] {
            #expect(try isClean(uid), "\(uid)")
        }
    }

    @Test func `A UUID is clean whatever digits are in it, and found where it is the original's`() throws {
        var (seed, generator) = generator()
        for _ in 0..<2000 {
            let uid = CleanFile.uuid(&generator)
            let start = Int.random(in: 5...30, using: &generator)
            let number = String(Array(uid)[start..<(start + 8)])
            var identity = KnownIdentity()
            try identity.add(identifier: number)
            let file = WrittenFile(elements: [.init(0x0008_0018, "UI", uid)]).bytes
            #expect(
                try ResidualSearch(for: identity, dates: .none).search(file).isClean, "seed \(seed) \(uid) \(number)")
            try identity.add(uid: uid)
            #expect(try !ResidualSearch(for: identity, dates: .none).search(file).isClean, "seed \(seed) \(uid)")
        }
    }

    @Test func `A short name in a character set of one byte is found, escaped and misread too`() throws {
        // Encoded by Python: iso8859_8, iso8859_5, iso8859_7, cp1251.
        let names: [(String, [UInt8])] = [
            ("כהן", [0xEB, 0xE4, 0xEF]), ("לויא", [0xEC, 0xE5, 0xE9, 0xE0]), ("אבגד", [0xE0, 0xE1, 0xE2, 0xE3]),
            ("Иван", [0xB8, 0xD2, 0xD0, 0xDD]), ("ΝΙΚΟΣ", [0xCD, 0xC9, 0xCA, 0xCF, 0xD3]),
            ("Ольга", [0xCE, 0xEB, 0xFC, 0xE3, 0xE0]),
        ]
        for (name, bytes) in names {
            let search = try search { try $0.add(name: name) }
            let misread = Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
            for planted in [
                bytes, [0x1B, 0x2D, 0x48] + bytes, Array("x^".utf8) + bytes + Array(" y".utf8), misread,
                Array(name.utf8),
                Array("ward 7, ".utf8) + misread + Array(", room".utf8),
            ] {
                let file = WrittenFile(elements: [.init(0x0010_4000, "LT", planted)]).bytes
                #expect(try !search.search(file).isClean, "\(name) \(planted)")
            }
        }
    }

    @Test func `Letters of another script are not folded into Latin ones`() throws {
        // As Latin-1, each of them would be an "a" or an "e": PA, AAA, EA.
        let search = try search {
            for name in ["àáâãä", "àáâçä", "אבגדה", "אבהא", "АБВГ", "ابتث", "ΐαβγ", "אבגדהו^הגבא"] {
                try $0.add(name: name)
            }
        }
        let elements: [WrittenFile.Element] = [
            .init(0x0028_0004, "CS", "MONOCHROME2"), .init(0x0018_5101, "CS", "A"), .init(0x0020_0060, "CS", "AA"),
            .init(0x0008_0023, "DA", "19000101"), .init(0x0010_0020, "LO", "0a1e2aee3a4b5c6d7e8f9a0b1c"),
            .init(0x0008_0104, "LO", "De-identifying Equipment"), .init(0x0008_1030, "LO", "AEA aea"),
        ]
        #expect(try search.search(WrittenFile(elements: elements).bytes).hits == [])
    }

    @Test func `Days and numbers do not count in digests, and do beside them`() throws {
        let search = try search {
            try $0.add(identifier: "471108")
            try $0.add(date: "19740312")
        }
        func hits(_ text: String) throws -> Int {
            try search.search(WrittenFile(elements: [.init(0x0010_0020, "LO", text)]).bytes).hitCount
        }
        for text in [
            "a471108b0c1d2e3f4a5b6c7d8e", "ab20190405cd0e1f2a3b4c5d6e", "3f2a740312ab4c5d6e7f8a9b0c",
            "20190405-ab12-4c3d-8e5f-a1b2c3d4e5f6", "1a2b3c4d-4711-08ab-9c1d-e2f3a4b5c6d7",
        ] {
            #expect(try hits(text) == 0, "\(text)")
        }
        for text in [
            "471108 a1b2c3d4e5f6a7b8c9d0e1f2a3", "20190405 a1b2c3d4e5f6a7b8c9d0e1f2a3", "b19740312a4c5d6e7f8a9b0c1d",
            "study_of_20190405_471108",
        ] {
            #expect(try hits(text) > 0, "\(text)")
        }
    }

    @Test func `Rows of characters in tables of a codestream are no numbers or names`() throws {
        var generator = SeededGenerator(seed: 11)
        let search = try search {
            for row in ["456789", "3456789", "CDEFGHIJ", "STUVWXYZ"] { try $0.add(identifier: row) }
            for row in ["cdefghij", "Stuvwxyz", "Hijst"] { try $0.add(name: row) }
        }
        #expect(try search.search(Streams.file([], at: .comment, &generator)).hits == [])
        #expect(try !search.search(Streams.file(Array("MRN 3456789".utf8), at: .comment, &generator)).isClean)
    }

    @Test func `Versions and measured numbers hold no short number, whole numbers do`() throws {
        let search = try search {
            for number in ["4137", "2024", "113100", "12345678", "56789012"] { try $0.add(identifier: number) }
        }
        func isClean(_ tag: UInt32, _ vr: String, _ text: String) throws -> Bool {
            try search.search(WrittenFile(elements: [.init(tag, vr, text)]).bytes).isClean
        }
        for (tag, vr, text) in [
            (0x0018_1020, "LO", "4.1.3.7"), (0x0012_0063, "LO", "imaging-gateway 2\\PS3.15 2024b Annex E"),
            (0x0008_0100, "SH", "113100"), (0x0028_1050, "DS", "1.12345678\\1234.5678\\12\\345678"),
            (0x0018_1150, "IS", "4137"),
        ] as [(UInt32, String, String)] {
            #expect(try isClean(tag, vr, text), "\(text)")
        }
        for (tag, vr, text) in [
            (0x0018_1020, "LO", "V 4137"), (0x0012_0063, "LO", "Profile 2024"), (0x0008_0100, "SH", "4137"),
            (0x0028_1050, "DS", "1\\12345678\\2"), (0x0018_1150, "IS", "56789012"), (0x0008_1030, "LO", "1234 5678"),
        ] as [(UInt32, String, String)] {
            #expect(try !isClean(tag, vr, text), "\(text)")
        }
    }
}
