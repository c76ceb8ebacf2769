import DICOM
import HL7v2

/// Invents patients and their examinations, numbered through so that no two share a number. One seed, one date and the
/// same calls give the same hospital again.
struct SyntheticPatientRegistry: Sendable {
    /// The day of the patients' ages.
    let today: DTM
    /// In UTC; a date alone is its noon.
    private let now: Int64
    private var chance: SplitMix64
    /// Part of every number: two runs with different seeds hardly ever share one.
    private let run: String
    /// Where the names begin.
    private let firstTurn: Int
    private var serial = 0
    private var patients = 0

    /// - Parameter today: A date, or an instant.
    init(seed: UInt64, today: DTM) {
        now = (today.secondsSinceEpoch ?? today.localSecondsSinceEpoch) + (today.hour == nil ? 43_200 : 0)
        self.today = DTM(secondsSinceEpoch: now).date
        chance = SplitMix64(seed: seed)
        run = String(Int.random(in: 10_000...99_999, using: &chance))
        firstTurn = Int.random(in: 0..<Self.families.count, using: &chance)
    }

    /// A patient who has completed so many years today.
    mutating func patient(age: Int, sex: SyntheticPatient.Sex? = nil) -> SyntheticPatient {
        let number = nextNumber()
        let sex = sex ?? (Bool.random(using: &chance) ? .female : .male)
        let given = sex == .male ? Self.maleNames : Self.femaleNames
        // Between 20 and 300 days after the birthday, so that the age holds for a while.
        let days = Int64.random(in: 20...300, using: &chance)
        let birthday = DTM(secondsSinceEpoch: today.localSecondsSinceEpoch - days * 86_400)
        let birthDate = Self.date(year: max(birthday.year - max(age, 0), 1), like: birthday)
        // In turn, so that no two of the first sixty bear the same name.
        let turn = patients + firstTurn
        patients += 1
        return SyntheticPatient(
            id: "SBX\(number)", family: Self.families[turn % Self.families.count],
            given: given[(turn / Self.families.count + turn) % given.count], birthDate: birthDate, sex: sex)
    }

    /// Completed years of a small child, from the seed.
    mutating func childAge() -> Int { Int.random(in: 1...4, using: &chance) }

    /// An examination of a patient, done within the hour before `instant`, which is the registry's own by default.
    mutating func examination(
        of patient: SyntheticPatient, _ kind: ExaminationKind = .chestAP, before instant: DTM? = nil
    ) -> Examination {
        let number = nextNumber()
        let minutes = Int64.random(in: 5...59, using: &chance)
        let end = instant.map { $0.secondsSinceEpoch ?? $0.localSecondsSinceEpoch } ?? now
        let time = DTM(secondsSinceEpoch: end - minutes * 60)
        return Examination(
            patient: patient, kind: kind, placerOrderNumber: "PLC\(number)", fillerOrderNumber: "FLR\(number)",
            accessionNumber: "ACC\(number)", requestedProcedureID: "RP\(number)",
            scheduledProcedureStepID: "SPS\(number)", studyInstanceUID: uid(), seriesInstanceUID: uid(),
            sopInstanceUID: uid(), time: time)
    }

    /// A UID under 2.25 (PS3.5 §B.2), from the seed.
    mutating func uid() -> UID { Self.uid(using: &chance) }

    /// A UID under 2.25 of a random UUID (RFC 9562 §5.4).
    static func uid(using generator: inout some RandomNumberGenerator) -> UID {
        var value = UInt128.random(in: .min ... .max, using: &generator)
        value = value & ~(0xF << 76) | 0x4 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        // At most 5 + 39 digits: the grammar is kept.
        return UID("2.25.\(value)") ?? .secondaryCaptureImageStorage
    }

    private mutating func nextNumber() -> String {
        serial += 1
        let digits = String(serial)
        return run + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private static func date(year: Int, like date: DTM) -> DTM {
        func pad(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        // On 29 February the 28th, which every year has.
        let day = date.month == 2 ? min(date.day ?? 1, 28) : date.day ?? 1
        let text = pad(year, 4) + pad(date.month ?? 1, 2) + pad(day, 2)
        return (try? DTM(parsing: text)) ?? date.date
    }

    private static let families = [
        "Tinselbrook", "Pebblewick", "Marzipanow", "Nimbusdottir", "Quastenflößer", "Wobblethorpe", "Dummyová",
        "O'Phantom", "Musterstern-Fiction", "Pixelgard",
    ]
    private static let femaleNames = ["Testina", "Ficta", "Samplina", "Pretendra", "Imagina", "Éxempla"]
    private static let maleNames = ["Probandus", "Exemplar", "Mockard", "Imaginus", "Phantomir", "Fictus"]
}
