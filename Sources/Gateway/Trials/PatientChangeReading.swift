import JSON
import Mapping

/// What a patient message would change, for people. Identified data.
public struct PatientChangeReading: Sendable {
    /// One identifier and what stands for it from now on.
    public struct Merge: Sendable, Equatable {
        public let prior: String
        public let surviving: String
    }

    /// `update` or `merge`.
    public let kind: String
    public let merges: [Merge]
    /// The patient whose demographics are updated.
    public let identifiers: [String]

    init(_ change: PatientChange) {
        switch change {
        case .update(let update):
            kind = "update"
            merges = []
            identifiers = update.identifiers.map(Self.text)
        case .merge(let found):
            kind = "merge"
            merges = found.map { Merge(prior: Self.text($0.prior), surviving: Self.text($0.surviving)) }
            identifiers = []
        }
    }

    private static func text(_ identifier: AssignedIdentifier) -> String {
        "\(identifier.value) of \(identifier.assigner?.name ?? "an unknown assigner")"
    }

    func json(redacted: Bool) -> JSONValue {
        func shown(_ text: String) -> JSONValue { redacted ? .null : .string(text) }
        return [
            "kind": .string(kind), "identifiers": .array(identifiers.map(shown)),
            "merges": .array(merges.map { ["prior": shown($0.prior), "surviving": shown($0.surviving)] }),
        ]
    }
}
