internal import DICOM

/// What stands in a de-identified header where a value was taken away because it is not of its kind.
///
/// Silence and a value that nobody can read are two things: a rule that lets an image pass because its header says
/// nothing of the body part must not let pass what says "HAND/WRIST" (CS has no solidus, PS3.5 §6.2).
public enum UnreadableValue {
    /// The word in place of a code.
    public static let code = "UNREADABLE"

    /// Codes that decide whether and how an image is read.
    private static let codes: [Tag] = [
        .modality, .presentationIntentType, .bodyPartExamined, .viewPosition, .photometricInterpretation,
        .patientOrientation,
    ]

    /// Marks, in what is left of a header, the deciding values that could not be kept for their form. One that was taken
    /// away because it names the patient leaves silence: nothing is wrong with its form.
    static func mark(_ result: inout DataSet, from original: DataSet) {
        for tag in codes where isUnreadable(original[tag], .CS) { result.set(tag, .CS, code) }
        // No number of frames is zero.
        if isUnreadable(original[.numberOfFrames], .IS) { result.set(.numberOfFrames, .IS, "0") }
    }

    private static func isUnreadable(_ element: DataElement?, _ vr: VR) -> Bool {
        guard let element, !element.isEmpty else { return false }
        return element.vr != vr || ValueRules.kept(element) == nil
    }
}
