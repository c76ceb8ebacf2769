extension ModelBundle {
    /// The models that are shipped with the gateway, by id: the folder of each has its name.
    public static var bundledIDs: [String] { ModelFiles.bundledIDs }

    /// The folder of a model that is shipped with the gateway; nil for another id.
    public static func bundledFolder(_ id: String) -> String? {
        bundledIDs.contains(id) ? "\(ModelFiles.bundledFolder)/\(id)" : nil
    }

    /// The id of the model that answers where the configuration names none.
    public static let defaultID = "chest-pneumonia-kermany"

    /// The model that answers where the configuration names none. Throws as `init(folder:)` does.
    public static func bundled() throws(ClassifierError) -> ModelBundle {
        try ModelBundle(folder: "\(ModelFiles.bundledFolder)/\(defaultID)")
    }

    /// The model of a folder.
    ///
    /// Throws at the first check that fails: a file that is missing, a hash that is not the pinned one, an entry, an
    /// operation or a version that is not known.
    ///
    /// - Parameters:
    ///   - expectedSHA256: SHA-256 of the weights as the site's configuration pins it.
    ///   - descriptionSHA256: that of `model.json`. Throws `weightsDigestMismatch` with the place `descriptionSHA256`.
    public init(
        folder: String, expectedSHA256: String? = nil, descriptionSHA256: String? = nil
    ) throws(ClassifierError) {
        try self.init(
            ModelFiles(folder: folder), pins: ModelPins(weights: expectedSHA256, description: descriptionSHA256))
    }
}
