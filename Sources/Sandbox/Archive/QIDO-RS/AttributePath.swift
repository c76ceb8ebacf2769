import DICOM

/// An attribute of a search (PS3.18 §8.3.4.1): a keyword or eight hexadecimal digits, below sequences separated by points.
struct AttributePath: Hashable, Sendable {
    /// Sequences from the outside, the attribute last; never empty.
    let tags: [Tag]
    /// The representation that PS3.6 gives the attribute; nil where it does not know it.
    let vr: VR?

    private static let deepest = 8

    /// - Throws: 400 for a name that PS3.6 does not know and that is no tag, and for a path through what is no sequence.
    init(_ name: String, _ dictionary: DataDictionary) throws(ArchiveProblem) {
        var tags: [Tag] = []
        for part in name.split(separator: ".", maxSplits: Self.deepest, omittingEmptySubsequences: false) {
            guard let tag = dictionary.tag(keyword: String(part)) ?? Tag(hex: String(part)) else {
                throw ArchiveProblem(400, "The search names an attribute that is not known")
            }
            tags.append(tag)
        }
        guard tags.count <= Self.deepest, tags.dropLast().allSatisfy({ dictionary[$0]?.vr ?? .SQ == .SQ }) else {
            throw ArchiveProblem(400, "The search names an attribute that is not known")
        }
        self.tags = tags
        vr = tags.last.flatMap { dictionary[$0]?.vr }
    }

    /// The outermost attribute: what an answer shows.
    var shown: Tag { tags.first ?? .specificCharacterSet }

    /// The values of the attribute in a record: those of all items of the sequences around it.
    func elements(in record: DataSet) -> [DataElement] {
        var records = [record]
        for tag in tags.dropLast() { records = records.flatMap { $0.items(tag) } }
        return records.compactMap { record in tags.last.flatMap { record[$0] } }
    }
}
