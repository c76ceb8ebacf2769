public import FHIR
import JSON

/// How a report that the EHR already holds under our identifier stands to the one we would send.
///
/// Asked before an existing match counts as success and before an update: a match by identifier alone proves nothing
/// about patient and study.
public enum ReportComparison: Sendable, Hashable {
    /// It says the same of the same patient, study and order.
    case same
    /// It is ours, about the same patient, study and order, and says something else.
    case changed
    /// It must not be touched, nor counted as ours.
    case foreign(Reason)

    /// What differs; the raw values are stable.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case identifierMissing
        case subjectDiffers
        case studyDiffers
        case basedOnDiffers
        /// A person's final, or one that a person has interpreted.
        case signedByPerson
        case enteredInError
    }

    /// Compares.
    ///
    /// - Parameters:
    ///   - existing: the EHR's report, as it was read.
    ///   - existingObservation: the EHR's observation in its result, where it was read; its study is compared too.
    ///   - ours: what was composed.
    ///   - serverBase: service root of the EHR, so that its absolute references compare with relative ones.
    ///   - mergedSubject: a patient whom the EHR itself merged into ours: a report about that one is ours, and changed.
    public init(
        existing: DiagnosticReport, existingObservation: Observation? = nil, ours: ComposedReport, serverBase: String?,
        mergedSubject: Reference? = nil
    ) {
        let context = Comparison(serverBase: serverBase, mergedSubject: mergedSubject)
        let report = ours.report
        if let reason = context.foreignness(of: existing, existingObservation, to: ours) {
            self = .foreign(reason)
            return
        }
        let observationIsSame = existingObservation.map { context.sameContent($0, ours.observation) } ?? true
        let isMoved = !context.same(existing.subject, report.subject)
        self = !isMoved && context.sameContent(existing, report) && observationIsSame ? .same : .changed
    }
}

/// The rules of the comparison; references are equal by target or, where one side has none, by identifier.
private struct Comparison {
    let serverBase: String?
    let mergedSubject: Reference?

    func foreignness(
        of existing: DiagnosticReport, _ observation: Observation?, to ours: ComposedReport
    ) -> ReportComparison.Reason? {
        let report = ours.report
        if !report.identifiers.allSatisfy({ wanted in
            existing.identifiers.contains { $0.system == wanted.system && $0.value == wanted.value }
        }) {
            return .identifierMissing
        }
        if !isSubject(existing.subject, report.subject) { return .subjectDiffers }
        if let observation, !isSubject(observation.subject, ours.observation.subject) { return .subjectDiffers }
        if !sameStudy(existing, observation, ours) { return .studyDiffers }
        if !sameSet(existing.basedOn, report.basedOn) { return .basedOnDiffers }
        if existing.isFinal || existing.elements["resultsInterpreter"] != nil { return .signedByPerson }
        return existing.status == "entered-in-error" ? .enteredInError : nil
    }

    /// The EHR may have learnt of the study since, or not know it: then the observation's study UID decides, and
    /// without one the derived identifier, which is made of the study UID.
    private func sameStudy(_ existing: DiagnosticReport, _ observation: Observation?, _ ours: ComposedReport) -> Bool {
        if !existing.imagingStudy.isEmpty {
            let known = ours.report.imagingStudy + ours.observation.derivedFrom
            guard existing.imagingStudy.allSatisfy({ study in known.contains { same(study, $0) } }) else {
                return false
            }
        }
        guard let observation else { return true }
        return sameSet(observation.derivedFrom, ours.observation.derivedFrom)
    }

    func sameContent(_ existing: DiagnosticReport, _ ours: DiagnosticReport) -> Bool {
        existing.status == ours.status && existing.conclusion == ours.conclusion
            && sameCodes(existing.code, ours.code) && sameForms(existing, ours)
            && existing.imagingStudy.isEmpty == ours.imagingStudy.isEmpty
    }

    func sameContent(_ existing: Observation, _ ours: Observation) -> Bool {
        existing.status == ours.status && sameCodes(existing.code, ours.code)
            && sameCodes(existing.valueCodeableConcept, ours.valueCodeableConcept)
            && sameCodes(existing.dataAbsentReason, ours.dataAbsentReason)
            && sameComponents(existing, ours)
    }

    /// By code and value. Numbers by their size, because many servers do not keep the digits of a decimal.
    private func sameComponents(_ existing: Observation, _ ours: Observation) -> Bool {
        existing.components.map(ComponentContent.init) == ours.components.map(ComponentContent.init)
    }

    private func sameForms(_ existing: DiagnosticReport, _ ours: DiagnosticReport) -> Bool {
        let stored = existing.elements["presentedForm"]?.array ?? []
        let sent = ours.elements["presentedForm"]?.array ?? []
        return stored.count == sent.count
            && zip(stored, sent).allSatisfy { stored, sent in
                // A server may keep the content elsewhere and leave an address in its place.
                let isElsewhere = stored["data"] == nil && stored["url"] != nil
                return stored["contentType"] == sent["contentType"] && (isElsewhere || stored["data"] == sent["data"])
            }
    }

    private func sameCodes(_ lhs: CodeableConcept?, _ rhs: CodeableConcept?) -> Bool {
        func codes(_ concept: CodeableConcept?) -> [String?] { concept?.coding.flatMap { [$0.system, $0.code] } ?? [] }
        return codes(lhs) == codes(rhs)
    }

    private func sameSet(_ lhs: [Reference], _ rhs: [Reference]) -> Bool {
        lhs.count == rhs.count && rhs.allSatisfy { wanted in lhs.contains { same($0, wanted) } }
    }

    private func isSubject(_ existing: Reference?, _ ours: Reference?) -> Bool {
        same(existing, ours) || (mergedSubject != nil && same(existing, mergedSubject))
    }

    func same(_ lhs: Reference?, _ rhs: Reference?) -> Bool {
        guard let lhs, let rhs else { return lhs == nil && rhs == nil }
        if let one = lhs.target, let other = rhs.target { return one.isSame(as: other, onServerAt: serverBase) }
        guard let one = lhs.identifier, let other = rhs.identifier else { return false }
        return one.system == other.system && one.value == other.value
    }
}

/// What a component says, whatever a server adds to it.
private struct ComponentContent: Equatable {
    let codes: [Coding]
    let words: String?
    let concept: [Coding]
    let amount: Double?
    let comparator: String?
    let range: [Double?]

    init(_ json: JSONValue) {
        codes = Self.codings(json["code"])
        words = json["valueString"]?.string
        concept = Self.codings(json["valueCodeableConcept"])
        amount = json["valueQuantity"]?["value"]?.number?.double
        comparator = json["valueQuantity"]?["comparator"]?.string
        range = ["low", "high"].map { json["valueRange"]?[$0]?["value"]?.number?.double }
    }

    /// Displays are left out: servers fill them in from their own terminology.
    private static func codings(_ json: JSONValue?) -> [Coding] {
        (json.flatMap(CodeableConcept.init(json:))?.coding ?? []).map { Coding(system: $0.system, code: $0.code) }
    }
}
