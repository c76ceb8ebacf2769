internal import DICOM
internal import Sealing

/// Applies the profile to data sets, item by item, and counts what it did (PS3.15 §E.1.1).
struct DataSetRewriter {
    private let profile: DeidentificationProfile
    private let identifiers: KnownIdentifiers
    private let pseudonyms: Pseudonyms
    private(set) var uids: UIDMap
    private(set) var counts = ActionCounts()

    init(profile: DeidentificationProfile, identifiers: KnownIdentifiers, pseudonyms: Pseudonyms) {
        self.profile = profile
        self.identifiers = identifiers
        self.pseudonyms = pseudonyms
        uids = UIDMap(pseudonyms)
    }

    /// The data set without what identifies. Throws `tooDeep`.
    mutating func rewrite(_ dataSet: DataSet) throws(DeidentificationError) -> DataSet {
        let age = PatientAge.age(dataSet)
        counts.add(age: age.source)
        var result = try rewriteItem(dataSet, depth: 0)
        result[.patientAge] = nil
        if let value = age.value { result.set(.patientAge, .AS, value) }
        UnreadableValue.mark(&result, from: dataSet)
        if let word = PatientSpecies.word(dataSet) { result.set(PatientSpecies.description, .LO, word) }
        // Type 2 (PS3.3 C.7.1.1): what was no sex is empty, not absent.
        if dataSet[.patientSex] != nil, result[.patientSex] == nil {
            result[.patientSex] = DataElement(.patientSex, .CS, .text([]))
        }
        if dataSet[.patientID] != nil {
            let pseudonym = pseudonyms.patientID(
                issuer: dataSet.string(.issuerOfPatientID) ?? "", patientID: dataSet.string(.patientID) ?? "")
            result.set(.patientID, .LO, pseudonym)
        }
        return result
    }

    private mutating func rewriteItem(_ item: DataSet, depth: Int) throws(DeidentificationError) -> DataSet {
        guard depth <= 64 else { throw DeidentificationError(.tooDeep) }
        let isCode = item[.codeValue] != nil || item[.codeMeaning] != nil
        let dropsCodes = isCode && !CodedItem.isPublished(item)
        var elements: [DataElement] = []
        for element in item {
            if dropsCodes, Self.codeTexts.contains(element.tag) {
                counts.add(.D, .freeText)
                continue
            }
            if let rewritten = try rewrite(element, depth: depth) { elements.append(rewritten) }
        }
        if dropsCodes { elements.append(contentsOf: CodedItem.dummy) }
        return DataSet(elements)
    }

    private static let codeTexts: Set<Tag> = [.codeValue, .codingSchemeDesignator, .codingSchemeVersion, .codeMeaning]

    private mutating func rewrite(_ element: DataElement, depth: Int) throws(DeidentificationError) -> DataElement? {
        guard let action = profile[element.tag] else {
            let (rule, stays) = DefaultDeny.rule(for: element, dictionary: profile.dictionary)
            guard stays else {
                // An empty text tells nothing, and the type of the attribute may ask for it; the same for the emptied ones.
                let isEmptied = rule == .freeText && (element.isEmpty || DefaultDeny.emptied.contains(element.tag))
                return isEmptied ? empty(element, rule) : remove(rule)
            }
            return try keep(element, rule, depth: depth)
        }
        switch action {
        case .X: return remove(.table)
        case .Z: return empty(element, .table)
        case .D: return replace(element)
        case .U: return map(element, .table)
        case .K, .C: return try keep(element, .table, depth: depth)
        }
    }

    private mutating func remove(_ rule: DefaultDeny.Rule) -> DataElement? {
        counts.add(.X, rule)
        return nil
    }

    private mutating func empty(_ element: DataElement, _ rule: DefaultDeny.Rule) -> DataElement? {
        guard let vr = profile.dictionary[element.tag]?.vr else { return remove(.notInDictionary) }
        counts.add(.Z, rule)
        return DataElement(element.tag, vr, vr == .SQ ? .sequence([]) : .text([]))
    }

    /// A dummy by the standard's VR, not by the one that the file claims.
    private mutating func replace(_ element: DataElement) -> DataElement? {
        guard let vr = profile.dictionary[element.tag]?.vr else { return remove(.notInDictionary) }
        if vr == .UI { return map(element, .table) }
        let standard = DataElement(element.tag, vr, .text([]))
        guard let dummy = Dummy.value(standard) else { return remove(.table) }
        counts.add(.D, .table)
        return DataElement(element.tag, vr, dummy)
    }

    private mutating func map(_ element: DataElement, _ rule: DefaultDeny.Rule) -> DataElement? {
        guard element.vr == .UI, case .text(let values) = element.value else { return remove(.malformedValue) }
        var mapped: [String] = []
        for value in values where !value.isEmpty {
            guard let pseudonym = uids(value) else { return remove(.malformedValue) }
            mapped.append(pseudonym)
        }
        counts.add(.U, rule)
        return DataElement(element.tag, .UI, .text(mapped))
    }

    private mutating func keep(_ element: DataElement, _ rule: DefaultDeny.Rule, depth: Int)
        throws(DeidentificationError) -> DataElement?
    {
        if case .sequence(let items) = element.value {
            var rewritten: [DataSet] = []
            for item in items { rewritten.append(try rewriteItem(item, depth: depth + 1)) }
            counts.add(.C, rule)
            return DataElement(element.tag, .SQ, .sequence(rewritten))
        }
        if element.vr == .UI { return map(element, rule) }
        // Filled in by `rewrite(_:)` from what was read before.
        if element.tag == .patientAge { return remove(.table) }
        guard let value = ValueRules.kept(element) else { return remove(.malformedValue) }
        let kept = DataElement(element.tag, element.vr, value)
        guard !identifiers.occur(in: kept) else { return remove(.identifierInValue) }
        counts.add(.K, rule)
        return kept
    }
}
