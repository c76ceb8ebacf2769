import DICOM
import Sealing
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("The search for identifiers in the finished result")
struct LeakCheckTests {
    private func isClean(_ change: (inout DataSet) -> Void) throws -> Bool {
        var result = SyntheticDX.header()
        for element in result where element.vr != .CS && element.tag != .sopClassUID { result[element.tag] = nil }
        result.set(.sopInstanceUID, .UI, "1.2.3.4")
        change(&result)
        var identity = KnownIdentity()
        try identity.collect(from: SyntheticDX.header())
        return try ResidualSearch(for: identity, dates: .none).search(SyntheticDX.instance(result).serialized()).isClean
    }

    @Test("An identifier in text, in an item, in a UID or in bytes refuses the study")
    func found() throws {
        let leaks: [(inout DataSet) -> Void] = [
            { $0.set(.manufacturer, .LO, "Maker for jane") }, { $0.set(.softwareVersions, .LO, "ACC-CANARY-1") },
            { $0.set(.bodyPartExamined, .CS, "CANARYID") }, { $0.set(.instanceNumber, .IS, "47114711") },
            { $0.set(.frameOfReferenceUID, .UI, SyntheticDX.uid) },
            { $0[.lutData] = DataElement(.lutData, .OW, .bytes(Array("..CanaryID".utf8))) },
            { outer in
                var item = DataSet()
                item.set(.codeMeaning, .LO, "x 19451224 y")
                outer.set(.procedureCodeSequence, items: [item])
            },
        ]
        for (index, leak) in leaks.enumerated() {
            #expect(try !isClean(leak), "\(index)")
        }
    }

    @Test("Measured values, codes and dummies are no identifiers")
    func notFound() throws {
        let isClean = try isClean { result in
            result.set(.windowCenter, .DS, "4711")
            result.set(.viewPosition, .CS, "AP")
            result.set(.stationName, .SH, "DEIDENTIFIED")
            result.set(.sopClassUID, .digitalXRayImageStorageForPresentation)
        }
        #expect(isClean)
    }

    @Test("Digits in what this program writes into each file are no number of a patient, by chance or else")
    func ownValues() throws {
        var identity = KnownIdentity()
        let own = Implementation.classUID.value.dropFirst(5)
        for number in [own.prefix(6), own.suffix(6), own.dropFirst(9).prefix(8)] {
            try identity.add(identifier: String(number))
        }
        for number in ["2024", "113100", "113108", "109104"] { try identity.add(identifier: number) }
        let search = try ResidualSearch(for: identity, dates: .none)
        let result = try deidentify(
            try SyntheticDX.study([SyntheticDX.header()]), pseudonyms: try SyntheticDX.pseudonyms()
        ).0.value
        for instance in result.instances {
            #expect(try search.search(instance.serialized()).hits == [])
        }
    }

    @Test("A study that was de-identified before can be de-identified again")
    func again() throws {
        var header = SyntheticDX.header()
        header.set(.patientName, .PN, "DEIDENTIFIED^PATIENT")
        header.set(.patientBirthDate, .DA, "19000101")
        let first = try deidentify(try SyntheticDX.study([header]), pseudonyms: try SyntheticDX.pseudonyms()).0
        let second = try deidentify(first.value, pseudonyms: try SyntheticDX.pseudonyms()).0
        #expect(second.value.instances.count == 1)
    }

    @Test("A header with thousands of names is refused instead of compared for ever")
    func many() throws {
        var header = SyntheticDX.header()
        let names = (0..<2_000).map { "Name\($0)^Given" }
        header[.otherPatientNames] = DataElement(.otherPatientNames, .PN, .text(names))
        #expect(throws: DeidentificationError(.tooManyIdentifiers, instance: 0)) {
            try deidentify(try SyntheticDX.study([header]), pseudonyms: try SyntheticDX.pseudonyms())
        }
    }

    @Test("2,000 mutated headers: a result without canaries or a refusal, never a crash")
    func mutations() throws {
        let seed: UInt64 = 20_261_121
        print("de-identification mutations: seed \(seed)")
        var generator = Seeded(state: seed)
        let original = try SyntheticDX.instance().serialized()
        var results = 0
        for _ in 0..<2_000 {
            var bytes = original
            for _ in 0..<Int(generator.next() % 3 + 1) {
                bytes[132 + Int(generator.next() % UInt64(bytes.count - 700))] = UInt8(
                    truncatingIfNeeded: generator.next())
            }
            guard let instance = try? Instance(parsing: bytes), let uid = instance.studyInstanceUID,
                let result = try? deidentify(
                    Study(studyInstanceUID: uid, instances: [instance]), pseudonyms: try SyntheticDX.pseudonyms())
            else { continue }
            results += 1
            let header = result.0.header(instance: 0).value
            #expect(header[.patientComments] == nil && header[.otherPatientIDs] == nil)
            #expect(header.string(.patientName) == nil && header.string(.accessionNumber) == nil)
        }
        print("de-identified \(results) of 2000")
        #expect(results > 500)
    }
}

/// SplitMix64.
private struct Seeded {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
