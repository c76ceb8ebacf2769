/// For each code of the stored values the brightness 0…1: modality, VOI, polarity.
struct PresentationTable: Sendable, Equatable {
    let brightness: [Double]

    init(_ modality: ModalityTable, voi: VOITransform, isInverted: Bool) {
        brightness = modality.values.indices.map { code in
            // Padding is outside the patient and of no brightness of its own: black in either polarity.
            if modality.isPadding[code] { return 0 }
            let value = voi(modality.values[code])
            return isInverted ? 1 - value : value
        }
    }
}
