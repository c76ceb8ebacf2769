import DICOM
import FHIR
import ImageClassifier
import JSON
import Mapping
import Matching

/// Turns a finding or a refusal about a matched order into the FHIR R4 transaction that the EHR gets.
///
/// Pure: the same request gives the same bytes. Device, Observation and DiagnosticReport are created only if their
/// derived identifiers are not there yet, so that a repeat is harmless.
public struct ReportComposer: Sendable {
    let settings: ReportSettings
    let template: ReportTemplate

    public init(settings: ReportSettings, template: ReportTemplate) {
        self.settings = settings
        self.template = template
    }

    /// The transaction for one report.
    ///
    /// - Parameter isFirst: whether the EHR has no version of this report yet; matters only where Provenance cannot be
    ///   written under its own id.
    /// - Throws: `ReportingError`; nothing is left out silently.
    public func compose(_ request: ReportRequest, isFirst: Bool = true) throws(ReportingError) -> ComposedReport {
        let facts = try ReportFacts(request.classification, template: template, policy: settings.policy)
        let links = try ReportLinks(request, settings: settings)
        var entries = [
            entry(device(request), name: request.names.device, links: links),
            entry(
                try observation(request, facts, links), name: request.names.observation, links: links),
            entry(
                try diagnosticReport(request, facts, links), name: request.names.report, links: links),
        ]
        if let provenance = provenanceEntry(request, links, isFirst: isFirst) { entries.append(provenance) }
        return try ComposedReport(Bundle(transaction: entries))
    }

    private func entry(_ resource: some TypedResource, name: String, links: ReportLinks) -> BundleEntry {
        BundleEntry(
            fullURL: links.urn(name), resource: Resource(resource),
            request: .create(type(of: resource).resourceType, ifNoneExist: links.identifier(name)))
    }

    private func provenanceEntry(_ request: ReportRequest, _ links: ReportLinks, isFirst: Bool) -> BundleEntry? {
        let name = request.names.provenance
        switch settings.policy.provenance {
        case .updateByID:
            return BundleEntry(
                fullURL: links.urn(name), resource: Resource(provenance(request, links, id: name)),
                request: .update(Provenance.resourceType, id: name))
        case .createWithFirst where isFirst:
            return BundleEntry(
                fullURL: links.urn(name), resource: Resource(provenance(request, links, id: nil)),
                request: BundleRequest(method: "POST", url: Provenance.resourceType))
        case .createWithFirst, .omit:
            return nil
        }
    }
}

/// The references and identifiers that tie the resources of one report to each other and to the EHR.
struct ReportLinks {
    let subject: Reference
    let basedOn: [Reference]
    /// The EHR's ImagingStudy; empty where it has none.
    let imagingStudy: [Reference]
    /// The study by its UID, and by the EHR's resource where there is one.
    let derivedFrom: Reference
    let encounter: Reference?
    let effective: String?
    private let system: String

    /// - Throws: `patientWithoutID`.
    init(_ request: ReportRequest, settings: ReportSettings) throws(ReportingError) {
        let context = request.context
        guard let patient = context.patient.relativeReference else { throw ReportingError(.patientWithoutID) }
        subject = patient
        system = settings.identifierSystem
        let order = Reference(
            context.serviceRequest?.relativeReference?.reference, type: ServiceRequest.resourceType,
            identifier: request.orderIdentifier)
        basedOn = order.reference == nil && order.identifier == nil ? [] : [order]
        let study = context.imagingStudy?.relativeReference?.reference
        imagingStudy = study.map { [Reference($0)] } ?? []
        derivedFrom = Reference(
            study, type: ImagingStudy.resourceType, identifier: studyIdentifier(context.study.studyInstanceUID.value))
        encounter = context.serviceRequest?.encounter?.target.map { Reference(type: $0.type, id: $0.id) }
        effective = context.study.studyDate.flatMap(Self.date)
    }

    func urn(_ name: String) -> String { "urn:uuid:\(name)" }

    func identifier(_ name: String) -> Identifier { Identifier(system: system, value: name) }

    /// The name of something else in this installation, such as the messages of one source.
    func identifier(_ value: String, of kind: String) -> Identifier {
        Identifier(system: "\(system):\(percentEncoded(kind))", value: value)
    }

    /// `YYYYMMDD` (PS3.5 DA) as `YYYY-MM-DD`; nil for anything else.
    static func date(_ text: String) -> String? {
        let digits = Array(text.utf8)
        guard digits.count == 8, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let month = Int(text.dropFirst(4).prefix(2)),
            let day = Int(text.suffix(2)), (1...12).contains(month), (1...31).contains(day), !text.hasPrefix("0000")
        else { return nil }
        return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
    }
}
