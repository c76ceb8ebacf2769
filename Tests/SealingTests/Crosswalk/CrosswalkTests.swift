import Foundation
import Testing

@testable import Sealing

@Suite struct CrosswalkTests {
    private let folder: URL
    private let keys: KeyRing
    private var path: String { folder.appendingPathComponent("list.crosswalk").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("crosswalk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        keys = try KeyRing.generate()
    }

    private func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    @Test func `Pseudonyms are random, valid, and the same whenever they are asked for again`() throws {
        let first: (String, String, Int)
        do {
            let crosswalk = try Crosswalk(path: path, keys: keys)
            first = (
                crosswalk.uid(for: "1.2.3"), crosswalk.patientID(issuer: "HOSP", patientID: "4711"),
                crosswalk.dayShift(issuer: "HOSP", patientID: "4711")
            )
            #expect(first.0.hasPrefix("2.25.") && first.0.utf8.count <= 44 && first.1.utf8.count == 26)
            #expect((-365 ... -1).contains(first.2))
            #expect(crosswalk.uid(for: "1.2.3\0") == first.0 && crosswalk.uid(for: "1.2.4") != first.0)
            #expect(crosswalk.patientID(issuer: "", patientID: "4711") != first.1)
            try crosswalk.commit()
        }
        let again = try Crosswalk(path: path, keys: keys)
        #expect(again.uid(for: "1.2.3") == first.0)
        #expect(again.patientID(issuer: "HOSP", patientID: "4711") == first.1)
        #expect(again.dayShift(issuer: "HOSP", patientID: "4711") == first.2)
        #expect(again.originalUID(first.0) == "1.2.3")
        let patient = try #require(again.patient(first.1))
        #expect((patient.issuer, patient.patientID, patient.dayShift) == ("HOSP", "4711", first.2))
        // Another list of the same keys gives others: nothing is derived from the patient.
        let other = try Crosswalk(path: path + "2", keys: keys)
        #expect(other.patientID(issuer: "HOSP", patientID: "4711") != first.1 && other.uid(for: "1.2.3") != first.0)
        #expect(other.keyID != again.keyID)
    }

    @Test func `Nothing of an identity stands in the file or in a description, and only its owner may read it`() throws
    {
        let crosswalk = try Crosswalk(path: path, keys: keys)
        let pseudonym = crosswalk.patientID(issuer: "CANARYHOSPITAL", patientID: "CANARY4711")
        let uid = crosswalk.uid(for: "1.2.3.4711.815")
        try crosswalk.commit()
        let file = Data(try bytes())
        for text in ["CANARY", "4711.815", pseudonym, uid] { #expect(file.range(of: Data(text.utf8)) == nil) }
        let patient = try #require(crosswalk.patient(pseudonym))
        var dumped = ""
        dump(crosswalk, to: &dumped)
        dump(patient, to: &dumped)
        #expect(!"\(crosswalk) \(patient) \(dumped)".contains("CANARY"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `Another key, another kind of file and an altered block are refused`() throws {
        do {
            let crosswalk = try Crosswalk(path: path, keys: keys)
            _ = crosswalk.uid(for: "1.2.3")
            try crosswalk.commit()
            _ = crosswalk.uid(for: "1.2.4")
            try crosswalk.commit()
        }
        let whole = try bytes()
        #expect(throws: SealingError(.notAuthentic, at: "crosswalk")) {
            try Crosswalk(path: path, keys: KeyRing.generate())
        }
        #expect(try bytes() == whole)
        for place in stride(from: 24 + 4, to: whole.count, by: 7) {
            var altered = whole
            altered[place] ^= 0x40
            try write(altered)
            // A changed length can look like a block that was never written to its end; what is left is authentic.
            guard let opened = try? Crosswalk(path: path, keys: keys) else { continue }
            #expect(opened.originalUID("1.2.3") == nil)
            #expect(try bytes().count < whole.count)
        }
        try write(Array("no crosswalk, but text that is long enough to be one".utf8))
        #expect(throws: SealingError(.malformed, at: "crosswalk")) { try Crosswalk(path: path, keys: keys) }
        #expect(throws: SealingError(.crosswalkUnreadable)) { try Crosswalk(reading: path + ".none", keys: keys) }
    }

    @Test func `A crash at any byte of the last write loses that commit and nothing else`() throws {
        let kept: String
        do {
            let crosswalk = try Crosswalk(path: path, keys: keys)
            kept = crosswalk.uid(for: "1.2.3")
            try crosswalk.commit()
        }
        let before = try bytes()
        do {
            let crosswalk = try Crosswalk(path: path, keys: keys)
            _ = crosswalk.uid(for: "1.2.4")
            try crosswalk.commit()
        }
        let after = try bytes()
        #expect(after.count > before.count && Array(after.prefix(before.count)) == before)
        for length in before.count..<after.count {
            let cut = Array(after.prefix(length))
            for torn in [cut, cut + [UInt8](repeating: 0, count: after.count - length)] {
                // With fewer than 16 bytes missing, zeros at the end cannot be told from an alteration.
                if torn.count == after.count, after.count - length < 16 { continue }
                try write(torn)
                let crosswalk = try Crosswalk(path: path, keys: keys)
                #expect(crosswalk.uid(for: "1.2.3") == kept)
                let new = crosswalk.uid(for: "1.2.5")
                try crosswalk.commit()
                #expect(try bytes().prefix(before.count) == before[...])
                #expect(crosswalk.originalUID(new) == "1.2.5")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["list.crosswalk"])
    }

    @Test func `Many threads get one answer, and a second opener is refused`() async throws {
        let crosswalk = try Crosswalk(path: path, keys: keys)
        let answers = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let answers = (0..<200).map { crosswalk.uid(for: "1.2.\($0)") }
                    try crosswalk.commit()
                    return answers
                }
            }
            return try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
        }
        #expect(answers.count == 1 && Set(answers.first ?? []).count == 200)
        #expect(throws: SealingError(.crosswalkBusy)) { try Crosswalk(path: path, keys: keys) }
        #expect(throws: SealingError(.crosswalkBusy)) { try Crosswalk(reading: path, keys: keys) }
    }

    @Test func `Who only reads notes nothing`() throws {
        _ = try Crosswalk(path: path, keys: keys)
        let reader = try Crosswalk(reading: path, keys: keys)
        try reader.commit()
        _ = reader.uid(for: "1.2.3")
        #expect(throws: SealingError(.crosswalkUnwritable)) { try reader.commit() }
    }

    @Test func `A keyed source needs no commit`() throws {
        let source: any PseudonymSource = try Pseudonyms(key: counted(32))
        try source.commit()
        #expect(source.dayShift(issuer: "HOSP", patientID: "4711") == -320)
    }
}
