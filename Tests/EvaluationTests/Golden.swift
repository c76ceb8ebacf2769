import Foundation
import JSON
import Testing

@testable import Evaluation

/// Figures that scikit-learn, SciPy and NumPy gave (`Vectors/golden.py`).
struct Golden {
    let json: JSONValue

    init() throws {
        let url = try #require(Bundle.module.url(forResource: "golden", withExtension: "json", subdirectory: "Vectors"))
        json = try JSONValue(parsing: Array(Data(contentsOf: url)))
    }

    func numbers(_ key: String) throws -> [Double] {
        try #require(json[key]?.array).compactMap { $0.number?.double }
    }

    func rows(_ key: String) throws -> [[Double]] {
        try #require(json[key]?.array).map { try #require($0.array).compactMap { $0.number?.double } }
    }

    func images() throws -> [ScoredImage] {
        let (patients, labels) = (try numbers("patient"), try numbers("label"))
        return try numbers("probability").enumerated().map { index, probability in
            ScoredImage(
                probability: probability, label: labels[index] == 1, patient: Int(patients[index]),
                decision: probability <= 0.2 ? false : probability >= 0.8 ? true : nil)
        }
    }
}

/// Whether two numbers agree but for the order in which sums were taken.
func agree(_ first: Double?, _ second: Double?, within distance: Double = 1e-9) -> Bool {
    guard let first, let second else { return first == nil && second == nil }
    return abs(first - second) <= distance
}
