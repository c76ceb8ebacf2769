/// Why a request is not served: an HTTP status and constant words, nothing of the request and nothing that is stored.
struct ArchiveProblem: Error, Hashable, Sendable {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    static let notFound = ArchiveProblem(404, "There is no such resource")
    static let notAcceptable = ArchiveProblem(406, "None of the accepted media types can be given")
}
