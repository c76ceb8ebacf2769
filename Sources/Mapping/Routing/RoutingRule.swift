import HL7v2

/// One rule of a routing file: a model, and when an order is for it. One of the alternatives must hold; in an
/// alternative every condition that is given must hold. A field that is missing fulfils no condition.
struct RoutingRule: Sendable, Hashable {
    let name: String
    /// The model that the site wants; nil leaves it to the models' own rules.
    let model: String?
    let alternatives: [Conditions]

    func claims(_ order: ImagingOrder) -> Bool { alternatives.contains { $0.unfulfilled(by: order).isEmpty } }

    /// The conditions of one alternative.
    struct Conditions: Sendable, Hashable {
        var modality: [String]?
        var bodyPart: [String]?
        var source: [String]?
        /// Codes with or without `^system`.
        var procedureCode: [String]?
        /// Whole words of the procedure's text, in lower case.
        var procedureWords: [String]?
        var age: ClosedRange<Int>?
        /// Where it stands, for those who check the file.
        var mark: FileMark
    }
}

/// The fields that a rule can ask for.
public enum RoutingField: String, Sendable, Hashable, CaseIterable {
    case modality, bodyPart, source, procedureCode, procedureWords, age
}

extension RoutingRule.Conditions {
    /// The conditions that `order` does not fulfil.
    func unfulfilled(by order: ImagingOrder) -> [RoutingField] {
        var fields: [RoutingField] = []
        func check(_ field: RoutingField, _ isFulfilled: Bool?) { if isFulfilled == false { fields.append(field) } }
        check(.modality, modality.map { $0.contains(order.modality ?? "") })
        check(.bodyPart, bodyPart.map { $0.contains(order.bodyPart ?? "") })
        check(.source, source.map { $0.contains(order.source) })
        check(
            .procedureCode,
            procedureCode.map { codes in
                order.procedureCode?.codings.contains { coding in
                    codes.contains(coding.code) || codes.contains("\(coding.code)^\(coding.system ?? "")")
                } ?? false
            })
        check(.procedureWords, procedureWords.map { !Set($0).isDisjoint(with: Self.words(of: order.procedureCode)) })
        check(.age, age.map { Age.range(of: order)?.overlaps($0) ?? false })
        return fields
    }

    /// The words of all texts of a concept, in lower case.
    private static func words(of concept: CodedConcept?) -> Set<String> {
        let texts = (concept?.codings.compactMap(\.display) ?? []) + [concept?.text].compactMap(\.self)
        return Set(texts.flatMap { $0.lowercased().split { !$0.isLetter }.map(String.init) })
    }
}

/// Completed years of life.
enum Age {
    /// The ages that the order's patient may have at the examination: one number, or two where the birth date is only
    /// a year or a month. nil without a birth date or without a time to count to.
    static func range(of order: ImagingOrder) -> ClosedRange<Int>? {
        guard let birth = order.birthDate, let time = order.scheduledTime ?? order.transactionTime else { return nil }
        let stated = time.stated
        func years(_ month: Int, _ day: Int) -> Int {
            let isBefore = (stated.month ?? 1, stated.day ?? 1) < (month, day)
            return stated.year - birth.year - (isBefore ? 1 : 0)
        }
        let youngest = years(birth.month ?? 12, birth.day ?? 31)
        let oldest = years(birth.month ?? 1, birth.day ?? 1)
        guard youngest >= 0 else { return oldest >= 0 ? 0...oldest : nil }
        return youngest...max(youngest, oldest)
    }
}
