/// Where pseudonyms come from: a key (`Pseudonyms`), or chance and a sealed list of who got which (`Crosswalk`).
///
/// The same question always has the same answer. Safe to ask from any thread.
public protocol PseudonymSource: Sendable {
    /// The UID that stands for another one: `2.25.` and a UUID as a decimal number (PS3.5 §B.2), at most 44 characters.
    /// Trailing padding (NUL, space) of the question is ignored.
    func uid(for uid: String) -> String

    /// The value that stands for a patient's identifier: 26 hexadecimal digits.
    func patientID(issuer: String, patientID: String) -> String

    /// Days by which every date of one patient moves: −1 … −365.
    func dayShift(issuer: String, patientID: String) -> Int

    /// Names the key or the list on a receipt, without telling anything of it.
    var keyID: String { get }

    /// Makes sure that every answer so far can be found again. Ask before anything with a pseudonym leaves the process:
    /// what was handed out and is not on the disk could never be led back, and the patient would get another one.
    /// - Throws: `crosswalkUnwritable`; then nothing may leave.
    func commit() throws(SealingError)
}

extension PseudonymSource {
    /// Nothing to keep.
    public func commit() throws(SealingError) {}
}

extension Pseudonyms: PseudonymSource {}
