internal import DICOM
internal import Sealing

/// Applies the profile to data sets, item by item, and counts what it did (PS3.15 §E.1.1).
struct DataSetRewriter: Sendable {
    let profile: DeidentificationProfile
    /// Whom the objects of the study name.
    var patients = StudyPatients([])
    private let pseudonyms: any PseudonymSource
    var identifiers: KnownIdentifiers
    var descriptors: DescriptorCleaner
    private(set) var uids: UIDMap
    var counts = ActionCounts()
    /// Days that were written in place of others, for the second opinion.
    private(set) var writtenDays: Set<String> = []
    /// Those of the patient whose object is being rewritten.
    private var dates = Dates(shift: 0)
    /// Of the same patient, where dates are kept.
    private var birth: BirthDate?
    private var privateDays = PrivateDays()

    init(profile: DeidentificationProfile, pseudonyms: any PseudonymSource, descriptors: DescriptorCleaner) {
        self.profile = profile
        self.pseudonyms = pseudonyms
        self.descriptors = descriptors
        uids = UIDMap(pseudonyms, registered: profile.rules.uids)
        identifiers = KnownIdentifiers(vocabulary: profile.rules.words)
    }

    /// Learns what another rewriter of the same study did.
    mutating func merge(_ other: Self) {
        uids.merge(other.uids)
        counts.merge(other.counts)
        writtenDays.formUnion(other.writtenDays)
    }

    /// The data set without what identifies. Throws `tooDeep`, `tooManyIdentifiers`.
    mutating func rewrite(_ dataSet: DataSet) throws(DeidentificationError) -> DataSet {
        try identifiers.collect(dataSet, profile)
        let age = PatientAge.age(dataSet)
        counts.addInstance(age: retainsPatient ? age.source : .none)
        let patient = patients.named(by: PatientKey(dataSet))
        if profile.dates == .shifted {
            let dated = patients.dated(by: patient)
            dates = Dates(shift: pseudonyms.dayShift(issuer: dated.issuer, patientID: dated.identifier))
        }
        birth = profile.dates == .kept ? BirthDate(dataSet) : nil
        if profile.dates != .kept { privateDays = PrivateDays(of: dataSet) }
        let isImage = dataSet[.rows] != nil
        let place = profile.rules.types.place(of: dataSet.uid(.sopClassUID), isImage: isImage)
        var result = try rewriteItem(dataSet, place, depth: 0)
        if retainsPatient {
            result[.patientAge] = nil
            if let value = age.value { result.set(.patientAge, .AS, value) }
        }
        UnreadableValue.mark(&result, from: dataSet)
        if let word = PatientSpecies.word(dataSet) { result.set(PatientSpecies.description, .LO, word) }
        // Type 2 (PS3.3 C.7.1.1): what was no sex is empty, not absent.
        if dataSet[.patientSex] != nil, result[.patientSex] == nil {
            result[.patientSex] = DataElement(.patientSex, .CS, .text([]))
        }
        if dataSet[.patientID] != nil {
            let pseudonym =
                patient.isPatient
                ? pseudonyms.patientID(issuer: patient.issuer, patientID: patient.identifier) : ""
            result.set(.patientID, .LO, pseudonym)
        }
        return result
    }

    private var retainsPatient: Bool { profile.options.contains(.retainPatientCharacteristics) }

    private typealias Place = AttributeTypes.Place

    private mutating func rewriteItem(
        _ item: DataSet, _ place: Place, depth: Int
    ) throws(DeidentificationError) -> DataSet {
        guard depth <= 64 else { throw DeidentificationError(.tooDeep) }
        let item = GreatAge.cappedItem(item)
        let isCode = item[.codeValue] != nil || item[.codeMeaning] != nil
        let dropsCodes = isCode && !CodedItem.isPublished(item)
        let privateElements = PrivateBlocks(item, profile)
        var elements: [DataElement] = []
        for element in item {
            if dropsCodes, Self.codeTexts.contains(element.tag) {
                counts.add(.D, .freeText)
                continue
            }
            if element.tag.isPrivate {
                guard let stays = privateElements.kept(element), let kept = keepPrivate(stays) else {
                    counts.add(.X, .privateElement)
                    continue
                }
                elements.append(kept)
            } else if let rewritten = try rewrite(element, place, depth: depth) {
                elements.append(rewritten)
            }
        }
        if dropsCodes { elements.append(contentsOf: CodedItem.dummy) }
        elements = privateElements.withDeclarations(elements, of: item)
        return DataSet(elements)
    }

    private static let codeTexts: Set<Tag> = [.codeValue, .codingSchemeDesignator, .codingSchemeVersion, .codeMeaning]

    private mutating func rewrite(
        _ element: DataElement, _ place: Place, depth: Int
    ) throws(DeidentificationError) -> DataElement? {
        let type = profile.rules.types.requirement(of: element.tag, at: place)
        if let birth, element.tag != .patientBirthDate, birth.stands(in: element) {
            return leave(element, .dates, type)
        }
        let choice = profile.rules.types.choice(of: element.tag, at: place)
        guard let rule = profile.rules[element.tag] else {
            let (rule, stays) = DefaultDeny.rule(for: element, profile)
            guard stays else { return leave(element, rule, type) }
            return try keep(element, rule, type, place, depth: depth)
        }
        switch rule {
        case .basic(let basic): return try apply(basic.resolved(choice), basic, element, type, place, depth: depth)
        case .kept(let option):
            // What the file calls something else than the standard is not what the option means; nor can it be seen of
            // bytes that they are a date (Certified Timestamp, Frame Origin Timestamp).
            guard let vr = profile.rules.dictionary[element.tag]?.vr, vr == element.vr,
                option != .retainFullDates || vr.isCharacterString
            else {
                guard let basic = profile.rules.basic(element.tag) else { return remove(.otherVRThanStandard) }
                return try apply(basic.resolved(choice), basic, element, type, place, depth: depth)
            }
            return try keep(element, .retained, type, place, depth: depth)
        case .cleaned(let option):
            if let cleaned = try clean(element, option, type, place, depth: depth) { return cleaned }
            // Nothing that may stay was left: as if the option were not there.
            guard let basic = profile.rules.basic(element.tag) else { return remove(.table) }
            return try apply(basic.resolved(choice), basic, element, type, place, depth: depth)
        }
    }

    /// Flow Identifier Sequence and Verifying Observer Sequence.
    private static let walked: Set<Tag> = [Tag(0x0034, 0x0001), Tag(0x0040, 0xA073)]

    /// Graphic Annotation Sequence.
    private static let annotations = Tag(0x0070, 0x0001)

    private mutating func apply(
        _ action: Action, _ basic: BasicAction, _ element: DataElement, _ type: AttributeTypes.Requirement,
        _ place: Place, depth: Int
    ) throws(DeidentificationError) -> DataElement? {
        switch action {
        case .X: return isAskedFor(element.tag, place) ? leave(element, .table, type) : remove(.table)
        case .Z: return empty(element, .table)
        // The items of these hold nothing but rows of the table, each with its dummy.
        case .D where Self.walked.contains(element.tag):
            return try keep(element, .table, type, place, depth: depth)
        case .D: return replace(element, basic)
        case .U: return map(element, .table)
        case .K, .C: return try keep(element, .table, type, place, depth: depth)
        }
    }

    /// Text, dates and times that the table removes from every object, and that this one asks for whatever stands beside
    /// them (Radiopharmaceutical Start DateTime in Enhanced PET): a dummy tells nothing, and a hole would not conform.
    private func isAskedFor(_ tag: Tag, _ place: Place) -> Bool {
        profile.rules.types.isMandatory(tag, at: place) && profile.rules.dictionary[tag]?.vr.isCharacterString == true
    }

    /// What no rule lets stay goes, as far as the object allows it: type 2 is emptied, type 1 gets a dummy.
    private mutating func leave(
        _ element: DataElement, _ rule: DefaultDeny.Rule, _ type: AttributeTypes.Requirement
    ) -> DataElement? {
        let isStandardText = rule == .freeText || rule == .dates || rule == .table || rule == .malformedValue
        guard isStandardText, let vr = profile.rules.dictionary[element.tag]?.vr else { return remove(rule) }
        if type == .required, !element.isEmpty, let dummy = Dummy.value(DataElement(element.tag, vr, .text([]))) {
            counts.add(.D, rule)
            return DataElement(element.tag, vr, dummy)
        }
        // An empty text tells nothing, and the type of the attribute may ask for it.
        return type == .mayBeEmpty || element.isEmpty ? empty(element, rule) : remove(rule)
    }

    private mutating func remove(_ rule: DefaultDeny.Rule) -> DataElement? {
        counts.add(.X, rule)
        return nil
    }

    private mutating func empty(_ element: DataElement, _ rule: DefaultDeny.Rule) -> DataElement? {
        guard let vr = profile.rules.dictionary[element.tag]?.vr else { return remove(.notInDictionary) }
        counts.add(.Z, rule)
        return DataElement(element.tag, vr, vr == .SQ ? .sequence([]) : .text([]))
    }

    /// A dummy by the standard's VR, not by the one that the file claims.
    private mutating func replace(_ element: DataElement, _ basic: BasicAction) -> DataElement? {
        guard let entry = profile.rules.dictionary[element.tag] else { return remove(.notInDictionary) }
        if entry.vr == .UI { return map(element, .table) }
        // An annotation without its layer and its shapes is none, and an object without annotations conforms.
        if element.tag == Self.annotations { return remove(.table) }
        // A sequence has no dummy but a code: others are emptied or removed, where the table leaves that choice.
        if entry.vr == .SQ, !entry.keyword.hasSuffix("CodeSequence") {
            switch basic {
            case .xzd, .zd: return empty(element, .table)
            case .xd: return remove(.table)
            case .x, .z, .d, .u, .xz, .xzu: break
            }
        }
        guard let dummy = Dummy.value(DataElement(element.tag, entry.vr, .text([]))) else { return remove(.table) }
        counts.add(.D, .table)
        return DataElement(element.tag, entry.vr, dummy)
    }

    private mutating func map(_ element: DataElement, _ rule: DefaultDeny.Rule) -> DataElement? {
        guard element.vr == .UI, case .text(let values) = element.value else { return remove(.malformedValue) }
        let retains = rule == .retained || profile.options.contains(.retainUIDs)
        var mapped: [String] = []
        for value in values where !value.isEmpty {
            guard let pseudonym = retains ? UID(value)?.value : uids(value) else { return remove(.malformedValue) }
            mapped.append(pseudonym)
        }
        counts.add(retains ? .K : .U, rule)
        return DataElement(element.tag, .UI, .text(mapped))
    }

    private mutating func keep(
        _ element: DataElement, _ rule: DefaultDeny.Rule, _ type: AttributeTypes.Requirement, _ place: Place, depth: Int
    ) throws(DeidentificationError) -> DataElement? {
        if case .sequence(let items) = element.value {
            let inside = profile.rules.types.place(in: element.tag, at: place)
            var rewritten: [DataSet] = []
            for item in items { rewritten.append(try rewriteItem(item, inside, depth: depth + 1)) }
            guard isWhole(rewritten, of: items, inside) || mustStay(element.tag, place) else { return remove(rule) }
            counts.add(.C, rule)
            return DataElement(element.tag, .SQ, .sequence(rewritten))
        }
        if element.vr == .UI { return map(element, rule) }
        // Filled in by `rewrite(_:)` from what was read before.
        if element.tag == .patientAge { return remove(.table) }
        if let kept = keepValue(element, rule) { return kept }
        // What is no value is dealt with as if nothing let it stay.
        return type == .mayBeEmpty || type == .required && Self.texts.contains(element.vr)
            ? leave(element, .malformedValue, type) : nil
    }

    /// VRs whose dummy says nothing that a reader would count with.
    private static let texts: Set<VR> = [.LO, .SH, .ST, .LT, .UT, .UC, .DA, .DT, .TM]

    /// Whether no item lost what its module asks for: an item without it would not conform (PS3.5 §7.4).
    private func isWhole(_ rewritten: [DataSet], of items: [DataSet], _ place: Place) -> Bool {
        zip(rewritten, items).allSatisfy { result, item in
            item.allSatisfy { element in
                element.isEmpty || result[element.tag] != nil
                    || profile.rules.types.requirement(of: element.tag, at: place) != .required
                    || !profile.rules.types.isMandatory(element.tag, at: place)
            }
        }
    }

    /// Sequences that an object cannot lose, whatever became of their items: its content, and what it must have.
    private func mustStay(_ tag: Tag, _ place: Place) -> Bool {
        tag == .contentSequence || tag == .acquisitionContextSequence || profile.rules.types.isMandatory(tag, at: place)
    }

    /// A value that is of its kind and names nobody.
    private mutating func keepValue(_ element: DataElement, _ rule: DefaultDeny.Rule) -> DataElement? {
        if element.vr == .DA || element.vr == .DT || element.vr == .TM { return keepTime(element, rule) }
        if element.tag == .codeMeaning, case .text(let values) = element.value,
            !values.allSatisfy({
                CodedItem.isDescriptive($0, profile.rules.words) && !GreatAgeWords.stand(in: $0)
            })
        {
            counts.add(.D, .freeText)
            return DataElement(.codeMeaning, .LO, .text([Dummy.text]))
        }
        guard let value = ValueRules.kept(element) else { return remove(.malformedValue) }
        let kept = DataElement(element.tag, element.vr, value)
        guard !identifiers.occur(in: kept), !tellsOfPatient(kept) else { return remove(.identifierInValue) }
        counts.add(.K, rule)
        return kept
    }

    /// What the second opinion would find goes already here: else the whole study would be refused for one value.
    private func tellsOfPatient(_ element: DataElement) -> Bool {
        guard element.vr.usesSpecificCharacterSet || element.vr == .AE, case .text(let values) = element.value else {
            return false
        }
        return values.contains { descriptors.tells($0, days: profile.dates != .kept) }
    }

    private mutating func keepTime(_ element: DataElement, _ rule: DefaultDeny.Rule) -> DataElement? {
        guard profile.dates != .removed, case .text(let values) = element.value,
            let kept = dates.values(values, element.vr)
        else { return remove(.malformedValue) }
        if element.vr != .TM { writtenDays.formUnion(kept.map { String($0.prefix(8)) }) }
        counts.add(profile.dates == .shifted && element.vr != .TM ? .C : .K, .dates)
        return DataElement(element.tag, element.vr, .text(kept))
    }

    private mutating func keepPrivate(_ element: DataElement) -> DataElement? {
        guard element.vr != .PN, element.vr != .AS, birth?.stands(in: element) != true,
            profile.dates == .kept || !privateDays.occur(in: element, descriptors.search)
        else { return nil }
        let kept = element.vr == .UI ? map(element, .safePrivate) : keepValue(element, .safePrivate)
        return kept?.isEmpty == false ? kept : nil
    }

    /// Nil where an option cleans in vain, and nothing is counted then.
    private mutating func clean(
        _ element: DataElement, _ option: ProfileOption, _ type: AttributeTypes.Requirement, _ place: Place, depth: Int
    ) throws(DeidentificationError) -> DataElement? {
        if element.vr == .DA || element.vr == .DT || element.vr == .TM {
            guard profile.dates != .removed, case .text(let values) = element.value,
                dates.values(values, element.vr) != nil
            else { return nil }
            return keepTime(element, .dates)
        }
        switch element.value {
        case .sequence(let items):
            let cleaned: [DataSet]
            switch element.tag {
            case .contentSequence, .acquisitionContextSequence:
                let texts = descriptors
                cleaned = try StructuredContentCleaner { texts.cleaned($0, vr: .UT) }.clean(items)
            case Tag(0x0070, 0x0001): cleaned = GraphicsCleaner.annotations(items)
            default: cleaned = items
            }
            guard !cleaned.isEmpty || items.isEmpty else { return nil }
            let walked = try keep(
                DataElement(element.tag, .SQ, .sequence(cleaned)), .descriptor, type, place, depth: depth)
            let isContent = element.tag == .contentSequence || element.tag == .acquisitionContextSequence
            return isContent ? StructuredContentCleaner.withTexts(of: cleaned, in: walked) : walked
        case .text(let values):
            guard element.vr != .PN, element.vr == profile.rules.dictionary[element.tag]?.vr else { return nil }
            // A title is no sentence: it stays or goes.
            let cleaned = element.vr == .AE ? values : values.compactMap { descriptors.cleaned($0, vr: element.vr) }
            let result = DataElement(element.tag, element.vr, .text(cleaned))
            guard !cleaned.isEmpty, cleaned.contains(where: { !$0.isEmpty }), ValueRules.kept(result) != nil,
                !identifiers.occur(in: result)
            else { return nil }
            counts.add(.C, .descriptor)
            return result
        default: return nil
        }
    }
}
