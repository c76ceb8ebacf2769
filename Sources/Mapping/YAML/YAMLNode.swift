import Yams

/// Where something stands in a mapping file.
package struct FileMark: Sendable, Hashable {
    package let file: String?
    package let keyPath: String
    package let line: Int?
}

/// A part of a YAML file with its place, so that every error names key path and line. Unknown keys are refused.
package struct YAMLNode {
    private let node: Node
    package let keyPath: String
    /// The file's path below `mappings`, where it is known.
    package let file: String?

    /// The largest file, in UTF-8 bytes.
    static let largestFile = 1 << 20

    /// The most levels, far above what any of these files has.
    private static let deepest = 200

    private init(_ node: Node, _ keyPath: String, _ file: String?) {
        self.node = node
        self.keyPath = keyPath
        self.file = file
    }

    /// The place in words: `sites/x.yaml: order.modality[1]`.
    package var origin: String { file.map { "\($0): \(keyPath)" } ?? keyPath }

    package var mark: FileMark {
        FileMark(file: file, keyPath: keyPath.isEmpty ? "(root)" : keyPath, line: node.mark?.line)
    }

    /// - Throws: `fileTooLarge`; `yamlInvalid` where it is no YAML, is empty or repeats a key.
    package init(parsing yaml: String, file: String? = nil) throws(MappingError) {
        guard yaml.utf8.count <= Self.largestFile else { throw MappingError(.fileTooLarge, file: file) }
        guard !Self.nestsTooDeeply(yaml) else { throw MappingError(.yamlInvalid, file: file) }
        let root: Node?
        do {
            root = try compose(yaml: yaml)
        } catch let error as YamlError {
            throw MappingError(.yamlInvalid, file: file, line: Self.line(of: error))
        } catch {
            throw MappingError(.yamlInvalid, file: file)
        }
        guard let root else { throw MappingError(.yamlInvalid, file: file) }
        self.init(root, "", file)
    }

    /// The parser descends once per level, so that a file of brackets would exhaust the stack. Counted roughly, quotes
    /// and comments too: these files have a handful of each in a row.
    private static func nestsTooDeeply(_ yaml: String) -> Bool {
        var depth = 0
        var inLine = 0
        for byte in yaml.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(depth - 1, 0)
            case UInt8(ascii: "-"), UInt8(ascii: "?"): inLine += 1
            case UInt8(ascii: "\n"): inLine = 0
            default: break
            }
            if depth > deepest || inLine > deepest { return true }
        }
        return false
    }

    private static func line(of error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    package func error(_ code: MappingError.Code) -> MappingError {
        MappingError(code, file: file, keyPath: keyPath.isEmpty ? "(root)" : keyPath, line: node.mark?.line)
    }

    /// The members of a mapping, in the order of the file.
    ///
    /// - Throws: `unknownKey` for a key that is not allowed, `invalidValue` where it is no mapping.
    package func members(allowed: some Sequence<String>) throws(MappingError) -> [(key: String, value: YAMLNode)] {
        let allowed = Set(allowed)
        let members = try self.members()
        for member in members where !allowed.contains(member.key) { throw member.value.error(.unknownKey) }
        return members
    }

    /// The members of a mapping with any keys.
    package func members() throws(MappingError) -> [(key: String, value: YAMLNode)] {
        guard case .mapping(let mapping) = node else { throw error(.invalidValue) }
        var members: [(key: String, value: YAMLNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw error(.invalidValue) }
            let path = keyPath.isEmpty ? scalar.string : "\(keyPath).\(scalar.string)"
            members.append((scalar.string, YAMLNode(value, path, file)))
        }
        return members
    }

    /// The member of a mapping; nil where there is none.
    package func member(_ key: String) throws(MappingError) -> YAMLNode? {
        try members().first { $0.key == key }?.value
    }

    /// The member of a mapping.
    ///
    /// - Throws: `missingKey`.
    package func required(_ key: String) throws(MappingError) -> YAMLNode {
        guard let member = try member(key) else { throw error(.missingKey) }
        return member
    }

    package var isMapping: Bool {
        guard case .mapping = node else { return false }
        return true
    }

    /// The elements of a sequence; a single scalar or mapping counts as a sequence of one.
    package func elements() throws(MappingError) -> [YAMLNode] {
        switch node {
        case .sequence(let sequence): sequence.enumerated().map { YAMLNode($1, "\(keyPath)[\($0)]", file) }
        case .scalar, .mapping: [self]
        case .alias: throw error(.invalidValue)
        }
    }

    /// The text of a scalar, as written: `NO` and `1.10` stay what they are.
    package func text() throws(MappingError) -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw error(.invalidValue) }
        return scalar.string
    }

    package func texts() throws(MappingError) -> [String] {
        try elements().map { element throws(MappingError) in try element.text() }
    }

    package func number() throws(MappingError) -> Int {
        guard let number = Int(try text()) else { throw error(.invalidValue) }
        return number
    }

    package func boolean() throws(MappingError) -> Bool {
        switch try text() {
        case "true": true
        case "false": false
        default: throw error(.invalidValue)
        }
    }

    /// - Throws: `invalidValue` unless `version` is 1, the only version of these files.
    package func requireVersion1() throws(MappingError) {
        let version = try required("version")
        guard try version.number() == 1 else { throw version.error(.invalidValue) }
    }
}
