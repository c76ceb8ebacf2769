internal import DICOM

/// Whether the patient is human (PS3.3 C.7.1.1): free words go, but not the one fact that decides whether an image is
/// one for a model of people.
enum PatientSpecies {
    /// PatientSpeciesDescription (0010,2201), VR LO.
    static let description = Tag(0x0010, 0x2201)
    static let human = "HUMAN"
    static let other = "NOT HUMAN"

    private static let humans: Set<String> = ["human", "homo sapiens"]

    /// The word that takes the place of the description; nil where there is none.
    static func word(_ dataSet: DataSet) -> String? {
        guard let words = dataSet[description], !words.isEmpty else { return nil }
        // What cannot be read is no word for a human.
        let text = dataSet.string(description)?.lowercased() ?? ""
        return humans.contains(text) ? human : other
    }
}
