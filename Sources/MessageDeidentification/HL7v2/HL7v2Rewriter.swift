internal import Deidentification
internal import HL7v2
internal import Sealing
internal import SecondOpinion

/// Rewrites one message field by field, and remembers what it took away so that it can be looked for.
struct HL7v2Rewriter {
    let rules: HL7v2Rules
    let pseudonyms: any PseudonymSource
    let uids: UIDPseudonyms
    let dates: DateMove
    let keepsCharacteristics: Bool
    private(set) var counts: [String: Int] = [:]
    private(set) var found: [Found] = []

    init(
        rules: HL7v2Rules, pseudonyms: any PseudonymSource, profile: DeidentificationProfile, dates: DateMove
    ) {
        self.rules = rules
        self.pseudonyms = pseudonyms
        self.dates = dates
        uids = UIDPseudonyms(pseudonyms: pseudonyms, profile: profile)
        keepsCharacteristics = profile.options.contains(.retainPatientCharacteristics)
    }

    /// The message in UTF-8, without what is not named by the rules.
    mutating func rewrite(_ draft: MessageDraft) -> MessageDraft {
        var result = MessageDraft(characterSet: .utf8)
        for segment in draft.segments {
            guard let actions = rules[segment.name] else {
                count("segment", 1)
                noteAll(segment)
                continue
            }
            result.segments.append(rewrite(segment, actions))
        }
        return result
    }

    private mutating func rewrite(_ segment: SegmentDraft, _ actions: [Int: HL7v2Rules.Action]) -> SegmentDraft {
        var result = SegmentDraft(segment.name)
        let first = segment.name == "MSH" ? 3 : 1
        guard segment.lastField >= first else { return result }
        let about = Observed(segment, systems: rules.codingSystems)
        for number in first...segment.lastField where segment[number].normalized != .empty {
            let action = actions[number] ?? .remove
            let field = segment[number]
            note(field, action, segment.name, number)
            if action == .observation, about.topic == .birth { found += field.leaves.map { .date($0) } }
            let written = rewrite(field, action, about).normalized
            result[number] = written
            count(written == .empty ? "remove" : action.rawValue, 1)
        }
        return result
    }

    private mutating func count(_ word: String, _ number: Int) { counts[word, default: 0] += number }

    // MARK: - One field

    private func rewrite(
        _ field: FieldDraft, _ action: HL7v2Rules.Action, _ about: Observed
    ) -> FieldDraft {
        switch action {
        case .remove, .birthDate: .empty
        case .name: .text(Self.dummy)
        case .characteristic: keepsCharacteristics ? field.mapLeaves(code) : .empty
        case .code: field.mapLeaves(code)
        // In parts a longer number is one too.
        case .number: PlainNumber.isShort(field.leaves) ? field.mapLeaves(PlainNumber.ordinal) : .empty
        case .date: eachRepetition(field, date)
        case .uid: eachRepetition(field) { uids($0.leaves.first ?? "").map { .text($0) } ?? .empty }
        case .concept: eachRepetition(field, concept)
        case .patient: eachRepetition(field, patient)
        case .identifier: eachRepetition(field) { identifier($0, purpose: "order") }
        case .token:
            .text(String(pseudonyms.patientID(issuer: "token", patientID: field.leaves.first ?? "").prefix(20)))
        case .observation: observation(field, about)
        }
    }

    private static let dummy = "DEIDENTIFIED"

    private func eachRepetition(_ field: FieldDraft, _ change: (FieldDraft) -> FieldDraft) -> FieldDraft {
        switch field {
        case .repetitions(let list): .repetitions(list.map(change))
        case .null: .null
        default: change(field)
        }
    }

    /// A value of a table.
    private func code(_ text: String) -> String? { rules.codingSystems.standard.has(text) ? text : nil }

    private func date(_ repetition: FieldDraft) -> FieldDraft {
        dates.moved(hl7: repetition.leaves.first ?? "").map { .text($0) } ?? .empty
    }

    /// CX.1 as DICOM's Patient ID with its issuer becomes, and CX.5.
    private func patient(_ repetition: FieldDraft) -> FieldDraft {
        guard let id = repetition.component(1), !id.isEmpty else { return .empty }
        let pseudonym = pseudonyms.patientID(issuer: repetition.component(4) ?? "", patientID: id)
        let kind = repetition.component(5).flatMap(code) ?? ""
        return .components([.text(pseudonym), .empty, .empty, .empty, FieldDraft(stringLiteral: kind)])
    }

    private func identifier(_ repetition: FieldDraft, purpose: String) -> FieldDraft {
        guard let id = repetition.component(1), !id.isEmpty else { return .empty }
        return .text(pseudonyms.patientID(issuer: "\(purpose)|\(repetition.component(2) ?? "")", patientID: id))
    }

    /// CWE.1 and 3, CWE.4 and 6 of published systems.
    private func concept(_ repetition: FieldDraft) -> FieldDraft {
        var parts: [FieldDraft] = Array(repeating: .empty, count: 6)
        for start in [1, 4] {
            guard let system = repetition.component(start + 2),
                let code = repetition.component(start).flatMap({ rules.codingSystems.code($0, of: system) })
            else { continue }
            parts[start - 1] = .text(code)
            parts[start + 1] = .text(system)
        }
        return .components(parts)
    }

    /// OBX-5 (HL7 v2.5.1 §7.4.2.5): numbers, codes and dates; a text or a document may say anything, so it goes.
    private func observation(_ field: FieldDraft, _ about: Observed) -> FieldDraft {
        guard about.topic != .birth else { return .empty }
        return switch about.valueType {
        case "NM": eachRepetition(field) { number($0.leaves.first ?? "", about).map { .text($0) } ?? .empty }
        case "SN": eachRepetition(field) { structured($0, about) }
        case "CE", "CWE", "CNE", "CF": eachRepetition(field, concept)
        case "DT", "TS", "DTM": eachRepetition(field, date)
        default: .empty
        }
    }

    private func number(_ text: String, _ about: Observed) -> String? {
        guard let number = PlainNumber.measured(text) else { return nil }
        return switch AgeLimit.verdict(number, units: about.units, isAge: about.topic == .age) {
        case .stays: number
        case .ninety: "90"
        case .goes: nil
        }
    }

    /// SN: a comparator, a number, a separator, a number.
    private func structured(_ repetition: FieldDraft, _ about: Observed) -> FieldDraft {
        let parts = [1, 2, 3, 4].map { place in
            repetition.component(place).flatMap {
                place % 2 == 0 ? number($0, about) : FieldForm.comparator($0)
            }.map { FieldDraft.text($0) } ?? .empty
        }
        return .components(parts)
    }

    // MARK: - What is looked for afterwards

    private mutating func note(_ field: FieldDraft, _ action: HL7v2Rules.Action, _ segment: String, _ number: Int) {
        switch action {
        case .name: found += field.names.map { .name($0) }
        case .birthDate: found += field.leaves.map { .date($0) }
        case .patient, .identifier: found += field.identifiers.map { .identifier($0) }
        case .uid: found += field.leaves.filter(uids.isReplaced).map { .uid($0) }
        case .remove: noteRemoved(field, segment, number)
        default: break
        }
    }

    /// Fields with persons, addresses and numbers of them, in the segments that everybody sends.
    private mutating func noteRemoved(_ field: FieldDraft, _ segment: String, _ number: Int) {
        switch (segment, number) {
        // Also where a site's rules remove what has a word of its own in those that ship.
        case ("PID", 5), ("PID", 6), ("PID", 9), ("PV1", 7), ("PV1", 8), ("PV1", 9), ("PV1", 17), ("ORC", 10),
            ("ORC", 11),
            ("ORC", 12), ("OBR", 10), ("OBR", 16), ("OBR", 28), ("OBR", 32), ("OBR", 34):
            found += field.names.map { .name($0) }
        case ("PID", 2), ("PID", 3), ("PID", 4), ("PID", 18), ("PID", 19), ("PID", 20), ("PID", 21), ("PV1", 19),
            ("PV1", 50):
            found += field.identifiers.map { .identifier($0) }
        case ("PID", 11), ("PID", 13), ("PID", 14):
            found += field.leaves.map { .text($0) }
        default: break
        }
    }

    /// Next of kin and insurance name people too, and a merge what the patient was known by.
    private mutating func noteAll(_ segment: SegmentDraft) {
        for number in 0..<segment.lastField { noteRemoved(segment[number + 1], segment.name, number + 1) }
        switch segment.name {
        case "MRG":
            found += (1...6).flatMap { segment[$0].identifiers }.map { .identifier($0) }
            found += segment[7].names.map { .name($0) }
        case "NK1", "GT1", "IN1":
            let name = segment.name == "IN1" ? 16 : segment.name == "NK1" ? 2 : 3
            found += segment[name].names.map { .name($0) }
        default: break
        }
    }
}
