/// The instances of one study that were retrieved, in the order in which they are to be named by index.
public struct Study: Hashable, Sendable {
    /// Study Instance UID (0020,000D).
    public let studyInstanceUID: UID
    /// The instances, in the order given.
    public let instances: [Instance]

    /// Keeps the order of `instances`. Whether each of them says that it belongs to the study is compared by the caller
    /// that matches (`inconsistentInstances` names those that do not).
    public init(studyInstanceUID: UID, instances: [Instance]) {
        self.studyInstanceUID = studyInstanceUID
        self.instances = instances
    }

    /// The indexes of instances that carry another Study Instance UID, or none.
    public var inconsistentInstances: [Int] {
        instances.indices.filter { instances[$0].studyInstanceUID != studyInstanceUID }
    }
}

extension Study: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted study of \(instances.count) instances>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
