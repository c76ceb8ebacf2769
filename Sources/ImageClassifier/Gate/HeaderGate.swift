/// Decides from the header alone whether an image is one for the model.
struct HeaderGate: Sendable {
    let scope: Scope
    let policy: ScopePolicy

    /// One row: the code, and when it applies. The order is that of `RefusalCode`, outermost first.
    struct Rule: Sendable {
        let code: RefusalCode
        let applies: @Sendable (ImageHeader, HeaderGate) -> Bool
    }

    static let rules: [Rule] = [
        Rule(code: .modalityNotSupported) { header, gate in !gate.isModalityAccepted(header) },
        Rule(code: .objectNotSupported) { header, gate in !gate.isObjectAccepted(header) },
        Rule(code: .forProcessing) { header, _ in
            header.presentationIntent == "FOR PROCESSING" || forProcessing.contains(header.sopClass)
        },
        Rule(code: .speciesNotHuman) { header, _ in header.isNonHuman },
        Rule(code: .ageOutOfRange) { header, gate in
            header.patientAge.flatMap(PatientAge.init).map { !gate.scope.ageYears.contains($0.years) } ?? false
        },
        Rule(code: .ageMissing) { header, gate in
            header.patientAge.flatMap(PatientAge.init) == nil && gate.policy.missingAge == .refuse
        },
        Rule(code: .bodyPartNotChest) { header, gate in
            header.bodyPart.map { !gate.scope.bodyParts.contains($0) } ?? false
        },
        Rule(code: .viewNotFrontal) { header, gate in
            header.viewPosition.map { !gate.scope.views.contains($0) } ?? false
        },
        Rule(code: .multipleFrames) { header, _ in header.numberOfFrames != 1 },
        Rule(code: .notGrayscale) { header, _ in
            header.samplesPerPixel != 1 || !["MONOCHROME1", "MONOCHROME2"].contains(header.photometricInterpretation)
        },
        Rule(code: .burnedInAnnotation) { header, gate in
            switch header.burnedInAnnotation {
            case "YES": true
            case "NO": false
            default: gate.policy.missingBurnedIn == .refuse
            }
        },
    ]

    /// Position of the first rule that refuses the image, and its code.
    func refusal(_ header: ImageHeader) -> (depth: Int, code: RefusalCode)? {
        for (depth, rule) in Self.rules.enumerated() where rule.applies(header, self) {
            return (depth, rule.code)
        }
        return nil
    }

    /// What the reader of an accepted image should know.
    func caveats(_ header: ImageHeader) -> [Caveat] {
        var caveats: [Caveat] = []
        if header.patientAge.flatMap(PatientAge.init) == nil { caveats.append(.ageMissing) }
        if header.burnedInAnnotation != "NO" { caveats.append(.burnedInAnnotationUnknown) }
        if header.polarity.isContradictory { caveats.append(.polarityContradiction) }
        if header.viewPosition == nil { caveats.append(.viewMissing) }
        return caveats
    }

    private static let secondaryCapture: Set<String> = [
        "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.1", "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.3",
    ]
    private static let presentation: Set<String> = ["1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1"]
    private static let forProcessing: Set<String> = ["1.2.840.10008.5.1.4.1.1.1.1.1"]

    private func isSecondaryCapture(_ header: ImageHeader) -> Bool {
        policy.acceptsSecondaryCapture && Self.secondaryCapture.contains(header.sopClass)
    }

    /// A Secondary Capture carries the modality of its source or one of the conversion's own.
    private func isModalityAccepted(_ header: ImageHeader) -> Bool {
        scope.modalities.contains(header.modality)
            || isSecondaryCapture(header) && ["SC", "OT"].contains(header.modality)
    }

    private func isObjectAccepted(_ header: ImageHeader) -> Bool {
        Self.presentation.contains(header.sopClass) || Self.forProcessing.contains(header.sopClass)
            || isSecondaryCapture(header)
    }
}
