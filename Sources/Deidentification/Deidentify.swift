public import DICOM
public import Sealing

/// Removes from a study what identifies a person: PS3.15 Annex E, Basic Profile with Retain Patient Characteristics,
/// and nothing outside its table unless `DefaultDeny` lets it stay. The only maker of `Deidentified<Study>`.
///
/// UIDs, the study's too, become pseudonyms by one keyed map; instances keep their order. Any doubt is an error or
/// takes the element away; the result was searched for the identifiers of the original. Not thread bound, no state.
public func deidentify(_ study: Study, pseudonyms: Pseudonyms) throws(DeidentificationError)
    -> (Deidentified<Study>, DeidentificationReceipt)
{
    let profile = try DeidentificationProfile.basicRetainPatientCharacteristics()
    guard !study.instances.isEmpty else { throw DeidentificationError(.emptyStudy) }
    if let stranger = study.inconsistentInstances.first {
        throw DeidentificationError(.inconsistentStudy, instance: stranger, tag: .studyInstanceUID)
    }
    let identifiers = try KnownIdentifiers(study)
    var rewriter = DataSetRewriter(profile: profile, identifiers: identifiers, pseudonyms: pseudonyms)
    var instances: [Instance] = []
    var allDeclared = true
    for (index, instance) in study.instances.enumerated() {
        allDeclared = try BurnedInCheck.check(instance, index: index) && allDeclared
        var dataSet = try rewriter.rewrite(instance.dataSet)
        try LeakCheck.check(dataSet, for: identifiers, instance: index)
        Markers.mark(&dataSet)
        // Cleaned fragments have other lengths.
        dataSet[.extendedOffsetTable] = nil
        dataSet[.extendedOffsetTableLengths] = nil
        let pixelData = try PixelCleaner.clean(instance, index: index)
        instances.append(try finished(dataSet, pixelData, of: instance, index: index))
    }
    guard let studyInstanceUID = UID(pseudonyms.uid(for: study.studyInstanceUID.value)) else {
        throw DeidentificationError(.inconsistentStudy, tag: .studyInstanceUID)
    }
    let result = Study(studyInstanceUID: studyInstanceUID, instances: instances)
    let receipt = DeidentificationReceipt(
        of: study, to: result, rewriter: rewriter, keyID: pseudonyms.keyID,
        burnedIn: allDeclared ? .declaredAbsent : .unchecked)
    return (Deidentified(result), receipt)
}

/// The instance with a group 0002 of its own: nothing of the original's file meta information is kept.
private func finished(_ dataSet: DataSet, _ pixelData: PixelData?, of original: Instance, index: Int)
    throws(DeidentificationError) -> Instance
{
    guard let sopClass = dataSet.uid(.sopClassUID), let sopInstance = dataSet.uid(.sopInstanceUID),
        let syntax = original.transferSyntax, dataSet.uid(.studyInstanceUID) != nil
    else { throw DeidentificationError(.missingInstanceUID, instance: index) }
    var fileMeta = DataSet()
    fileMeta.set(.mediaStorageSOPClassUID, sopClass)
    fileMeta.set(.mediaStorageSOPInstanceUID, sopInstance)
    fileMeta.set(
        .transferSyntaxUID, syntax.isEncapsulated ? syntax.uid : TransferSyntax.explicitVRLittleEndian.uid)
    fileMeta.set(.implementationClassUID, Implementation.classUID)
    fileMeta.set(.implementationVersionName, .SH, Implementation.versionName)
    return Instance(fileMeta: fileMeta, dataSet: dataSet, pixelData: pixelData)
}

extension DeidentificationReceipt {
    fileprivate init(
        of original: Study, to result: Study, rewriter: DataSetRewriter, keyID: String, burnedIn: BurnedIn
    ) {
        let actions = rewriter.counts.actions
        self.init(
            profile: "PS3.15 Annex E Basic Profile, Retain Patient Characteristics",
            edition: DeidentificationProfile.edition, version: Markers.version,
            methodCodes: DeidentificationProfile.methods.map(\.code), instanceCount: result.instances.count,
            actionCounts: Dictionary(uniqueKeysWithValues: actions.map { ($0.key.rawValue, $0.value) }),
            ruleCounts: rewriter.counts.rules, keptCount: actions[.K] ?? 0, removedCount: actions[.X] ?? 0,
            replacedCount: [Action.Z, .D, .C, .U].reduce(0) { $0 + (actions[$1] ?? 0) },
            uidCount: rewriter.uids.replaced.count, uidMapKeyID: keyID, burnedIn: burnedIn,
            ageSource: AgeSource.allCases.last { rewriter.counts.ages[$0] != nil } ?? .none,
            inputDigest: ValueDigest.hex(original), outputDigest: ValueDigest.hex(result))
    }
}
