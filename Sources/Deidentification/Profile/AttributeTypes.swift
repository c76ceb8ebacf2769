internal import DICOM

/// Which attributes an object must have (PS3.3 Annex A and C, edition 2024b), nested ones by their path:
/// `Tables/attribute_types_2024b.tsv`, derived by `derive.py`.
struct AttributeTypes: Sendable {
    /// What the object's modules ask of an attribute; of several modules the strongest counts, and a conditional type
    /// as if its condition held.
    enum Requirement: Sendable, Hashable {
        /// Type 1 or 1C.
        case required
        /// Type 2 or 2C.
        case mayBeEmpty
        /// Type 3, or not in the object's modules.
        case optional
        /// The object, or this part of it, is not in the tables.
        case unknown
    }

    /// Where in an object a data set stands.
    struct Place: Sendable, Hashable {
        fileprivate let node: Int?
        /// Whether the tables hold every module of the object.
        fileprivate let isComplete: Bool
    }

    private struct Node: Sendable {
        var requirements: [Tag: Requirement] = [:]
        var children: [Tag: Int] = [:]
    }

    private var nodes: [Node] = []
    private var objects: [String: Int] = [:]

    /// Reads the derived table; a line that is not understood makes the whole unavailable.
    init(_ text: String) throws(DeidentificationError) {
        var modules: [Substring: [(path: [Tag], requirement: Requirement)]] = [:]
        var members: [(classes: Substring, modules: Substring)] = []
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "\t")
            guard cells.count == 3 else { throw DeidentificationError(.profileUnavailable) }
            switch cells[0] {
            case "I": members.append((cells[1], cells[2]))
            case "M": modules[cells[1]] = try Self.attributes(cells[2])
            default: throw DeidentificationError(.profileUnavailable)
            }
        }
        for (classes, names) in members {
            let root = nodes.count
            nodes.append(Node())
            for name in names.split(separator: " ") {
                guard let attributes = modules[name] else { throw DeidentificationError(.profileUnavailable) }
                for (path, requirement) in attributes { add(requirement, at: path, below: root) }
            }
            for object in classes.split(separator: " ") { objects[String(object)] = root }
        }
        guard objects[Self.shared] != nil else { throw DeidentificationError(.profileUnavailable) }
    }

    private static let shared = "shared-by-images"

    /// SOP classes whose modules are known.
    var sopClasses: [String] { objects.keys.filter { $0 != Self.shared }.sorted() }

    /// The data set of an object. Images that the tables do not name are known by the modules that most images have.
    func place(of sopClass: UID?, isImage: Bool) -> Place {
        if let sopClass, let node = objects[sopClass.value] { return Place(node: node, isComplete: true) }
        return Place(node: isImage ? objects[Self.shared] : nil, isComplete: false)
    }

    /// The items of a sequence. Content items hold content items (PS3.3 C.17.3): a tree is known by its first level.
    func place(in sequence: Tag, at place: Place) -> Place {
        guard let node = place.node else { return place }
        if let child = nodes[node].children[sequence] { return Place(node: child, isComplete: place.isComplete) }
        if sequence == .contentSequence { return place }
        return Place(node: nil, isComplete: place.isComplete)
    }

    /// What is asked of an attribute.
    func requirement(of tag: Tag, at place: Place) -> Requirement {
        if let node = place.node, let requirement = nodes[node].requirements[tag] { return requirement }
        return place.isComplete && place.node != nil ? .optional : .unknown
    }

    private mutating func add(_ requirement: Requirement, at path: [Tag], below root: Int) {
        var node = root
        for step in path.dropLast() {
            if let child = nodes[node].children[step] {
                node = child
            } else {
                nodes.append(Node())
                nodes[node].children[step] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        guard let tag = path.last, nodes[node].requirements[tag] != .required else { return }
        nodes[node].requirements[tag] = requirement
    }

    private static func attributes(_ cell: Substring) throws(DeidentificationError) -> [([Tag], Requirement)] {
        try cell.split(separator: " ").map { entry throws(DeidentificationError) in
            let parts = entry.split(separator: "=")
            let path = parts[0].split(separator: "/").compactMap { Tag(hex: String($0)) }
            guard parts.count == 2, !path.isEmpty, let requirement = requirement(parts[1]) else {
                throw DeidentificationError(.profileUnavailable)
            }
            return (path, requirement)
        }
    }

    private static func requirement(_ type: Substring) -> Requirement? {
        switch type {
        case "1", "1C": .required
        case "2", "2C": .mayBeEmpty
        default: nil
        }
    }
}
