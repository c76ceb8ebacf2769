import JSON
import Testing

@testable import ImageClassifier

@Suite struct `Patient orientation` {
    /// All eight ways in which a frontal picture can lie.
    static let frontal = ["LF", "RF", "LH", "RH", "FL", "FR", "HL", "HR"]

    @Test(arguments: frontal)
    func `a turn gives the golden picture`(directions: String) throws {
        let expected = try #require(try TestVectors().json["turn"]?[directions]?.array).compactMap { $0.int }
        let turn = try #require(orientation(directions))
        #expect(turn.turned([0, 1, 2, 3, 4, 5], rows: 2, columns: 3) == expected)
    }

    @Test(arguments: frontal)
    func `after the turn, rows run to the left and columns to the feet`(directions: String) throws {
        // A picture whose pixels say where in the patient they lie: 0…1 to the left, 0…1 to the feet.
        let (rows, columns) = directions.first == "L" || directions.first == "R" ? (4, 6) : (6, 4)
        let stored = (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let places = [directions.first: column, directions.last: row]
                let left = places["L"] ?? 5 - (places["R"] ?? 0)
                let feet = places["F"] ?? 3 - (places["H"] ?? 0)
                return feet * 10 + left
            }
        }
        let turn = try #require(orientation(directions))
        let expected = (0..<4).flatMap { feet in (0..<6).map { feet * 10 + $0 } }
        #expect(turn.turned(stored, rows: rows, columns: columns) == expected)
    }

    @Test(arguments: frontal)
    func `the inverse undoes the turn`(directions: String) throws {
        let turn = try #require(orientation(directions))
        let picture = Array(0..<35)
        let turned = turn.turned(picture, rows: 5, columns: 7)
        let (rows, columns) = turn.isTransposed ? (7, 5) : (5, 7)
        #expect(turn.inverse.turned(turned, rows: rows, columns: columns) == picture)
    }

    @Test(arguments: frontal)
    func `a window and a position go where their pixels go`(directions: String) throws {
        let turn = try #require(orientation(directions))
        var picture = [Int](repeating: 0, count: 35)
        picture[2 * 7 + 4] = 1
        let (rows, columns) = turn.isTransposed ? (7, 5) : (5, 7)
        let index = try #require(turn.turned(picture, rows: 5, columns: 7).firstIndex(of: 1))
        let window = turn.turned(PixelWindow(top: 2, left: 4, bottom: 3, right: 5), rows: 5, columns: 7)
        #expect([window.top, window.left] == [index / columns, index % columns])
        #expect([window.rows, window.columns] == [1, 1])
        let place = turn.turned(x: 4.5 / 7, y: 2.5 / 5)
        #expect([Int(place.y * Double(rows)), Int(place.x * Double(columns))] == [index / columns, index % columns])
    }

    @Test func `the first letter is the main direction`() {
        #expect(PatientOrientation(["LP", "FA"]) == .frontal(.asStored))
        #expect(PatientOrientation(["rf", "f"]) == .frontal(Orientation(mirrorsColumns: true)))
    }

    @Test(arguments: [["A", "F"], ["P", "F"], ["PL", "F"], ["L", "A"], ["H", "P"]])
    func `rows or columns to the front or back mean a lateral view`(values: [String]) {
        #expect(PatientOrientation(values) == .lateral)
    }

    @Test(arguments: [
        [], ["L"], ["L", "R"], ["L", "L"], ["F", "H"], ["A", "P"], ["X", "F"], ["", ""], ["L", "F", "A"],
    ])
    func `what is absent or nonsense is not followed`(values: [String]) {
        #expect(PatientOrientation(values) == .unknown)
    }

    private func orientation(_ directions: String) -> Orientation? {
        guard case .frontal(let turn) = PatientOrientation(directions.map(String.init)) else { return nil }
        return turn
    }
}
