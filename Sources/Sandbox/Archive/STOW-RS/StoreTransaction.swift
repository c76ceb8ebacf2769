import DICOM
import JSON

/// STOW-RS (PS3.18 §10.5): DICOM files, in one part or many.
struct StoreTransaction {
    private let study: UID?
    private let files: [[UInt8]]
    /// Parts of another type than a DICOM file.
    private let otherParts: Int

    /// Reads the whole request before anything is stored.
    ///
    /// - Throws: 406, 413, 415 and 400.
    init(_ request: HTTPExchangeRequest, study: UID?) throws(ArchiveProblem) {
        _ = try RetrieveTransaction.dicomJSONType(request)
        guard let type = request.headers["content-type"].flatMap({ DICOMMediaRange(Substring($0)) }) else {
            throw ArchiveProblem(415, "Content-Type is missing or cannot be read")
        }
        self.study = study
        if type.essence == "application/dicom" {
            files = [request.body]
            otherParts = 0
            return
        }
        guard type.essence == "multipart/related", type.includesMultipart(of: "application/dicom") else {
            throw ArchiveProblem(415, "Only application/dicom is stored")
        }
        let parts = try MultipartBody(request.body, boundary: type.parameters["boundary"]).parts()
        let dicom = parts.filter { part in
            guard let type = part.contentType else { return true }
            return DICOMMediaRange(Substring(type))?.essence == "application/dicom"
        }
        guard !dicom.isEmpty else { throw ArchiveProblem(400, "The request has no part to store") }
        files = dicom.map(\.content)
        otherParts = parts.count - dicom.count
    }

    /// Stores what can be stored; the answer names each instance (§10.5.3.3, Annex I).
    func run(_ archive: inout ArchiveServer) throws(ArchiveProblem) -> HTTPExchangeResponse {
        guard files.reduce(0, { $0 + $1.count }) <= archive.settings.maximumStoreBytes else {
            throw ArchiveProblem(413, "The request is too long")
        }
        var report = StoreReport(serviceRoot: archive.settings.serviceRoot)
        for _ in 0..<otherParts { report.otherFailures.append(.cannotUnderstand) }
        for file in files { store(file, in: &archive, &report) }
        return report.response
    }

    private func store(_ file: [UInt8], in archive: inout ArchiveServer, _ report: inout StoreReport) {
        let stored: StoredInstance
        do throws(StoreRefusal) {
            stored = try StoredInstance(file)
        } catch {
            report.otherFailures.append(error)
            return
        }
        do throws(StoreRefusal) {
            guard study == nil || study == stored.study else { throw .processingFailure }
            try archive.store(stored)
            report.stored.append(stored)
        } catch {
            report.failed.append((instance: stored, refusal: error))
        }
    }
}
