import DICOM

/// A DICOMweb archive (PS3.18 §10) in memory, as a value: a request in, a response out. It searches (QIDO-RS), retrieves
/// (WADO-RS) and stores (STOW-RS); DICOM JSON and files only, no XML and no rendering.
struct ArchiveServer: Sendable {
    var settings: ArchiveSettings
    /// In the order of their arrival.
    private(set) var instances: [StoredInstance] = []
    private(set) var byteCount = 0

    init(settings: ArchiveSettings) {
        self.settings = settings
    }

    /// Stores one DICOM file. The same bytes again change nothing.
    ///
    /// - Throws: `StoreRefusal`.
    mutating func store(_ file: [UInt8]) throws(StoreRefusal) {
        try store(try StoredInstance(file))
    }

    mutating func store(_ stored: StoredInstance) throws(StoreRefusal) {
        if let present = instances.first(where: { $0.sopInstance == stored.sopInstance }) {
            guard present.study == stored.study else { throw .processingFailure }
            guard present.file == stored.file else { throw .duplicateSOPInstance }
            return
        }
        guard instances.count < settings.maximumInstances, byteCount + stored.file.count <= settings.maximumBytes
        else { throw .outOfResources }
        instances.append(stored)
        byteCount += stored.file.count
    }

    /// Answers one request; `path` starts behind the service root.
    mutating func respond(to request: HTTPExchangeRequest) -> HTTPExchangeResponse {
        do throws(ArchiveProblem) {
            let resource = try ArchiveResource(path: request.path)
            switch (request.method, resource) {
            case ("GET", _): return try retrieve(resource, request)
            case ("POST", .search(.study, _)): return try StoreTransaction(request, study: nil).run(&self)
            case ("POST", .instances(let scope)) where scope.series == nil:
                return try StoreTransaction(request, study: scope.study).run(&self)
            default: return Self.methodNotAllowed(resource)
            }
        } catch {
            return ArchiveResponse.problem(error)
        }
    }

    private func retrieve(
        _ resource: ArchiveResource, _ request: HTTPExchangeRequest
    ) throws(ArchiveProblem) -> HTTPExchangeResponse {
        switch resource {
        case .search(let level, let scope):
            try SearchTransaction(request, level: level, within: scope, settings).run(on: instances)
        case .instances(let scope):
            try RetrieveTransaction(request, settings).instances(try found(scope))
        case .metadata(let scope):
            try RetrieveTransaction(request, settings).metadata(try found(scope))
        case .frames(let numbers, let scope):
            try RetrieveTransaction(request, settings).frames(numbers, of: try one(scope))
        case .bulkdata(let tag, let scope):
            try RetrieveTransaction(request, settings).bulkdata(tag, of: try one(scope))
        }
    }

    private func found(_ scope: ArchiveScope) throws(ArchiveProblem) -> [StoredInstance] {
        let found = instances.filter(scope.contains)
        guard !found.isEmpty else { throw .notFound }
        return found
    }

    private func one(_ scope: ArchiveScope) throws(ArchiveProblem) -> StoredInstance {
        guard let stored = instances.first(where: scope.contains) else { throw .notFound }
        return stored
    }

    private static func methodNotAllowed(_ resource: ArchiveResource) -> HTTPExchangeResponse {
        let takesPost =
            switch resource {
            case .search(.study, _): true
            case .instances(let scope): scope.series == nil
            default: false
            }
        var response = ArchiveResponse.problem(ArchiveProblem(405, "The resource does not allow this method"))
        response.headers.append((name: "Allow", value: takesPost ? "GET, POST" : "GET"))
        return response
    }
}
