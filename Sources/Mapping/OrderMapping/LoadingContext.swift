/// What the files of `mappings` are read with: the code maps, and the assigners that the configuration knows.
final class LoadingContext {
    private let files: MappingFiles
    private var codeMaps: [String: CodeMap]
    /// nil takes every name as configured.
    private let assigners: AssignerDirectory?
    /// The paths of all files that were needed.
    private(set) var used: Set<String> = []
    /// Everything that is wrong, in the order of the files: a person wants to see all of it at once.
    var errors: [MappingError] = []
    /// The assigners that places name.
    private(set) var namedAssigners: Set<String> = []

    init(_ files: MappingFiles, codeMaps: [String: CodeMap] = [:], assigners: AssignerDirectory?) {
        self.files = files
        self.codeMaps = codeMaps
        self.assigners = assigners
    }

    /// Runs a part of a check and keeps its error.
    func attempt(_ part: () throws(MappingError) -> Void) {
        do throws(MappingError) { try part() } catch { errors.append(error) }
    }

    /// A file as YAML. Throws `fileMissing` at the node that names it.
    func file(_ path: String, namedBy node: YAMLNode? = nil) throws(MappingError) -> YAMLNode {
        guard let text = files[path] else {
            throw node?.error(.fileMissing) ?? MappingError(.fileMissing, file: path)
        }
        used.insert(path)
        return try YAMLNode(parsing: text, file: path)
    }

    /// A table in place, or one that a file of `codes/` holds.
    func codeMap(_ node: YAMLNode) throws(MappingError) -> CodeMap {
        guard !node.isMapping else { return try CodeMap(node) }
        let name = try node.text()
        let path = "codes/\(name).yaml"
        if codeMaps[name] == nil, files[path] != nil { codeMaps[name] = try CodeMap(root: file(path)) }
        guard let map = codeMaps[name] else { throw node.error(.unknownCodeMap) }
        used.insert(path)
        return map
    }

    /// An assigner of the configuration.
    func assigner(_ node: YAMLNode) throws(MappingError) -> Assigner {
        let name = try node.text()
        if let assigners, assigners.assigner(named: name) == nil { throw node.error(.assignerUnknown) }
        namedAssigners.insert(name)
        return Assigner(name: name)
    }
}
