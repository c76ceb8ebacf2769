import Glibc
import Testing

@testable import SecondOpinion

@Suite struct ResidualSearchTests {
    @Test func `Every spelling of what is known is found in a text`() throws {
        let search = try ResidualSearch(for: Patient.identity(), dates: .shifted)
        for (kind, text) in Patient.spellings {
            var file = WrittenFile()
            file.elements = [.init(0x0008_103E, "LO", "Thorax "), .init(0x0010_4000, "LT", "x \(text) y")]
            let result = try search.search(file.bytes)
            #expect(result.hits.contains { $0.kind == kind && $0.path == "0010,4000" }, "\(text): \(result.hits)")
        }
    }

    @Test(arguments: Planting.allCases)
    func `No identifier planted anywhere in any encoding is missed`(place: Planting) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        for writing in Writing.allCases {
            for round in 0..<24 {
                let plant = Patient.long[round % Patient.long.count]
                guard let bytes = writing.bytes(plant.text) else { continue }
                // The comment of a test has one byte for its length, the preamble 128.
                guard bytes.count < 120 else { continue }
                var file = CleanFile.make(&generator, pixels: 2048)
                place.plant(bytes, into: &file, &generator)
                let result = try? search.search(file.bytes)
                // Behind the end the file cannot be read any more: refused as well.
                guard let result else {
                    #expect(place == .behindTheEnd, "seed \(seed) \(writing) \(plant.text) \(file.syntax)")
                    continue
                }
                #expect(!result.isClean, "seed \(seed) \(place) \(writing) \(plant.text) \(file.syntax)")
            }
        }
    }

    @Test(arguments: [Planting.text, .unlimitedText, .deepItem, .privateText, .privateBinary])
    func `Short forms too are found where texts stand`(place: Planting) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        for (kind, text) in Patient.spellings where place != .privateBinary || text.utf8.count >= 12 {
            var file = CleanFile.make(&generator, pixels: 256)
            place.plant(Array(" \(text) ".utf8), into: &file, &generator)
            let result = try search.search(file.bytes)
            #expect(result.hits.contains { $0.kind == kind }, "seed \(seed) \(place) \(text) \(file.syntax)")
        }
    }

    @Test func `Two thousand clean files give no hit`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var search = try ResidualSearch(for: Patient.identity(), dates: .none)
        for round in 0..<2000 {
            if round % 100 == 99 {
                var identity = try Patient.identity()
                for _ in 0..<20 {
                    try identity.add(identifier: String(Int.random(in: 1000...999_999, using: &generator)))
                    let letters = (0..<Int.random(in: 3...9, using: &generator)).map { _ in
                        "abcdefghijklmnopqrstuvwxyz".randomElement(using: &generator) ?? "x"
                    }
                    try identity.add(name: "Z\(String(letters))^Q\(String(letters.reversed()))")
                    try identity.add(date: "19\(Int.random(in: 10...99, using: &generator))0917")
                }
                search = try ResidualSearch(for: identity, dates: .none)
            }
            let file = CleanFile.make(&generator, pixels: round % 50 == 0 ? 200_000 : 3000)
            let result = try search.search(file.bytes)
            #expect(result.isClean, "seed \(seed) round \(round) \(file.syntax): \(result.hits)")
        }
    }

    @Test func `A day that nobody expects is found, a dummy and a measured number are not`() throws {
        let search = try ResidualSearch(for: KnownIdentity(), dates: .none)
        func hits(_ vr: String, _ text: String) throws -> [SearchResult.Hit] {
            var file = WrittenFile()
            file.elements = [.init(0x0040_0244, vr, text)]
            return try search.search(file.bytes).hits
        }
        for (vr, text) in [
            ("DA", "20190405"), ("DT", "20190405101010.5+0100"), ("LO", "on 5.4.2019"), ("CS", "A_2019-04-05"),
            ("SH", "05-APR-2019"), ("UT", "20190405"),
        ] {
            #expect(try hits(vr, text).map(\.kind) == [.date], "\(vr) \(text)")
        }
        for (vr, text) in [
            ("DA", "19000101"), ("DT", "19000101000000"), ("DS", "20190405"), ("IS", "20190405"), ("TM", "201904"),
            ("AS", "047Y"), ("UI", "1.2.2019.04.05"), ("LO", "version 1.2.3"), ("LO", "20191405"), ("DA", ""),
        ] {
            #expect(try hits(vr, text).isEmpty, "\(vr) \(text)")
        }
    }

    @Test func `A shifted day is no hit, the original one is`() throws {
        var identity = KnownIdentity()
        try identity.add(date: "20190405")
        try identity.add(date: "20190505")
        identity.expect(date: "20190505")
        let search = try ResidualSearch(for: identity, dates: .shifted)
        var file = WrittenFile()
        file.elements = [.init(0x0008_0020, "DA", "20190505"), .init(0x0008_0021, "DA", "20180101")]
        #expect(try search.search(file.bytes).isClean)
        file.elements.append(.init(0x0008_0022, "DA", "20190405"))
        #expect(try search.search(file.bytes).hits.map(\.path) == ["0008,0022"])
    }

    @Test func `Pieces of any size give what the whole file gives`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        for place in Planting.allCases {
            var file = CleanFile.make(&generator)
            place.plant(Array("Grosskoetter^Joergine".utf8), into: &file, &generator)
            let bytes = file.bytes
            let whole = try search.search(bytes)
            var stream = search.begin()
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(rest.count, 3000), using: &generator)
                try stream.update(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            let pieces = try stream.finish()
            // What no reader can make sense of may be cut at other places.
            if place != .behindTheEnd {
                #expect(pieces.hits.map(\.path) == whole.hits.map(\.path), "seed \(seed) \(place)")
            }
            #expect(!pieces.isClean, "seed \(seed) \(place)")
        }
    }

    @Test func `Bytes that are no file, or end early, are an error`() throws {
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        #expect(throws: SecondOpinionError.self) { try search.search([1, 2, 3]) }
        var generator = SeededGenerator(seed: 4711)
        var file = CleanFile.make(&generator)
        file.syntax = .explicit
        let bytes = file.bytes
        #expect(throws: SecondOpinionError.self) { try search.search(Array(bytes.dropLast(5))) }
        #expect(throws: SecondOpinionError.self) { try search.search(bytes + [0, 0, 0]) }
    }

    @Test func `Random bytes behind the preamble never crash the reader`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        for _ in 0..<3000 {
            var bytes = CleanFile.make(&generator, pixels: 64).bytes
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                bytes[Int.random(in: 128..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            _ = try? search.search(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))))
        }
    }

    @Test func `The search says what it looked at, and never what it knows`() throws {
        let identity = try Patient.identity()
        #expect("\(identity)" == "KnownIdentity(12 values)")
        let search = try ResidualSearch(for: identity, dates: .none)
        var generator = SeededGenerator(seed: 1)
        let bytes = CleanFile.make(&generator).bytes
        let statistics = try search.search(bytes).statistics
        #expect(statistics.bytes == bytes.count)
        #expect(statistics.elements > 20)
        #expect(statistics.words > 20)
        #expect(Set(statistics.patterns.keys) == Set(HitKind.allCases))
    }

    @Test func `A crowd in one study is too many`() throws {
        var identity = KnownIdentity()
        for index in 0..<5000 { try identity.add(identifier: "P\(index)") }
        #expect(throws: SecondOpinionError(.tooManyIdentifiers)) { try identity.add(name: "One^More") }
    }

    @Test func `Pixel data pass at some hundred megabytes a second`() throws {
        let search = try ResidualSearch(for: Patient.identity(), dates: .none)
        var generator = SeededGenerator(seed: 9)
        let block = (0..<131_072).flatMap { _ in
            let bits = generator.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        }
        let head = WrittenFile(elements: []).bytes
        var stream = search.begin()
        try stream.update(head)
        let count = 256
        let length = UInt32(count * block.count)
        try stream.update(
            [0xE0, 0x7F, 0x10, 0x00, 0x4F, 0x57, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        let start = processorSeconds()
        for _ in 0..<count { try stream.update(block) }
        let time = processorSeconds() - start
        let result = try stream.finish()
        #expect(result.isClean)
        print("second opinion: \(Double(length) / 1e6 / time) MB/s of pixel data")
    }
}

/// Of this thread: the machine has other work.
private func processorSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
