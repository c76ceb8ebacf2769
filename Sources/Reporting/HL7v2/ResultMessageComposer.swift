import DICOM
import FHIR
import HL7v2
import ImageClassifier
public import Mapping
import Matching

/// Turns a finding or a refusal into an ORU^R01 (HL7 v2.5.1 §7.3.1) that says the same as the FHIR report.
///
/// Pure: the same request gives the same bytes, MSH-10 included, so that a retry is the same message. Every result is
/// preliminary (OBX-11 and OBR-25 `P`), never `C`: a correction exists only after a person's final.
public struct ResultMessageComposer: Sendable {
    let settings: ReportSettings
    let template: ReportTemplate
    let assigners: AssignerDirectory

    /// - Parameter assigners: who the order's numbers are assigned by, in HL7's names.
    public init(
        settings: ReportSettings, template: ReportTemplate, assigners: AssignerDirectory
    ) {
        self.settings = settings
        self.template = template
        self.assigners = assigners
    }

    /// The message for one peer.
    ///
    /// - Throws: `ReportingError`: `probabilityInvalid`, `imageInvalid`, `messageInvalid`; nothing is left out silently.
    public func compose(
        _ request: ReportRequest, for peer: ResultMessageSettings
    ) throws(ReportingError) -> [UInt8] {
        var policy = settings.policy
        policy.sendsPlainImage = false
        switch peer.picture {
        case .none: policy.sendsImage = false
        case .png(let bytes):
            policy.sendsImage = bytes > 0
            policy.maximumImageBytes = bytes
        }
        let facts = try ReportFacts(request.classification, template: template, policy: policy)
        let issued = DTM(epochMicroseconds: request.issued.microsecondsSinceEpoch).description
        var message = MessageDraft(characterSet: peer.characterSet)
        message.segments =
            [
                header(peer, time: issued), patient(request.context.order), visit(peer), commonOrder(request),
                observationRequest(request, issued: issued),
            ]
            + notes([ReportNotice.text] + facts.remarks)
            + observations(request, facts, peer, issued: issued)
        return try ResultMessage(message).bytes
    }

    // MARK: - Segments

    /// MSH-10 is set over the finished message.
    private func header(_ peer: ResultMessageSettings, time: String) -> SegmentDraft {
        var segment = SegmentDraft("MSH")
        segment[3] = field(peer.sendingApplication)
        segment[4] = field(peer.sendingFacility)
        segment[5] = field(peer.receivingApplication)
        segment[6] = field(peer.receivingFacility)
        segment[7] = field(time)
        segment[9] =
            peer.version.isBefore24
            ? .components(["ORU", "R01"]) : .components(["ORU", "R01", "ORU_R01"])
        segment[11] = field(peer.processingID)
        segment[12] = field(peer.version.rawValue)
        if peer.acknowledgment == .commit {
            segment[15] = "AL"
            segment[16] = "NE"
        }
        return segment
    }

    private func patient(_ order: ImagingOrder) -> SegmentDraft {
        var segment = SegmentDraft("PID")
        segment[1] = "1"
        // An identifier whose assigner is not known may be taken for somebody else's.
        let identifiers = order.patient.filter { $0.assigner != nil }.map { identifier in
            let parts = [field(identifier.value), .empty, .empty, authority(identifier.assigner)]
            return FieldDraft.components(parts + [field(identifier.typeCode)])
        }
        segment[3] = identifiers.count == 1 ? identifiers[0] : .repetitions(identifiers)
        if let name = order.patientName {
            segment[5] = .components([name.family, name.given, name.middle, name.suffix, name.prefix].map(field))
        }
        segment[7] = field(order.birthDate?.date.description)
        segment[8] = field(order.sex)
        return segment
    }

    /// The class of the patient's stay is not known here: `U` (table 0004, from 2.4 on).
    private func visit(_ peer: ResultMessageSettings) -> SegmentDraft {
        var segment = SegmentDraft("PV1")
        segment[1] = "1"
        segment[2] = peer.version.isBefore24 ? "O" : "U"
        return segment
    }

    private func commonOrder(_ request: ReportRequest) -> SegmentDraft {
        var segment = SegmentDraft("ORC")
        segment[1] = "RE"
        segment[2] = number(request.context.order.identity.placer)
        segment[3] = fillerNumber(request.context.order.identity)
        return segment
    }

    private func observationRequest(_ request: ReportRequest, issued: String) -> SegmentDraft {
        let order = request.context.order
        var segment = SegmentDraft("OBR")
        segment[1] = "1"
        segment[2] = number(order.identity.placer)
        segment[3] = fillerNumber(order.identity)
        segment[4] = procedure(order)
        segment[7] = field(Self.date(request))
        segment[18] = field(order.identity.accession?.value)
        segment[19] = field(order.requestedProcedureID)
        segment[22] = field(issued)
        segment[24] = field(template.categories.first { $0.system == CodeSystem.diagnosticService }?.code ?? "RAD")
        segment[25] = "P"
        return segment
    }

    func notes(_ texts: [String]) -> [SegmentDraft] {
        zip(1..., texts).map { number, text in
            var segment = SegmentDraft("NTE")
            segment[1] = field(String(number))
            segment[2] = "L"
            segment[3] = field(plainText(text, limit: 2_000))
            return segment
        }
    }

    // MARK: - Fields

    /// What the order names, in its own codes: the EHR knows it by them.
    private func procedure(_ order: ImagingOrder) -> FieldDraft {
        guard let ordered = order.procedureCode, !ordered.codings.isEmpty || ordered.text != nil else {
            return coded(template.reportCode)
        }
        guard !ordered.codings.isEmpty else { return .components([.empty, field(ordered.text)]) }
        return .components(
            ordered.codings.prefix(2).flatMap { [field($0.code), field($0.display), field(systemName($0.system))] })
    }

    /// The filler's own number; its accession number, which the order filler assigns too, where it has no other.
    private func fillerNumber(_ identity: OrderIdentity) -> FieldDraft {
        number(identity.filler ?? identity.accession)
    }

    /// EI: the number and who assigned it.
    private func number(_ identifier: AssignedIdentifier?) -> FieldDraft {
        guard let identifier else { return .empty }
        let (namespace, universal) = names(of: identifier.assigner)
        var parts = [field(identifier.value), field(namespace)]
        if let universal { parts += [field(universal), "ISO"] }
        return .components(parts)
    }

    /// HD inside a CX: its parts are sub-components.
    private func authority(_ assigner: Assigner?) -> FieldDraft {
        let (namespace, universal) = names(of: assigner)
        guard let universal else { return field(namespace) }
        return .components([field(namespace), field(universal), "ISO"])
    }

    private func names(of assigner: Assigner?) -> (namespace: String?, universalID: String?) {
        guard let assigner else { return (nil, nil) }
        let names = assigners.hl7Names(of: assigner)
        return (names.namespace, names.universalID)
    }

    /// The study's date as in the FHIR report; nil where it has none or an impossible one.
    static func date(_ request: ReportRequest) -> String? {
        request.context.study.studyDate.flatMap { ReportLinks.date($0) }.map { $0.filter { $0 != "-" } }
    }
}

/// Text from outside is made fit first; delimiters are escaped by the encoder.
func field(_ text: String?) -> FieldDraft {
    guard let text, !text.isEmpty else { return .empty }
    return .text(plainText(text, limit: 4_000))
}

extension ReportComposer {
    /// The composer of the HL7 v2 messages that say the same.
    public func messages(assigners: AssignerDirectory) -> ResultMessageComposer {
        ResultMessageComposer(settings: settings, template: template, assigners: assigners)
    }
}
