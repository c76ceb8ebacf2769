public import DICOM
public import Sealing
public import SecondOpinion

/// Removes from a study what identifies a person, by a profile of PS3.15 Annex E; nothing outside its table stays unless
/// `DefaultDeny` lets it. The only maker of `Deidentified<Study>`.
///
/// UIDs, the study's too, become pseudonyms by one map; instances keep their order. Any doubt is an error or takes the
/// element away; the written bytes were searched by a second reader for all that `identity` and the headers tell of the
/// patient. Not thread bound, no state.
///
/// - Parameters:
///   - profile: `DeidentificationProfile.classifier()` if left out.
///   - identity: what order and EHR know of the patient; what the headers know is added.
///   - pixels: who decodes pixels and searches them for text; without it, objects that need it are refused
///     (`textDetectionUnavailable`; `pixelDataNotCleanable` where compressed samples may have something above them).
///   - burnedIn: rules and masks for text in pixels; left out, the built-in rules with the profile's gate.
public func deidentify(
    _ study: Study, profile: DeidentificationProfile? = nil, pseudonyms: any PseudonymSource,
    identity: KnownIdentity = KnownIdentity(), pixels: PixelReader? = nil, burnedIn: BurnedInPolicy? = nil
) throws(DeidentificationError) -> (Deidentified<Study>, DeidentificationReceipt) {
    let profile = if let profile { profile } else { try DeidentificationProfile.classifier() }
    guard !study.instances.isEmpty else { throw DeidentificationError(.emptyStudy) }
    if let stranger = study.inconsistentInstances.first {
        throw DeidentificationError(.inconsistentStudy, instance: stranger, tag: .studyInstanceUID)
    }
    let known = try everything(known: identity, of: study, profile)
    let policy = burnedIn ?? BurnedInPolicy(gate: profile.textGate)
    var deidentifier = try StudyDeidentifier(
        profile: profile, pseudonyms: pseudonyms, identity: known, burnedIn: policy)
    try deidentifier.know(StudyPatients(study.instances.map { PatientKey($0.dataSet) }))
    var instances: [Instance] = []
    for (index, instance) in study.instances.enumerated() {
        let examination = { BurnedInExamination($0, policy: policy, identity: known) }
        instances.append(try rewritten(instance, index: index, by: &deidentifier, pixels, examination))
    }
    guard let studyInstanceUID = deidentifier.uid(for: study.studyInstanceUID) else {
        throw DeidentificationError(.inconsistentStudy, tag: .studyInstanceUID)
    }
    let opinion = try secondOpinion(on: instances, deidentifier.search())
    // What was handed out must be found again before anything leaves.
    guard (try? pseudonyms.commit()) != nil else { throw DeidentificationError(.pseudonymsNotKept) }
    let result = Study(studyInstanceUID: studyInstanceUID, instances: instances)
    let receipt = deidentifier.receipt(
        inputDigest: ValueDigest.hex(study), outputDigest: ValueDigest.hex(result), secondOpinion: opinion)
    return (Deidentified(result), receipt)
}

private func everything(
    known identity: KnownIdentity, of study: Study, _ profile: DeidentificationProfile
) throws(DeidentificationError) -> KnownIdentity {
    var identity = identity
    for (index, instance) in study.instances.enumerated() {
        do {
            try identity.collect(from: instance.dataSet, under: profile)
        } catch {
            throw DeidentificationError(.tooManyIdentifiers, instance: index)
        }
    }
    return identity
}

private func rewritten(
    _ instance: Instance, index: Int, by deidentifier: inout StudyDeidentifier, _ pixels: PixelReader?,
    _ examination: (BurnedInPlan) -> BurnedInExamination
) throws(DeidentificationError) -> Instance {
    guard let syntax = instance.transferSyntax else {
        throw DeidentificationError(.missingInstanceUID, instance: index)
    }
    var rewritten: RewrittenInstance
    do {
        rewritten = try deidentifier.rewrite(
            instance.dataSet, transferSyntax: syntax, detector: pixels?.detector)
    } catch {
        throw error.at(instance: index)
    }
    guard (rewritten.pixels == nil) == (instance.pixelData == nil) else {
        throw DeidentificationError(.unsupportedObject, instance: index)
    }
    let cleaned = try PixelCleaner.clean(instance, index: index, decoder: pixels?.decoder)
    if cleaned.transferSyntax != syntax { rewritten = rewritten.decoding(cleaned.dataSet) }
    let whole = Instance(fileMeta: rewritten.fileMeta, dataSet: rewritten.dataSet, pixelData: cleaned.pixelData)
    guard case .examine = rewritten.plan else { return whole }
    guard let pixels else { throw DeidentificationError(.textDetectionUnavailable, instance: index) }
    do {
        // What leaves is what is searched.
        guard let masked = try pixels.examine(cleaned, examination(rewritten.plan)) else { return whole }
        return try maskedInstance(rewritten, masked)
    } catch {
        throw error.at(instance: index)
    }
}

/// The instance with masked frames as native pixels, in the colours that the decoder made of them.
private func maskedInstance(
    _ rewritten: RewrittenInstance, _ frames: [Frame]
) throws(DeidentificationError) -> Instance {
    guard let first = frames.first, let cleaner = rewritten.pixels else {
        throw DeidentificationError(.textDetectionUnavailable)
    }
    var dataSet = rewritten.dataSet
    dataSet.set(.photometricInterpretation, .CS, first.photometricInterpretation)
    var bytes: [UInt8] = []
    for frame in frames { bytes += try cleaner.native(frame) }
    guard bytes.count == cleaner.nativeLength,
        frames.allSatisfy({ $0.photometricInterpretation == first.photometricInterpretation })
    else { throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData) }
    return Instance(fileMeta: rewritten.fileMeta, dataSet: dataSet, pixelData: .native(bytes))
}

/// Throws `identifierRemains` with the tag of the first hit, `notSearchable` where there is no opinion.
private func secondOpinion(
    on instances: [Instance], _ search: ResidualSearch
) throws(DeidentificationError) -> SearchResult.Statistics {
    var statistics = SearchResult.Statistics()
    for (index, instance) in instances.enumerated() {
        guard let bytes = try? instance.serialized(), let found = try? search.search(bytes) else {
            throw DeidentificationError(.notSearchable, instance: index)
        }
        guard found.isClean else {
            throw DeidentificationError(
                .identifierRemains, instance: index, tag: found.hits.first.flatMap { Tag(path: $0.path) })
        }
        statistics.add(found.statistics)
    }
    return statistics
}

extension Tag {
    /// The last element of a place such as `0040,0275[1].0032,1060`.
    fileprivate init?(path: String) {
        guard let last = path.split(separator: ".").last?.prefix(9) else { return nil }
        self.init(hex: last.filter { $0 != "," })
    }
}
