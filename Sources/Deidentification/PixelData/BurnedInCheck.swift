internal import DICOM

/// Which objects may be de-identified without looking at their pixels (PS3.15 §E.3.1, and Annex E on objects that hold
/// more than an image).
enum BurnedInCheck {
    /// Throws `unsupportedObject` or `burnedInAnnotation`; answers whether the header says NO.
    static func check(_ instance: Instance, index: Int) throws(DeidentificationError) -> Bool {
        let dataSet = instance.dataSet
        guard let sopClass = dataSet.uid(.sopClassUID), dataSet.uid(.sopInstanceUID) != nil else {
            throw DeidentificationError(.missingInstanceUID, instance: index)
        }
        guard instance.pixelData != nil, !others.contains(where: { isClass(sopClass, $0) }) else {
            throw DeidentificationError(.unsupportedObject, instance: index)
        }
        let declared = dataSet.string(.burnedInAnnotation)
        let isRisk =
            risky.contains { isClass(sopClass, $0) }
            || !riskyModalities.isDisjoint(with: [dataSet.string(.modality) ?? "OT"])
            || ["WSD", "SD", "SI", "DF", "DI"].contains(dataSet.string(.conversionType))
            || dataSet.strings(.imageType).prefix(2) == ["DERIVED", "SECONDARY"]
        guard !isRisk, declared == "NO" || declared == nil else {
            throw DeidentificationError(.burnedInAnnotation, instance: index, tag: .burnedInAnnotation)
        }
        return declared == "NO"
    }

    /// The class itself or one below it.
    private static func isClass(_ uid: UID, _ stem: String) -> Bool {
        uid.value == storage + stem || uid.value.hasPrefix(storage + stem + ".")
    }

    private static let storage = "1.2.840.10008.5.1.4.1.1."

    /// Secondary capture, ultrasound, visible light.
    private static let risky = ["7", "3", "3.1", "6", "6.1", "6.2", "77"]

    private static let riskyModalities: Set<String> = ["US", "ES", "XC", "OT", "SC", "DOC", "SR"]

    /// Waveforms, presentation states, raw data, reports, encapsulated documents, radiotherapy.
    private static let others = ["9", "11", "66", "88", "104", "481"]
}
