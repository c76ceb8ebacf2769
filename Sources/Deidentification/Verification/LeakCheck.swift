internal import DICOM

/// Looks through a finished data set for identifiers of the original. A hit means that a rule is wrong, so the whole
/// study is refused.
enum LeakCheck {
    /// Throws `identifierRemains` with the tag. Elements that this module wrote itself (pseudonyms, age) are not
    /// compared by parts: their digits can hold short identifiers by chance.
    static func check(_ dataSet: DataSet, for identifiers: KnownIdentifiers, instance: Int)
        throws(DeidentificationError)
    {
        for element in dataSet where !ours.contains(element.tag) {
            if identifiers.occur(in: element) {
                throw DeidentificationError(.identifierRemains, instance: instance, tag: element.tag)
            }
            guard case .sequence(let items) = element.value else { continue }
            for item in items { try check(item, for: identifiers, instance: instance) }
        }
    }

    private static let ours: Set<Tag> = [.patientID, .patientAge]
}
