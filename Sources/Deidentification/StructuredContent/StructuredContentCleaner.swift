internal import DICOM

/// The Clean Structured Content Option (PS3.15 §E.3.4, DCM 113104): the tree of a structured report stays as it is,
/// item by item, so that references by position (0040,DB73) still hold; what names somebody is replaced in it.
///
/// It decides what depends on the meaning of an item: persons, texts, dates of birth, ages, numbers that identify. Its
/// result still goes through the rules for every element, which replace UIDs, move or replace dates, put a dummy for
/// codes of private schemes and remove what they do not know; `vouchedFor` names what they then must let stay.
struct StructuredContentCleaner {
    /// A free text without what identifies, or nil where it cannot be told: a dummy takes its place.
    let text: (String) -> String?

    /// Text Value (0040,A160): free text that was looked at here.
    static let vouchedFor: Set<Tag> = [.textValue]

    /// The cleaner with the rule for words.
    init(text: @escaping (String) -> String?) { self.text = text }

    /// The items of Content Sequence (0040,A730) or Acquisition Context Sequence (0040,0555). Throws `tooDeep`.
    func clean(_ items: [DataSet], depth: Int = 0) throws(DeidentificationError) -> [DataSet] {
        guard depth <= 64 else { throw DeidentificationError(.tooDeep) }
        var cleaned: [DataSet] = []
        for item in items { cleaned.append(try clean(item, depth: depth)) }
        return cleaned
    }

    private func clean(_ item: DataSet, depth: Int) throws(DeidentificationError) -> DataSet {
        var result = item
        let concept = ContentConcept(item)
        if item[.textValue] != nil { result.set(.textValue, .UT, words(item, concept)) }
        if item[.personName] != nil { result.set(.personName, .PN, Dummy.text) }
        if concept.isIdentifying {
            for tag in [Tag.date, .time, .dateTime] where item[tag] != nil {
                result[tag] = item[tag].flatMap { element in
                    Dummy.value(element).map { DataElement(tag, element.vr, $0) }
                }
            }
        }
        if item[.measuredValueSequence] != nil { measure(&result, concept) }
        if let nested = item[.contentSequence] {
            guard case .sequence(let items) = nested.value else {
                throw DeidentificationError(.unsupportedObject, tag: .contentSequence)
            }
            result.set(.contentSequence, items: try clean(items, depth: depth + 1))
        }
        return result
    }

    /// Words stay only under a published concept that does not ask for somebody's particulars.
    private func words(_ item: DataSet, _ concept: ContentConcept) -> String {
        guard concept.isPublished, !concept.isIdentifying, let words = item.string(.textValue) else {
            return Dummy.text
        }
        return text(words).flatMap { $0.isEmpty ? nil : $0 } ?? Dummy.text
    }

    /// Great ages identify; a number that is somebody's is no measurement (the sequence may be empty, PS3.3 C.18.1).
    private func measure(_ item: inout DataSet, _ concept: ContentConcept) {
        let isOther = concept.isIdentifying && !concept.isAge
        let values = isOther ? [] : item.items(.measuredValueSequence)
        item.set(
            .measuredValueSequence, items: values.compactMap { GreatAge.capped($0, isAge: concept.isAge) })
    }
}

extension StructuredContentCleaner {
    /// Content items after the rules for every element, with the texts that were looked at here put back: those rules
    /// take away all free text. `walked` holds the items of `cleaned`, one for one.
    static func withTexts(of cleaned: [DataSet], in walked: DataElement?) -> DataElement? {
        guard let walked, case .sequence(var items) = walked.value, items.count == cleaned.count else { return walked }
        for (index, item) in cleaned.enumerated() {
            for tag in vouchedFor { items[index][tag] = item[tag] }
        }
        return DataElement(walked.tag, walked.vr, .sequence(items))
    }

    /// Whether a rewritten object has a content tree.
    static func isLeft(in rewritten: DataSet) -> Bool {
        [Tag.contentSequence, .acquisitionContextSequence].contains { !rewritten.items($0).isEmpty }
    }
}
