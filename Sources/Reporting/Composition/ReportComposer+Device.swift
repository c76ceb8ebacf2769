import DICOM
public import FHIR
public import ImageClassifier
import JSON
import Mapping
import Matching
public import Sealing

// R4 §8.9 and §6.3: the algorithm, and where the report came from.
extension ReportComposer {
    /// The transaction that makes sure that the EHR has the Device of a model, and does nothing else: the same
    /// conditional create that each report begins with. No patient data, and harmless to repeat.
    public func deviceTransaction(keys: KeyRing, model: ModelIdentity) -> Bundle {
        let name = ReportNames.device(keys: keys, model: model)
        let links = Identifier(system: settings.identifierSystem, value: name)
        return Bundle(transaction: [
            BundleEntry(
                fullURL: "urn:uuid:\(name)", resource: Resource(device(model, name: name)),
                request: .create(Device.resourceType, ifNoneExist: links))
        ])
    }

    /// One per model version: nothing of the order or the patient is in it.
    func device(_ request: ReportRequest) -> Device { device(request.model, name: request.names.device) }

    private func device(_ model: ModelIdentity, name: String) -> Device {
        func version(_ type: String, _ value: String) -> JSONObject {
            JSONObject(elements: ["type": CodeableConcept(coding: [], text: type), "value": plainText(value)])
        }
        let links = Identifier(system: settings.identifierSystem, value: name)
        return Device(elements: [
            "identifier": [links],
            "status": "active",
            "deviceName": [JSONObject(elements: ["name": plainText(model.title), "type": "model-name"])],
            "modelNumber": plainText(model.id),
            "type": CodeableConcept(coding: [], text: "Software: image classifier, demonstration only"),
            "version": [
                version("software", model.version), version("weights SHA-256", model.weightsDigest),
                version("preprocessing", model.preprocessingVersion),
            ],
            "note": [
                Annotation(text: ReportNotice.text),
                Annotation(text: "Licence: \(plainText(model.licence)). \(plainText(model.attribution))"),
            ],
        ])
    }

    func provenance(_ request: ReportRequest, _ links: ReportLinks, id: String?) -> Provenance {
        let names = request.names
        let gateway = Reference(
            identifier: links.identifier(settings.gateway, of: "gateway"), type: Device.resourceType)
        return Provenance(elements: [
            "id": id,
            "target": [Reference(links.urn(names.report)), Reference(links.urn(names.observation))],
            "occurredDateTime": request.issued.dateTime.text,
            "recorded": request.issued.text,
            "agent": [
                agent("author", "Author", Reference(links.urn(names.device))), agent("assembler", "Assembler", gateway),
            ],
            "entity": [orderMessage(request, links), mapping(request, links), source(links.derivedFrom)]
                .compactMap { $0 },
        ])
    }

    private func agent(_ code: String, _ display: String, _ who: Reference) -> JSONObject {
        let type = CodeableConcept(Coding(system: CodeSystem.participantType, code: code, display: display))
        return JSONObject(elements: ["type": type, "who": who, "onBehalfOf": settings.organization])
    }

    private func orderMessage(_ request: ReportRequest, _ links: ReportLinks) -> JSONObject? {
        let order = request.context.order
        guard let message = order.messageControlID, !message.isEmpty else { return nil }
        let identifier = links.identifier(plainText(message), of: "messages:\(order.source)")
        return source(Reference(nil, identifier: identifier, display: "Order message"))
    }

    /// The version of the mapping that read the order: with it and the message, the order can be made again.
    private func mapping(_ request: ReportRequest, _ links: ReportLinks) -> JSONObject? {
        guard let digest = request.mappingDigest, !digest.isEmpty else { return nil }
        let identifier = links.identifier(plainText(digest), of: "mapping:\(request.context.order.source)")
        return source(Reference(nil, identifier: identifier, display: "Mapping of the order"))
    }

    private func source(_ what: Reference) -> JSONObject { JSONObject(elements: ["role": "source", "what": what]) }
}
