public import DICOM
public import Sealing
public import SecondOpinion

/// De-identifies the objects of one study one after another, for whoever cannot hold a whole study in memory.
///
/// It makes headers and says what must be done with the pixels. It does not make `Deidentified`: whoever writes its
/// results searches the written bytes (`search()`), and throws away what does not pass.
public struct StudyDeidentifier: Sendable {
    /// What is applied.
    public let profile: DeidentificationProfile
    private let pseudonyms: any PseudonymSource
    private let policy: BurnedInPolicy
    private let identity: KnownIdentity
    private var rewriter: DataSetRewriter
    private var cleanings: Set<ObjectCleaning> = []

    /// A de-identifier for one study.
    /// - Parameters:
    ///   - pseudonyms: where replacements come from.
    ///   - identity: what is known of the patient from the order, the EHR and all original headers
    ///     (`KnownIdentity.collect`).
    ///   - burnedIn: rules and masks for text in pixels; left out, the built-in rules with the profile's gate.
    /// - Throws: `tooManyIdentifiers`, `profileUnavailable`.
    public init(
        profile: DeidentificationProfile, pseudonyms: any PseudonymSource, identity: KnownIdentity,
        burnedIn: BurnedInPolicy? = nil
    ) throws(DeidentificationError) {
        self.profile = profile
        self.pseudonyms = pseudonyms
        self.identity = identity
        policy = burnedIn ?? BurnedInPolicy(gate: profile.textGate)
        rewriter = DataSetRewriter(
            profile: profile, pseudonyms: pseudonyms, descriptors: try DescriptorCleaner(for: identity))
    }

    /// Tells whom the objects of the study name, before the first of them is rewritten.
    /// - Throws: `patientAmbiguous` where dates move and not all of them would by the same days.
    package mutating func know(_ patients: StudyPatients) throws(DeidentificationError) {
        guard profile.dates != .shifted || patients.areOne else {
            throw DeidentificationError(.patientAmbiguous, tag: .patientID)
        }
        rewriter.patients = patients
    }

    /// The header of one object without what identifies, and what must be done with its pixels. `header` is the data set
    /// without Pixel Data. `detector` searches overlay planes, of which none stays without one (`OverlaySearch`).
    ///
    /// - Throws: `missingInstanceUID`, `unsupportedObject` for objects without a cleaner, `burnedInAnnotation` where text
    ///   may stand in the pixels and the profile lets nobody look, the codes of `QuarantineReason` where masks do not
    ///   fit, `pixelDataNotCleanable`, `tooDeep`, `tooManyIdentifiers`. Nothing of the object may leave then.
    public mutating func rewrite(
        _ header: DataSet, transferSyntax: TransferSyntax, detector: (any TextDetector)? = nil
    ) throws(DeidentificationError) -> RewrittenInstance {
        guard let sopClass = header.uid(.sopClassUID), header.uid(.sopInstanceUID) != nil,
            header.uid(.studyInstanceUID) != nil
        else { throw DeidentificationError(.missingInstanceUID) }
        // A class that nobody registered could be a number of the patient's.
        guard profile.rules.uids.contains(sopClass.value) else { throw DeidentificationError(.unsupportedObject) }
        let content = ObjectContent(sopClass, header)
        guard content.isCleanable(under: profile) else { throw DeidentificationError(.unsupportedObject) }
        let plan = content == .image ? policy.plan(for: header) : .decided(.noPixels)
        if case .decided(.quarantine(let reason)) = plan { throw DeidentificationError(reason) }
        var pixels: FrameCleaner?
        if content == .image { pixels = try FrameCleaner(header: header, transferSyntax: transferSyntax) }
        var dataSet = try rewriteElements(header, content, detector)
        // Cleaned fragments have other lengths.
        dataSet[.extendedOffsetTable] = nil
        dataSet[.extendedOffsetTableLengths] = nil
        if case .examine(.some) = plan {
            pixels?.way = .decoded
            if dataSet[.planarConfiguration] != nil { dataSet.set(.planarConfiguration, .US, 0) }
        }
        let cleaning = ObjectCleaning(
            verdict: plan.expected, hasGraphics: content == .presentationState || GraphicsCleaner.isLeft(in: dataSet),
            hasContent: StructuredContentCleaner.isLeft(in: dataSet))
        Markers.mark(&dataSet, profile, cleaning)
        cleanings.insert(cleaning)
        let isNative = !transferSyntax.isEncapsulated || pixels?.way == .decoded
        let fileMeta = try Self.fileMeta(dataSet, isNative ? .explicitVRLittleEndian : transferSyntax)
        return RewrittenInstance(dataSet: dataSet, fileMeta: fileMeta, pixels: pixels, plan: plan)
    }

    /// The header by the rules for every element, with the overlay planes that Clean Graphics lets stay.
    private mutating func rewriteElements(
        _ header: DataSet, _ content: ObjectContent, _ detector: (any TextDetector)?
    ) throws(DeidentificationError) -> DataSet {
        guard profile.options.contains(.cleanGraphics), header.contains(where: { $0.tag.group & 0xFF00 == 0x6000 })
        else { return try rewriter.rewrite(header) }
        var graphics: [DataElement] = []
        if let detector, policy.gate != .never {
            let search = OverlaySearch(
                words: policy.rules.words, identity: IdentityInPixels(identity), detector: detector)
            graphics = search.planes(of: header).flatMap(\.elements)
        }
        let groups = Set(graphics.map(\.tag.group))
        var result = try rewriter.rewrite(DataSet(header.filter { !groups.contains($0.tag.group) }))
        if content == .presentationState { graphics += GraphicsCleaner.activations(header, result) }
        for element in graphics {
            result[element.tag] = element
            rewriter.counts.add(.C, .overlay)
        }
        return result
    }

    /// The second opinion on what was written: it knows everything that is known of the patient, and which days this
    /// de-identifier wrote. Make it after the objects were rewritten. Throws `tooManyIdentifiers`.
    public func search() throws(DeidentificationError) -> ResidualSearch {
        if profile.dates == .removed, let search = rewriter.descriptors.search { return search }
        var identity = identity
        for day in rewriter.writtenDays { identity.expect(date: day) }
        let expectation: DateExpectation =
            switch profile.dates {
            case .removed: .none
            case .shifted: .shifted
            case .kept: .kept
            }
        do {
            return try ResidualSearch(for: identity, dates: expectation)
        } catch {
            throw DeidentificationError(.tooManyIdentifiers)
        }
    }

    /// The UID that stands for another one: as in the headers.
    public func uid(for uid: UID) -> UID? {
        let stays = profile.options.contains(.retainUIDs) || profile.rules.uids.contains(uid.value)
        return stays ? uid : UID(pseudonyms.uid(for: uid.value))
    }

    /// Learns what a copy of this de-identifier did to other objects of the same study.
    public mutating func merge(_ other: StudyDeidentifier) {
        rewriter.merge(other.rewriter)
        cleanings.formUnion(other.cleanings)
    }

    /// What was done to the objects so far. Digests are those of the caller: of values in memory, or of files.
    /// - Parameter secondOpinion: what `search()` looked at in all written files; it found nothing.
    public func receipt(
        inputDigest: String, outputDigest: String,
        secondOpinion: SearchResult.Statistics = SearchResult.Statistics()
    ) -> DeidentificationReceipt {
        DeidentificationReceipt(
            profile, policy, rewriter, cleanings: cleanings, keyID: pseudonyms.keyID,
            secondOpinion: secondOpinion, inputDigest: inputDigest,
            outputDigest: outputDigest)
    }

    /// A group 0002 of its own: nothing of the original's file meta information is kept.
    private static func fileMeta(_ dataSet: DataSet, _ syntax: TransferSyntax) throws(DeidentificationError) -> DataSet
    {
        guard let sopClass = dataSet.uid(.sopClassUID), let sopInstance = dataSet.uid(.sopInstanceUID),
            dataSet.uid(.studyInstanceUID) != nil
        else { throw DeidentificationError(.missingInstanceUID) }
        var fileMeta = DataSet()
        fileMeta.set(.mediaStorageSOPClassUID, sopClass)
        fileMeta.set(.mediaStorageSOPInstanceUID, sopInstance)
        fileMeta.set(.transferSyntaxUID, syntax.uid)
        fileMeta.set(.implementationClassUID, Implementation.classUID)
        fileMeta.set(.implementationVersionName, .SH, Implementation.versionName)
        return fileMeta
    }
}

/// One object without what identifies, before its pixels were cleaned.
public struct RewrittenInstance: Sendable {
    /// The header, marked for the verdict that `plan` expects; without pixel data.
    public let dataSet: DataSet
    /// Group 0002, made anew.
    public let fileMeta: DataSet
    /// Cleans the pixels; nil where the object has none.
    public let pixels: FrameCleaner?
    /// What must be done with the pixels before anything leaves.
    public let plan: BurnedInPlan
}
