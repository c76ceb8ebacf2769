/// Which model said something; stands in Device, Provenance and every audit record of an inference.
public struct ModelIdentity: Sendable, Hashable {
    /// Stable id, for example `chest-pneumonia-kermany`.
    public let id: String
    /// Version of the weights.
    public let version: String
    /// Name for people.
    public let title: String
    /// SHA-256 of the weights file, lower-case hexadecimal. Everything that decides a result is in that file.
    public let weightsDigest: String
    /// Version of the preprocessing, by which code and training agree.
    public let preprocessingVersion: String
    /// SHA-256 over the list of training files and their digests.
    public let trainingDataDigest: String
    /// Licence of the weights.
    public let licence: String
    /// Whom the licence asks to name.
    public let attribution: String
    /// Probability from which a forced yes/no answer would be yes.
    public let threshold: Double
}
