import Foundation
import Mapping
import Sealing

/// One thing an order is found by: a keyed value and what it is the value of.
struct OrderTerm: Hashable, Sendable {
    /// The raw values stand in the file.
    enum Kind: UInt8, Sendable { case key = 1, study, patient }

    static let valueLength = 16
    let kind: Kind
    /// The first half of the keyed value.
    let value: [UInt8]

    init(_ kind: Kind, _ keyedValue: some Collection<UInt8>) {
        self.kind = kind
        value = Array(keyedValue.prefix(Self.valueLength))
    }

    init(_ key: OrderKey, values: KeyedValues) { self.init(.key, values(.orderKey, key.indexText)) }

    init(study: String, values: KeyedValues) { self.init(.study, values(.study, study)) }

    static func patients(_ patients: PatientSet) -> [OrderTerm] { patients.values.map { OrderTerm(.patient, $0) } }
}

/// What an order is found by, in its own row: the lookups only point to the row.
struct OrderTerms: Hashable, Sendable {
    private(set) var terms: [OrderTerm] = []

    init(_ terms: [OrderTerm] = []) { add(terms) }

    /// - Throws: `damaged` for bytes that `blob` did not write.
    init(parsing bytes: [UInt8]) throws {
        let length = 1 + OrderTerm.valueLength
        guard bytes.count.isMultiple(of: length) else { throw StoreFailure.damaged }
        terms = try stride(from: 0, to: bytes.count, by: length).map { start in
            guard let kind = OrderTerm.Kind(rawValue: bytes[start]) else { throw StoreFailure.damaged }
            return OrderTerm(kind, bytes[(start + 1)..<(start + length)])
        }
    }

    var blob: Data { Data(terms.flatMap { [$0.kind.rawValue] + $0.value }) }

    func contains(_ term: OrderTerm) -> Bool { terms.contains(term) }

    mutating func add(_ more: [OrderTerm]) {
        for term in more where !terms.contains(term) { terms.append(term) }
    }

    mutating func remove(_ term: OrderTerm) { terms.removeAll { $0 == term } }

    /// An order is found by the patients that it names now.
    mutating func removePatients(but patients: [OrderTerm]) {
        terms.removeAll { $0.kind == .patient && !patients.contains($0) }
    }
}
