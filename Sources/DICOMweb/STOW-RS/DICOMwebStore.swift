public import DICOM
internal import JSON
public import OutboundHTTP
public import Workflow

/// An archive that stores by STOW-RS (PS3.18 §10.5). It is sent de-identified objects only: there is no other way to
/// call it.
///
/// The request names the pseudonymous study. Error codes begin with the client's name, for example
/// `research.stow.refused`.
public struct DICOMwebStore: ResearchStore {
    public let name: String
    let client: OutboundClient
    private let random: @Sendable () -> String

    /// A store at the client's root, which is the DICOMweb service root.
    ///
    /// - Parameter random: 32 letters and digits that nobody guesses, for boundaries.
    public init(name: String, client: OutboundClient, random: @escaping @Sendable () -> String) {
        self.name = name
        self.client = client
        self.random = random
    }

    /// - Throws: what the client throws; `busy` `.stow.outOfResources`; `incorrect` `.stow.refused` (an object was not
    ///   stored for another reason) and `.stow.malformed` (the answer is no DICOM JSON); `interrupted`
    ///   `.stow.unaccounted` (the answer does not tell of all objects).
    public func store(_ objects: [ExportObject], study: UID) async throws(AdapterError) -> StoreReceipt {
        guard let path = RequestPath(["studies", study.value]) else { throw stow(.incorrect, "path") }
        var receipt = StoreReceipt()
        for batch in StoreRequest.batches(objects) {
            let request = StoreRequest(objects: batch, path: path).request(random: random)
            // 409: all failed, of which some or all may be there already.
            let answer = try await client.send(request, accepting: [409])
            receipt.requests += 1
            receipt.objects += batch.count
            receipt.bytes += batch.reduce(0) { $0 + $1.bytes.count }
            try note(answer, for: batch, in: &receipt)
        }
        return receipt
    }

    private func note(
        _ answer: Answer, for batch: ArraySlice<ExportObject>, in receipt: inout StoreReceipt
    ) throws(AdapterError) {
        // PS3.18 §10.5.3: a store names what it stored. Anything in between can answer nothing.
        if answer.body.isEmpty, answer.head.status == 200 || answer.head.status == 204 {
            throw stow(.interrupted, "unaccounted")
        }
        guard let response = StoreResponse(parsing: answer.body) else {
            throw stow(answer.head.status == 409 ? .conflict : .incorrect, "malformed")
        }
        guard response.otherFailures == 0 else { throw stow(.incorrect, "refused") }
        for object in batch {
            switch response.fates[object.sopInstanceUID.value] {
            case .stored: continue
            case .storedWithWarning: receipt.warnings += 1
            case .duplicate: receipt.duplicates += 1
            case .failed(let reason):
                throw (0xA700...0xA7FF).contains(reason) || reason == Self.processingFailure
                    ? stow(.busy, "outOfResources") : stow(.incorrect, "refused")
            case nil: throw stow(.interrupted, "unaccounted")
            }
        }
    }

    /// Processing failure: general, and often passing.
    private static let processingFailure = 0x0110

    private func stow(_ category: ErrorCategory, _ code: String) -> AdapterError {
        AdapterError(category, code: "\(client.name).stow.\(code)")
    }

    /// Asks for the capabilities by the one thing that every DICOMweb service answers: a search for a study that cannot
    /// exist. For `imaging-gateway check`; nothing is stored.
    public func inquireSearch(_ value: String) async throws(AdapterError) -> SearchInquiry {
        try await DICOMwebArchive(name: name, client: client).inquireSearch(.studyInstanceUID, value)
    }
}
