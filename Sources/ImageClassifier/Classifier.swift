public import DICOM
public import Deidentification

/// Scores the best image of a de-identified study, or says why none is scored.
public struct Classifier: Sendable {
    private let model: ModelBundle
    private let gate: HeaderGate
    private let gatesImages: Bool

    /// Makes a classifier for a model and a site's policy.
    public init(model: ModelBundle, policy: ScopePolicy = ScopePolicy()) {
        self.model = model
        gatesImages = policy.gatesImages
        gate = HeaderGate(rules: model.headerRules, policy: policy)
    }

    /// The model that answers.
    public var modelIdentity: ModelIdentity { model.identity }

    /// Classifies a study: the images that the header gate accepts are tried in order, a stated frontal view before an
    /// unstated one, and the first that is scored counts: one that cannot be read does not hide the others. If none is
    /// scored, the refusal is that of the image that came furthest.
    ///
    /// Throws `studyEmpty`; `pixelDataUndecodable` when the pixels of no accepted image can be read; and `interrupted`
    /// when the task is cancelled, which is looked at before each image.
    public func classify(
        _ study: Deidentified<Study>, decoder: some FrameDecoder
    ) throws(ClassifierError) -> Classification {
        guard !study.value.instances.isEmpty else { throw ClassifierError(.studyEmpty) }
        var nearest: (depth: Int, code: RefusalCode, instance: Int)?
        var candidates: [(instance: Int, header: ImageHeader)] = []
        for instance in study.value.instances.indices {
            let header = ImageHeader(study.header(instance: instance))
            guard let refusal = gate.refusal(header) else {
                candidates.append((instance, header))
                continue
            }
            if refusal.depth > nearest?.depth ?? -1 {
                nearest = (refusal.depth, refusal.code, instance)
            }
        }
        let stated = candidates.filter { $0.header.viewPosition != nil }
        var rejected: (code: RefusalCode, instance: Int)?
        var isAnyUndecodable = false
        for (instance, header) in stated + candidates.filter({ $0.header.viewPosition == nil }) {
            guard !Task.isCancelled else { throw ClassifierError(.interrupted) }
            guard let frame = try? study.decoded(by: decoder, instance: instance).value else {
                isAnyUndecodable = true
                continue
            }
            do throws(Rejection) {
                return .finding(try finding(frame, header: header, instance: instance))
            } catch {
                rejected = rejected ?? (error.code, instance)
            }
        }
        // A header's refusal says nothing of an image that was accepted and could not be read.
        guard rejected != nil || !isAnyUndecodable else { throw ClassifierError(.pixelDataUndecodable) }
        let code = rejected?.code ?? nearest?.code ?? .objectNotSupported
        return .refusal(
            Refusal(
                code: code, reason: gate.rules.reason(code), instance: rejected?.instance ?? nearest?.instance,
                model: modelIdentity))
    }

    /// Scores one decoded image; internal, because only a de-identified study may come in from outside.
    func finding(_ frame: Frame, header: ImageHeader, instance: Int) throws(Rejection) -> Finding {
        let prepared = try Preprocessing.prepare(
            frame, header: header, side: model.architecture.side, framings: model.framings)
        guard let score = model.ensemble.score(prepared.input, framings: prepared.framings) else {
            throw Rejection(code: .imageUnusable)
        }
        if gatesImages, let code = model.imageGate.refusal(input: prepared.input, pooled: score.pooled) {
            throw Rejection(code: code)
        }
        return Finding(
            score, calibration: model.calibration, mapRange: model.mapRange, prepared: prepared, instance: instance,
            viewPosition: header.viewPosition, caveats: gate.caveats(header), model: modelIdentity)
    }
}
