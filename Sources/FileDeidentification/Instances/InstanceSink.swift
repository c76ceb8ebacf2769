internal import Sealing
internal import SecondOpinion

/// Where the bytes of a new file go: to the disk, through the digest and under the eyes of the second opinion, once each.
struct InstanceSink {
    private let file: NewFile
    private var opinion: ResidualSearch.Stream
    private var hasher = SHA256Hasher()
    private(set) var count = 0

    init(_ file: NewFile, opinion: ResidualSearch) {
        self.file = file
        self.opinion = opinion.begin()
    }

    mutating func write(_ bytes: [UInt8]) throws(LeftOut) {
        guard !bytes.isEmpty else { return }
        guard !Task.isCancelled else { throw LeftOut.interrupted }
        do {
            try opinion.update(bytes)
        } catch {
            throw LeftOut(error)
        }
        hasher.update(bytes)
        try file.write(bytes)
        count += bytes.count
    }

    /// What was written, if the second opinion found nothing in it. Throws `deidentification.identifierRemains` and why
    /// there is no opinion.
    mutating func finish() throws(LeftOut) -> Written {
        let result: SearchResult
        do {
            result = try opinion.finish()
        } catch {
            throw LeftOut(error)
        }
        guard result.isClean else { throw LeftOut(result.hits.first) }
        return Written(digest: hasher.finalize(), count: count, opinion: result)
    }

    /// A file that passed the second opinion.
    struct Written {
        let digest: Digest
        let count: Int
        let opinion: SearchResult
    }
}
