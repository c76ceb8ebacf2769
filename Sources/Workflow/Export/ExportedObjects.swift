/// Which objects of a study are copied: images. Reports, documents, presentation states, waveforms and plans hold words
/// about the patient, for which no cleaner is made; they stay where they are, and the copy's record says how many.
enum ExportedObjects {
    /// Storage classes of PS3.4 table B.5-1 whose objects are images for presentation or processing.
    static let sopClasses: Set<String> = Set(
        [
            "1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "2", "2.1", "2.2", "3.1", "4", "4.1", "4.3", "6.1",
            "6.2", "7", "7.1", "7.2", "7.3", "7.4", "12.1", "12.1.1", "12.2", "12.2.1", "13.1.1", "13.1.2", "13.1.3",
            "20", "30", "77.1.1", "77.1.2", "77.1.3", "77.1.4", "77.1.5.1", "77.1.5.2", "77.1.6", "128", "128.1", "130",
        ].map { "1.2.840.10008.5.1.4.1.1.\($0)" })
}
