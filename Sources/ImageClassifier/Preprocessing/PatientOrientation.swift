/// What PatientOrientation (0020,0020) says of a picture (PS3.3 C.7.6.1.1.1).
enum PatientOrientation: Sendable, Equatable {
    /// Absent, or nothing that can be followed.
    case unknown
    /// Frontal; the turn puts it upright with the patient's left on the right.
    case frontal(Orientation)
    /// Rows or columns run to the front or the back: not a frontal view.
    case lateral

    /// Reads the direction of the rows and that of the columns. The first letter is the main direction; the others say
    /// how far it leans, and are not followed.
    init(_ values: [String]) {
        let letters = values.compactMap { $0.uppercased().first }
        guard values.count == 2, letters.count == 2, letters[0] != letters[1],
            letters.allSatisfy({ "LRHFAP".contains($0) })
        else {
            self = .unknown
            return
        }
        if letters.contains(where: { "AP".contains($0) }) {
            // "A\P" is one axis twice and says nothing.
            self = letters.allSatisfy { "AP".contains($0) } ? .unknown : .lateral
        } else {
            self = Orientation(rows: letters[0], columns: letters[1]).map { .frontal($0) } ?? .unknown
        }
    }
}
