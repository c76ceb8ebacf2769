public import Deidentification
internal import HL7v2
internal import JSON
public import Sealing
public import SecondOpinion

/// Removes from HL7 v2 messages and FHIR resources what identifies a person: by tables of what may stay, and nothing
/// stays that they do not name. The same patient, order and study get the pseudonyms that their images get.
///
/// What was taken away, and what is known besides, is looked for in the result by the second opinion; a hit means that
/// nothing is answered. Not thread bound, no state.
public struct MessageDeidentifier: Sendable {
    let rules: MessageRules
    let pseudonyms: any PseudonymSource
    private let identity: KnownIdentity
    let profile: DeidentificationProfile

    /// - Parameters:
    ///   - profile: Says what becomes of dates, and whether sex and the like stay.
    ///   - identity: What else is known of the patient, from images and orders.
    ///   - rules: Nil for those that ship with the program.
    /// - Throws: `rulesInvalid`.
    public init(
        profile: DeidentificationProfile, pseudonyms: any PseudonymSource, identity: KnownIdentity = KnownIdentity(),
        rules: MessageRules? = nil
    ) throws(MessageDeidentificationError) {
        if let rules { self.rules = rules } else { self.rules = try MessageRules.shipped() }
        self.pseudonyms = pseudonyms
        self.identity = identity
        self.profile = profile
    }

    /// One message (HL7 v2.5.1 §2) or several in a file, also in MLLP frames as they were recorded; batch headers and
    /// trailers are left out. A batch that its trailer says to be another one is refused, and a frame without its end.
    /// Throws `messageUnreadable`, `patientAmbiguous` and `identifierRemains`.
    public func deidentify(hl7 bytes: [UInt8]) throws(MessageDeidentificationError) -> DeidentifiedMessage {
        var result: [UInt8] = []
        var counts: [String: Int] = [:]
        let drafts = try Self.drafts(bytes)
        let births = BirthDays(drafts)
        var found: [Found] = births.days.map { .date($0) }
        var subjects = MessageSubjects()
        for draft in drafts {
            subjects.merge(MessageSubjects(draft))
            var rewriter = HL7v2Rewriter(
                rules: rules.hl7v2, pseudonyms: pseudonyms, profile: profile,
                dates: DateMove(way: try way(patients: Self.patients(draft)), births: births))
            let written = rewriter.rewrite(draft)
            do throws(HL7v2Error) {
                result += try written.encoded()
            } catch {
                throw MessageDeidentificationError(error)
            }
            counts.merge(rewriter.counts, uniquingKeysWith: +)
            found += rewriter.found
        }
        return try checked(result, counts, found, subjects)
    }

    /// One resource in JSON (FHIR R4 §2.6.2), a Bundle too, or one on each line (ndjson). Throws `resourceUnreadable`,
    /// `resourceTypeUnsupported`, `modifierUnsupported`, `patientAmbiguous` and `identifierRemains`.
    public func deidentify(fhirJSON bytes: [UInt8]) throws(MessageDeidentificationError) -> DeidentifiedMessage {
        var result: [UInt8] = []
        var counts: [String: Int] = [:]
        let resources = try Self.resources(bytes)
        let births = BirthDays(resources)
        var found: [Found] = births.days.map { .date($0) }
        var subjects = MessageSubjects()
        for resource in resources {
            subjects.merge(MessageSubjects(resource))
            var rewriter = FHIRRewriter(
                rules: rules.fhir, pseudonyms: pseudonyms, profile: profile,
                dates: DateMove(way: try way(patients: FHIRPatients.patients(in: resource)), births: births))
            let written = try rewriter.rewrite(resource: resource)
            result += written.serialized(resources.count == 1 ? .pretty : .compact) + [0x0A]
            counts.merge(rewriter.counts, uniquingKeysWith: +)
            found += rewriter.found
        }
        return try checked(result, counts, found, subjects)
    }

    /// How the dates of something about these patients move.
    private func way(patients: Set<PatientKey>) throws(MessageDeidentificationError) -> DateMove.Way {
        switch profile.dates {
        case .removed: return .removed
        case .kept: return .kept
        case .shifted:
            // What is about nobody has nobody's days.
            guard let patient = patients.first else { return .removed }
            guard patients.count == 1 else { throw MessageDeidentificationError(.patientAmbiguous) }
            return .shifted(days: pseudonyms.dayShift(issuer: patient.issuer, patientID: patient.id))
        }
    }

    /// The result if the second opinion finds nothing of the original in it.
    private func checked(
        _ bytes: [UInt8], _ counts: [String: Int], _ found: [Found], _ subjects: MessageSubjects
    ) throws(MessageDeidentificationError) -> DeidentifiedMessage {
        let opinion: SearchResult
        do throws(SecondOpinionError) {
            var known = identity
            for value in found { try value.add(to: &known) }
            let expectation: DateExpectation =
                switch profile.dates {
                case .removed: .none
                case .shifted: .shifted
                case .kept: .kept
                }
            opinion = try ResidualSearch(for: known, dates: expectation).search(text: bytes)
        } catch {
            throw MessageDeidentificationError(.identifierRemains)
        }
        guard opinion.isClean else {
            throw MessageDeidentificationError(.identifierRemains, at: opinion.hits.first?.kind.rawValue)
        }
        return DeidentifiedMessage(bytes: bytes, counts: counts, subjects: subjects)
    }

    static func drafts(_ bytes: [UInt8]) throws(MessageDeidentificationError) -> [MessageDraft] {
        let contents = try MLLPFrames.contents(bytes) ?? [bytes[...]]
        do throws(HL7v2Error) {
            var drafts: [MessageDraft] = []
            for content in contents {
                let batch = try Batch(parsing: Array(content))
                if let objection = batch.objections.first { throw objection }
                for message in batch.messages { drafts.append(MessageDraft(try Message(parsing: message))) }
            }
            return drafts
        } catch {
            throw MessageDeidentificationError(error)
        }
    }

    private static func patients(_ draft: MessageDraft) -> Set<PatientKey> {
        let keys = draft.segments.filter { $0.name == "PID" }.compactMap { segment -> PatientKey? in
            guard let first = segment[3].repetitions.first, let id = first.component(1) else { return nil }
            return PatientKey(issuer: first.component(4) ?? "", id: id)
        }
        return Set(keys)
    }

    static func resources(_ bytes: [UInt8]) throws(MessageDeidentificationError) -> [JSONValue] {
        if let whole = try? JSONValue(parsing: bytes) { return [whole] }
        var resources: [JSONValue] = []
        for line in bytes.split(separator: 0x0A) where line.contains(where: { $0 > 0x20 }) {
            guard let resource = try? JSONValue(parsing: Array(line)) else {
                throw MessageDeidentificationError(.resourceUnreadable)
            }
            resources.append(resource)
        }
        return resources
    }
}

/// Whose dates move together.
struct PatientKey: Hashable {
    let issuer: String
    let id: String
}

extension MessageDeidentificationError {
    /// What the reader or writer of HL7 v2 says.
    init(_ error: HL7v2Error) {
        self.init(.messageUnreadable, at: error.location?.description, hl7: error.code)
    }
}
