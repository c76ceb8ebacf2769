/// The registry of data elements (PS3.6 §6–8), edition 2024b: VR, keyword and whether retired, by tag.
///
/// The table is `Dictionary/dictionary.tsv`, derived by `Dictionary/derive.py`.
public struct DataDictionary: Sendable {
    /// What PS3.6 says of a tag.
    public struct Entry: Hashable, Sendable {
        /// The VR to read by in implicit VR; US where Pixel Representation decides between US and SS.
        public let vr: VR
        /// Whether Pixel Representation decides between US and SS.
        let dependsOnPixelRepresentation: Bool
        /// Whether PS3.6 marks it RET.
        public let isRetired: Bool
        /// The keyword of PS3.6.
        public let keyword: String
    }

    private let entries: [Tag: Entry]
    /// Entries whose tag has free digits, as mask and value.
    private let repeating: [(mask: UInt32, value: UInt32, entry: Entry)]
    private let tags: [String: Tag]

    /// Reads a derived table; lines of another form are refused as a whole.
    init(table: String) throws(DICOMError) {
        var entries: [Tag: Entry] = [:]
        var repeating: [(mask: UInt32, value: UInt32, entry: Entry)] = []
        var tags: [String: Tag] = [:]
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count == 4, columns[0].utf8.count == 8, let entry = Entry(columns) else {
                throw DICOMError(.dictionaryUnavailable)
            }
            if let tag = Tag(hex: String(columns[0])) {
                entries[tag] = entry
                tags[entry.keyword] = tag
            } else if let pattern = Self.pattern(columns[0]) {
                repeating.append((pattern.mask, pattern.value, entry))
            }
        }
        guard !entries.isEmpty else { throw DICOMError(.dictionaryUnavailable) }
        self.entries = entries
        self.repeating = repeating
        self.tags = tags
    }

    /// The entry of a standard tag; nil for private tags, group lengths and what 2024b does not know.
    public subscript(tag: Tag) -> Entry? {
        if let entry = entries[tag] { return entry }
        guard !tag.isPrivate else { return nil }
        return repeating.first { tag.rawValue & $0.mask == $0.value }?.entry
    }

    /// All tags in ascending order (not of repeating groups).
    public var knownTags: [Tag] { entries.keys.sorted() }

    /// The tag with this keyword (not of repeating groups).
    public func tag(keyword: String) -> Tag? { tags[keyword] }

    private static func pattern(_ text: Substring) -> (mask: UInt32, value: UInt32)? {
        var mask: UInt32 = 0
        var value: UInt32 = 0
        for character in text {
            mask <<= 4
            value <<= 4
            guard character != "X" else { continue }
            guard let digit = character.hexDigitValue else { return nil }
            mask |= 0xF
            value |= UInt32(digit)
        }
        // The free digits of groups 50xx and 60xx are even: odd ones would be private.
        return (mask, value)
    }
}

extension DataDictionary.Entry {
    fileprivate init?(_ columns: [Substring]) {
        dependsOnPixelRepresentation = columns[1] == "XS"
        guard let vr = dependsOnPixelRepresentation ? .US : VR(rawValue: String(columns[1])) else { return nil }
        self.vr = vr
        isRetired = columns[2] == "Y"
        keyword = String(columns[3])
    }
}
