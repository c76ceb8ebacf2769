public import DICOM

/// A research archive that de-identified studies are sent to (STOW-RS, PS3.18 §10.5).
public protocol ResearchStore: Sendable {
    /// The archive's name in the configuration.
    var name: String { get }

    /// Stores objects of one study, in bounded requests one after the other; returns when the archive has all of them.
    ///
    /// What is there already under the same SOP Instance UID counts as stored: UIDs are made from the content's origin,
    /// so it is the same object. Throws at the first request of which an object was not stored.
    func store(_ objects: [ExportObject], study: UID) async throws(AdapterError) -> StoreReceipt
}

/// What a research archive said of what it stored.
public struct StoreReceipt: Sendable, Equatable {
    public var objects: Int
    public var bytes: Int
    public var requests: Int
    /// Objects that it stored with a warning, such as coerced elements.
    public var warnings: Int
    /// Objects that it said it had already.
    public var duplicates: Int

    public init(objects: Int = 0, bytes: Int = 0, requests: Int = 0, warnings: Int = 0, duplicates: Int = 0) {
        self.objects = objects
        self.bytes = bytes
        self.requests = requests
        self.warnings = warnings
        self.duplicates = duplicates
    }
}
