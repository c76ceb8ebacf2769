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

    /// Where in an object a data set stands: in each of the object's modules that knows the place.
    struct Place: Sendable, Hashable {
        fileprivate let nodes: [Int]
        /// Whether the tables hold every module of the object.
        fileprivate let isComplete: Bool
    }

    private struct Node: Sendable {
        var requirements: [Tag: Requirement] = [:]
        /// Those that no condition excuses (types 1 and 2).
        var mandatory: Set<Tag> = []
        var children: [Tag: Int] = [:]
    }

    private var nodes: [Node] = []
    private var objects: [String: [Int]] = [:]

    /// Reads the derived table; a line that is not understood makes the whole unavailable.
    init(_ text: String) throws(DeidentificationError) {
        var modules: [Substring: Int] = [:]
        var members: [(classes: Substring, modules: Substring)] = []
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "\t")
            guard cells.count == 3 else { throw DeidentificationError(.profileUnavailable) }
            switch cells[0] {
            case "I": members.append((cells[1], cells[2]))
            case "M": modules[cells[1]] = try addModule(cells[2])
            default: throw DeidentificationError(.profileUnavailable)
            }
        }
        for (classes, names) in members {
            var roots: [Int] = []
            for name in names.split(separator: " ") {
                guard let root = modules[name] else { throw DeidentificationError(.profileUnavailable) }
                roots.append(root)
            }
            for object in classes.split(separator: " ") { objects[String(object)] = roots }
        }
        guard objects[Self.shared] != nil else { throw DeidentificationError(.profileUnavailable) }
    }

    private static let shared = "shared-by-images"

    /// SOP classes whose modules are known.
    var sopClasses: [String] { objects.keys.filter { $0 != Self.shared }.sorted() }

    /// The data set of an object. Images that the tables do not name are known by the modules that many images have.
    func place(of sopClass: UID?, isImage: Bool) -> Place {
        if let sopClass, let roots = objects[sopClass.value] { return Place(nodes: roots, isComplete: true) }
        return Place(nodes: isImage ? objects[Self.shared] ?? [] : [], isComplete: false)
    }

    /// The items of a sequence. Content items hold content items (PS3.3 C.17.3): a tree is known by its first level.
    func place(in sequence: Tag, at place: Place) -> Place {
        let children = place.nodes.compactMap { nodes[$0].children[sequence] }
        if children.isEmpty, sequence == .contentSequence { return place }
        return Place(nodes: children, isComplete: place.isComplete)
    }

    /// What is asked of an attribute: the strongest that any module of the object asks.
    func requirement(of tag: Tag, at place: Place) -> Requirement {
        var found: Requirement?
        for node in place.nodes {
            guard let requirement = nodes[node].requirements[tag] else { continue }
            if requirement == .required { return .required }
            found = requirement
        }
        return found ?? (place.isComplete && !place.nodes.isEmpty ? .optional : .unknown)
    }

    /// What decides between the actions of a row: of an object whose modules are not all known, a module that is not
    /// known may ask for a value where a known one does not.
    func choice(of tag: Tag, at place: Place) -> Requirement {
        let requirement = requirement(of: tag, at: place)
        return requirement == .mayBeEmpty && !place.isComplete ? .unknown : requirement
    }

    /// Whether the attribute must stand there whatever else does (types 1 and 2, without a condition).
    func isMandatory(_ tag: Tag, at place: Place) -> Bool {
        place.nodes.contains { nodes[$0].mandatory.contains(tag) }
    }

    /// The root of the module's attributes.
    private mutating func addModule(_ cell: Substring) throws(DeidentificationError) -> Int {
        let root = nodes.count
        nodes.append(Node())
        for (path, type) in try Self.attributes(cell) { try add(type, at: path, below: root) }
        return root
    }

    private mutating func add(_ type: Substring, at path: [Tag], below root: Int) throws(DeidentificationError) {
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
        guard let tag = path.last, let requirement = Self.requirement(type) else {
            throw DeidentificationError(.profileUnavailable)
        }
        if nodes[node].requirements[tag] != .required { nodes[node].requirements[tag] = requirement }
        if !type.hasSuffix("C") { nodes[node].mandatory.insert(tag) }
    }

    private static func attributes(_ cell: Substring) throws(DeidentificationError) -> [(path: [Tag], type: Substring)]
    {
        try cell.split(separator: " ").map { entry throws(DeidentificationError) in
            let parts = entry.split(separator: "=")
            let path = parts[0].split(separator: "/").compactMap { Tag(hex: String($0)) }
            guard parts.count == 2, !path.isEmpty else { throw DeidentificationError(.profileUnavailable) }
            return (path, parts[1])
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
