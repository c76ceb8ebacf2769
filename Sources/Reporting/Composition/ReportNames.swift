public import DICOM
public import ImageClassifier
public import Sealing

/// The names of what one report consists of: lower-case UUIDs that are the same whenever the same report is made again.
public struct ReportNames: Sendable, Hashable {
    public let report: String
    public let observation: String
    public let provenance: String
    /// The same for every report of one model version, so that the EHR gets one Device for it.
    public let device: String

    /// - Throws: `nameInvalid` unless each name is a lower-case UUID and they differ.
    public init(report: String, observation: String, provenance: String, device: String) throws(ReportingError) {
        let names = [report, observation, provenance, device]
        guard Set(names).count == names.count, names.allSatisfy(Self.isUUID) else { throw ReportingError(.nameInvalid) }
        self.report = report
        self.observation = observation
        self.provenance = provenance
        self.device = device
    }

    /// The names for one order, study and model: `frozenKey` is the order's key for names outside, frozen at its first
    /// compose. A new version of the model makes a new Device and a new version of the same report.
    ///
    /// - Parameter generation: one more each time the report was withdrawn because it was about the wrong patient: the
    ///   one made anew is another report.
    /// - Throws: `nameInvalid`, only if the key ring gives no UUIDs.
    public init(
        keys: KeyRing, frozenKey: String, study: UID, model: ModelIdentity, generation: Int = 0
    ) throws(ReportingError) {
        let anew = generation > 0 ? ["generation \(generation)"] : []
        func name(_ kind: String) -> String { keys.derivedName([frozenKey, study.value, model.id, kind] + anew) }
        try self.init(
            report: name("DiagnosticReport"), observation: name("Observation"), provenance: name("Provenance"),
            device: Self.device(keys: keys, model: model))
    }

    static func device(keys: KeyRing, model: ModelIdentity) -> String {
        keys.derivedName(["Device", model.id, model.version, model.weightsDigest])
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.joined().utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
