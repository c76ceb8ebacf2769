import DICOM

/// What a path names (PS3.18 table 10.3-1 and §10.6).
enum ArchiveResource: Hashable, Sendable {
    case search(ArchiveLevel, within: ArchiveScope)
    case instances(ArchiveScope)
    case metadata(ArchiveScope)
    /// Numbers from 1.
    case frames([Int], of: ArchiveScope)
    case bulkdata(Tag, of: ArchiveScope)

    private static let mostFrames = 1_000

    /// - Throws: 404 for a path that names nothing, 400 for one with a UID, frame list or tag that cannot be one.
    init(path: [String]) throws(ArchiveProblem) {
        var rest = path[...]
        // A slash at the end of a URL says nothing.
        if rest.last == "" { rest.removeLast() }
        var scope = ArchiveScope()
        while let level = rest.first.flatMap(ArchiveLevel.init(component:)) {
            rest.removeFirst()
            guard let text = rest.popFirst() else {
                guard Self.isSearchable(level, scope) else { throw .notFound }
                self = .search(level, within: scope)
                return
            }
            guard let uid = UID(text) else { throw ArchiveProblem(400, "A UID in the path is not valid") }
            try scope.enter(level, uid)
        }
        guard scope.study != nil else { throw .notFound }
        self = try Self.resource(scope, Array(rest))
    }

    private static func isSearchable(_ level: ArchiveLevel, _ scope: ArchiveScope) -> Bool {
        switch level {
        case .study: scope == ArchiveScope()
        case .series: scope.series == nil
        case .instance: scope.instance == nil
        }
    }

    private static func resource(_ scope: ArchiveScope, _ rest: [String]) throws(ArchiveProblem) -> ArchiveResource {
        switch (rest.first, rest.count) {
        case (nil, _): return .instances(scope)
        case ("metadata", 1): return .metadata(scope)
        case ("frames", 2) where scope.instance != nil: return .frames(try frames(rest[1]), of: scope)
        case ("bulkdata", 2) where scope.instance != nil:
            guard let tag = Tag(hex: rest[1]) else { throw ArchiveProblem(400, "A tag in the path is not valid") }
            return .bulkdata(tag, of: scope)
        default: throw .notFound
        }
    }

    private static func frames(_ list: String) throws(ArchiveProblem) -> [Int] {
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.prefix(mostFrames + 1).compactMap { part -> Int? in
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(part), number > 0 else {
                return nil
            }
            return number
        }
        guard numbers.count == parts.count, numbers.count <= mostFrames else {
            throw ArchiveProblem(400, "The list of frames is not valid")
        }
        return numbers
    }
}
