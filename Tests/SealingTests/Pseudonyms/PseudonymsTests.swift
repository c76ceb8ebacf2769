import Testing

@testable import Sealing

@Suite struct PseudonymsTests {
    let pseudonyms: Pseudonyms

    init() throws { pseudonyms = try Pseudonyms(key: counted(32)) }

    @Test(arguments: [
        ("1.2.3", "2.25.149785997813942596401435932312160692469"),
        ("1.2.840.113619.2.55.3.1", "2.25.111792094601631463727979415188740481054"),
    ])
    func `A UID is replaced as in the project's vectors (2.25 form, PS3.5 B.2)`(uid: String, expected: String) {
        #expect(pseudonyms.uid(for: uid) == expected)
        #expect(pseudonyms.uid(for: uid + "\0") == expected)
        #expect(pseudonyms.uid(for: uid + "  ") == expected)
    }

    @Test func `Replacements are distinct, valid and at most 44 characters`() {
        let uids = (0..<2_000).map { pseudonyms.uid(for: "1.2.\($0)") }
        #expect(Set(uids).count == 2_000)
        #expect(uids.allSatisfy { $0.utf8.count <= 44 && !$0.hasPrefix("2.25.0") })
    }

    @Test func `The day shift of HOSP|4711 is −320`() {
        #expect(pseudonyms.dayShift(issuer: "HOSP", patientID: "4711") == -320)
        let shifts = (0..<2_000).map { pseudonyms.dayShift(issuer: "H", patientID: "\($0)") }
        #expect(shifts.allSatisfy { (-365 ... -1).contains($0) })
    }

    @Test func `UID, patient and shift use different labels; another key gives other values`() throws {
        let other = try Pseudonyms(key: [UInt8](repeating: 1, count: 32))
        #expect(other.uid(for: "1.2.3") != pseudonyms.uid(for: "1.2.3"))
        #expect(other.patientID(issuer: "H", patientID: "1") != pseudonyms.patientID(issuer: "H", patientID: "1"))
        #expect(other.keyID != pseudonyms.keyID)
        #expect(pseudonyms.keyID.utf8.count == 16)
        #expect(pseudonyms.patientID(issuer: "H", patientID: "1").utf8.count == 26)
    }
}
