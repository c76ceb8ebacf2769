internal import JSON
internal import OutboundHTTP
public import Workflow

/// What an archive does with a search that nothing can match.
public struct SearchInquiry: Sendable, Equatable {
    /// The error that the status stands for; nil for a success.
    public let refusal: AdapterError?
    /// The archive's clock by its Date field, in seconds since 1970.
    public let date: Int64?
    /// Whether the answer was a list of studies: 204, or DICOM JSON.
    public let isList: Bool
    /// Whether nothing came back. False: the archive ignores what is asked for.
    public let isEmpty: Bool
}

extension DICOMwebArchive {
    /// What a study may be looked for by.
    public enum SearchKey: String, Sendable, CaseIterable {
        case studyInstanceUID = "StudyInstanceUID"
        case accessionNumber = "AccessionNumber"
    }

    /// Searches for a study that cannot exist and tells what came, a refusal included: for `imaging-gateway check`. At
    /// most one match is asked for, and nothing of it is kept.
    ///
    /// - Throws: by transport, never for a status.
    public func inquireSearch(_ key: SearchKey, _ value: String) async throws(AdapterError) -> SearchInquiry {
        let query = [(name: key.rawValue, value: value), (name: "limit", value: "1")]
        guard let target = RequestPath(["studies"], query: query) else { throw Search.error(client, "malformed") }
        let inquiry = try await client.inquire(
            OutboundRequest(.get, target, headers: [(name: "Accept", value: "application/dicom+json")]))
        let answer = inquiry.answer
        let isNothing = answer.head.status == 204 || answer.body.isEmpty
        let list = try? JSONValue(parsing: answer.body).array
        return SearchInquiry(
            refusal: inquiry.refusal, date: answer.head.date, isList: isNothing || list != nil,
            isEmpty: isNothing || (list ?? []).isEmpty)
    }
}
