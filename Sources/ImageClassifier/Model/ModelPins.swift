/// What a site says of a model's files, from another source than the folder.
struct ModelPins: Sendable, Equatable {
    /// The place of an error about `model.json`; that of the weights is `configuration`.
    static let descriptionPlace = "descriptionSHA256"

    /// SHA-256 of `weights.safetensors`, lower-case hexadecimal.
    let weights: String?
    /// SHA-256 of `model.json`, which pins weights and card, and holds routing, codes and words.
    let description: String?

    init(weights: String? = nil, description: String? = nil) {
        self.weights = weights?.lowercased()
        self.description = description?.lowercased()
    }
}
