import DICOM
import FHIR
import JSON
import Mapping
import Sealing
import Testing

@testable import ImageClassifier
@testable import Matching
@testable import Reporting

/// Synthetic orders, findings and refusals.
enum Fixture {
    static func composer(_ policy: ReportPolicy = ReportPolicy()) -> ReportComposer {
        ReportComposer(
            settings: ReportSettings(
                installation: "00000000-0000-8000-8000-000000000001", organization: Reference("Organization/radiology"),
                gateway: "imaging-gateway 0.1.0", policy: policy), template: .chestPneumonia)
    }

    static let studyUID = "1.2.826.0.1.3680043.8.498.1"

    static func order(_ procedure: CodedConcept) -> ImagingOrder {
        ImagingOrder(
            identity: OrderIdentity(), procedureCode: procedure, source: "his", messageControlID: "MSG00001")
    }

    static func keys() throws -> KeyRing { try KeyRing.generate() }

    static func names(_ seed: Int = 1) throws -> ReportNames {
        func uuid(_ kind: Int) -> String { "0000000\(seed)-000\(kind)-8000-8000-000000000000" }
        return try ReportNames(report: uuid(1), observation: uuid(2), provenance: uuid(3), device: uuid(4))
    }

    static func model(title: String = "Chest pneumonia demonstration") -> ModelIdentity {
        ModelIdentity(
            id: "chest-pneumonia-kermany", version: "1.0.0", title: title,
            weightsDigest: String(repeating: "ab", count: 32), preprocessingVersion: "1",
            trainingDataDigest: String(repeating: "cd", count: 32), licence: "CC BY 4.0", attribution: "Kermany et al.",
            threshold: 0.5)
    }

    static func finding(
        _ decision: Decision = .positive, probability: Double = 0.87, side: Int = 64, caveats: [Caveat] = [],
        title: String = "Chest pneumonia demonstration", spread: ClosedRange<Double> = 0.81...0.93,
        networks: Int = 3, views: Int = 7, reason: IndeterminateReason = .band, placement: Placement? = nil
    ) throws -> Finding {
        // A fixed pattern with some detail, so that a PNG of it has a real size.
        let pixels = (0..<side * side).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7 &+ $0) }
        return Finding(
            probability: probability, logit: 1.9,
            spread: Spread(
                lowest: spread.lowerBound, highest: spread.upperBound, deviation: 0.4, networks: networks,
                views: views),
            decision: decision, indeterminateReason: decision == .indeterminate ? reason : nil, threshold: 0.5,
            indeterminate: 0.2...0.8,
            map: ActivationMap(rows: 2, columns: 2, values: [1, -1, 2, 0], bias: 0.1), mapRange: 2,
            placement: placement ?? .whole, instance: 0,
            viewPosition: "PA", caveats: caveats, model: model(title: title),
            image: try #require(GrayImage(rows: side, columns: side, pixels: pixels)))
    }

    static func refusal(_ code: RefusalCode = .ageOutOfRange, reason: String? = nil) -> Refusal {
        Refusal(code: code, reason: reason ?? code.reason, instance: 0, model: model())
    }

    static func request(
        _ classification: Classification, patient: Patient? = nil, withServiceRequest: Bool = true,
        withImagingStudy: Bool = true, procedure: String = "XR chest", procedureCode: CodedConcept? = nil,
        studyDate: String? = "20260102", orderNumber: String = "ORD-1", studyUID: String = studyUID
    ) throws -> ReportRequest {
        let patient =
            try patient ?? Patient(json(#"{"resourceType":"Patient","id":"p1","name":[{"family":"Secret"}]}"#))
        let serviceRequest = try ServiceRequest(
            json(
                #"""
                {"resourceType":"ServiceRequest","id":"sr1","status":"active","intent":"order",
                "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"}}
                """#))
        let imagingStudy = try ImagingStudy(json(#"{"resourceType":"ImagingStudy","id":"is1","status":"available"}"#))
        let context = MatchedContext(
            order: order(procedureCode ?? CodedConcept(code: "XRCH", display: procedure)), patient: patient,
            serviceRequest: withServiceRequest ? serviceRequest : nil,
            imagingStudy: withImagingStudy ? imagingStudy : nil,
            study: StudyReference(studyInstanceUID: try #require(UID(studyUID)), studyDate: studyDate))
        return ReportRequest(
            matched: Matched(context), classification: classification, names: try names(),
            issued: FHIRInstant(secondsSinceEpoch: 1_767_348_000, microseconds: 5),
            receipt: ReceiptFacts(profile: "PS3.15 Basic, 113108", version: "2024b"),
            orderIdentifier: Identifier(
                system: "urn:oid:1.2.3", value: orderNumber,
                type: CodeableConcept(Coding(system: Identifier.typeSystem, code: "PLAC"))))
    }

    static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    static func compose(
        _ classification: Classification, policy: ReportPolicy = ReportPolicy()
    ) throws -> ComposedReport {
        try composer(policy).compose(request(classification))
    }
}

extension ComposedReport {
    var text: String { String(decoding: bundle.json.serialized(), as: UTF8.self) }

    func resource(_ type: String) -> JSONObject? {
        bundle.entries.first { $0.resource?.resourceType == type }?.resource?.elements
    }
}

extension JSONValue {
    /// Every value inside, this one first.
    var everything: [JSONValue] {
        switch self {
        case .array(let elements): [self] + elements.flatMap(\.everything)
        case .object(let object): [self] + object.flatMap(\.value.everything)
        case .null, .bool, .number, .string: [self]
        }
    }

    /// The text of every string inside, attachments decoded.
    var words: [String] { everything.compactMap(\.string) }
}
