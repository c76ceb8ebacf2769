/// Who got which pseudonym, in memory: a value type; the file around it is `CrosswalkFile`.
struct CrosswalkEntries: Sendable {
    struct Patient: Sendable, Hashable {
        let issuer: String
        let patientID: String
    }

    struct PatientEntry: Sendable {
        let pseudonym: String
        let dayShift: Int
    }

    private var uids: [String: String] = [:]
    private var patients: [Patient: PatientEntry] = [:]
    private var originalUIDs: [String: String] = [:]
    private var originalPatients: [String: (patient: Patient, dayShift: Int)] = [:]
    /// What is not on the disk yet, encoded.
    private(set) var pending: [UInt8] = []

    /// The pseudonym of a UID, made by chance when it is asked for first. `randomness` gives so many bytes.
    mutating func uid(for uid: String, randomness: (Int) -> [UInt8]) -> String {
        let text = uid.utf8.reversed().drop { $0 == 0 || $0 == 0x20 }.reversed()
        let original = String(decoding: Array(text), as: UTF8.self)
        if let known = uids[original] { return known }
        var pseudonym: String
        repeat {
            let bytes = withUUIDMarks(randomness(16), version: 4)
            pseudonym = "2.25.\(bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })"
        } while originalUIDs[pseudonym] != nil
        note(uid: original, pseudonym)
        pending += lengthPrefixed(["uid", original, pseudonym])
        return pseudonym
    }

    /// The pseudonym and the shift of a patient, made by chance when they are asked for first.
    mutating func patient(issuer: String, patientID: String, randomness: (Int) -> [UInt8]) -> PatientEntry {
        let patient = Patient(issuer: issuer, patientID: patientID)
        if let known = patients[patient] { return known }
        var pseudonym: String
        repeat { pseudonym = Hex.encode(randomness(13)) } while originalPatients[pseudonym] != nil
        let number = randomness(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let entry = PatientEntry(pseudonym: pseudonym, dayShift: -(1 + Int(number % 365)))
        note(patient, entry)
        pending += lengthPrefixed(["patient", issuer, patientID, pseudonym, String(entry.dayShift)])
        return entry
    }

    func originalUID(_ pseudonym: String) -> String? { originalUIDs[pseudonym] }

    func original(_ pseudonym: String) -> (patient: Patient, dayShift: Int)? { originalPatients[pseudonym] }

    /// What was pending is on the disk.
    mutating func settle() { pending = [] }

    /// Takes what `pending` held before. Throws `malformed`.
    mutating func read(_ block: [UInt8]) throws(SealingError) {
        var rest = block[...]
        while !rest.isEmpty {
            switch try Self.text(&rest) {
            case "uid": note(uid: try Self.text(&rest), try Self.text(&rest))
            case "patient":
                let patient = Patient(issuer: try Self.text(&rest), patientID: try Self.text(&rest))
                let pseudonym = try Self.text(&rest)
                guard let shift = Int(try Self.text(&rest)), (-365...(-1)).contains(shift) else {
                    throw SealingError(.malformed, at: "crosswalk")
                }
                note(patient, PatientEntry(pseudonym: pseudonym, dayShift: shift))
            default: throw SealingError(.malformed, at: "crosswalk")
            }
        }
    }

    private mutating func note(uid: String, _ pseudonym: String) {
        uids[uid] = pseudonym
        originalUIDs[pseudonym] = uid
    }

    private mutating func note(_ patient: Patient, _ entry: PatientEntry) {
        patients[patient] = entry
        originalPatients[entry.pseudonym] = (patient, entry.dayShift)
    }

    /// The inverse of `lengthPrefixed` for one text.
    private static func text(_ rest: inout ArraySlice<UInt8>) throws(SealingError) -> String {
        guard rest.count >= 4 else { throw SealingError(.malformed, at: "crosswalk") }
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard length <= rest.count, let text = String(validating: rest.prefix(length), as: UTF8.self) else {
            throw SealingError(.malformed, at: "crosswalk")
        }
        rest = rest.dropFirst(length)
        return text
    }
}
