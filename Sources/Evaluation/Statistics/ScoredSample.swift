/// What a model said of one image whose truth is known.
public struct ScoredImage: Sendable, Equatable {
    /// The calibrated probability.
    public let probability: Double
    /// The truth.
    public let label: Bool
    /// Which patient: a number below the number of patients.
    public let patient: Int
    /// The model's word: nil where it does not decide.
    public let decision: Bool?

    /// Names the four.
    public init(probability: Double, label: Bool, patient: Int, decision: Bool?) {
        self.probability = probability
        self.label = label
        self.patient = patient
        self.decision = decision
    }
}

/// Scored images in the order of their probability, the highest first, each with a weight.
///
/// A drawing of patients with replacement changes the weights only; the order stays. So a round of the bootstrap costs
/// one walk over the images.
public struct ScoredSample: Sendable {
    /// The images, the highest probability first; ties in the order in which they came.
    public let images: [ScoredImage]
    /// How often each image counts.
    public private(set) var weights: [Int]
    /// The number of patients.
    public let patients: Int

    /// Orders images; each counts once.
    public init(_ images: [ScoredImage]) {
        self.images = images.enumerated().sorted {
            ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset)
        }.map(\.element)
        weights = Array(repeating: 1, count: images.count)
        patients = (images.map(\.patient).max() ?? -1) + 1
    }

    /// The same images, each counted as often as its patient.
    public func weighted(byPatient counts: [Int]) -> ScoredSample {
        var sample = self
        sample.weights = images.map { counts.indices.contains($0.patient) ? counts[$0.patient] : 0 }
        return sample
    }

    /// Images that are positive, with their weights.
    public var positives: Int { count { $0.label } }
    /// Images that are negative, with their weights.
    public var negatives: Int { count { !$0.label } }

    /// Counts images with their weights.
    func count(_ isCounted: (ScoredImage) -> Bool) -> Int {
        var sum = 0
        for (image, weight) in zip(images, weights) where isCounted(image) { sum += weight }
        return sum
    }
}
