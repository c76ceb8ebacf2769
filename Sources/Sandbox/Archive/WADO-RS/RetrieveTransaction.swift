import DICOM
import JSON

/// WADO-RS (PS3.18 §10.4): files, metadata, frames and bulk data, as far as the client accepts what there is.
struct RetrieveTransaction {
    private let ranges: [DICOMMediaRange]
    private let settings: ArchiveSettings
    private let mediaTypeOfJSON: Result<String, ArchiveProblem>

    /// - Throws: 400 for an Accept header that cannot be read.
    init(_ request: HTTPExchangeRequest, _ settings: ArchiveSettings) throws(ArchiveProblem) {
        ranges = try Self.accepted(request)
        mediaTypeOfJSON = Result { () throws(ArchiveProblem) in try Self.dicomJSONType(request) }
        self.settings = settings
    }

    /// Header field or query parameter, which goes before it (§8.3.3.1).
    private static func accepted(_ request: HTTPExchangeRequest) throws(ArchiveProblem) -> [DICOMMediaRange] {
        try DICOMMediaRange.accepted(request.parameter("accept") ?? request.headers["accept"] ?? "*/*")
    }

    /// The name under which DICOM JSON is acceptable.
    ///
    /// - Throws: 406, also where only XML is accepted.
    static func dicomJSONType(_ request: HTTPExchangeRequest) throws(ArchiveProblem) -> String {
        for range in try accepted(request) {
            for type in [ArchiveResponse.dicomJSON, "application/json"] where range.includes(type) { return type }
        }
        throw .notAcceptable
    }

    // MARK: - Files

    /// The files of a study, series or instance, each once.
    func instances(_ found: [StoredInstance]) throws(ArchiveProblem) -> HTTPExchangeResponse {
        for range in ranges {
            let isMultipart = range.includesMultipart(of: Self.dicom)
            let isSingle = found.count == 1 && range.includes(Self.dicom)
            guard isMultipart || isSingle, let files = files(of: found, range) else { continue }
            guard isMultipart else {
                return ArchiveResponse.single(files[0].content, type: files[0].contentType ?? Self.dicom)
            }
            return ArchiveResponse.multipart(files, type: Self.dicom)
        }
        throw .notAcceptable
    }

    private static let dicom = "application/dicom"

    /// Nil unless every file can be given in the transfer syntax asked for.
    private func files(of found: [StoredInstance], _ range: DICOMMediaRange) -> [MultipartPart]? {
        let asStored = range.essence.hasSuffix("/*")
        var parts: [MultipartPart] = []
        for stored in found {
            let own = stored.transferSyntax.uid.value
            // What is not said is Explicit VR Little Endian (§8.7.3.5.2).
            let wanted = range.transferSyntax ?? (asStored ? "*" : TransferSyntax.explicitVRLittleEndian.uid.value)
            let location = settings.serviceRoot + stored.scope.path
            if wanted == "*" || wanted == own {
                parts.append(part(stored.file, own, location))
            } else if wanted == TransferSyntax.explicitVRLittleEndian.uid.value, !stored.transferSyntax.isEncapsulated,
                let file = try? Instance(parsing: stored.file).serialized()
            {
                parts.append(part(file, wanted, location))
            } else {
                return nil
            }
        }
        return parts
    }

    private func part(_ file: [UInt8], _ transferSyntax: String, _ location: String) -> MultipartPart {
        MultipartPart(
            contentType: "application/dicom; transfer-syntax=\(transferSyntax)", contentLocation: location,
            content: file)
    }

    // MARK: - Metadata

    /// The headers; long binary values are named by their address (§10.4.1.1.2, Annex F.2.6).
    func metadata(_ found: [StoredInstance]) throws(ArchiveProblem) -> HTTPExchangeResponse {
        let type = try mediaTypeOfJSON.get()
        return ArchiveResponse.json(.array(found.map(metadata)), type: type)
    }

    private static let longestInline = 1_024

    private func metadata(_ stored: StoredInstance) -> JSONValue {
        let address = settings.serviceRoot + stored.scope.path + "/bulkdata/"
        var header = stored.header
        var bulk: [(tag: Tag, vr: VR)] = []
        for element in stored.header {
            guard case .bytes(let bytes) = element.value, bytes.count > Self.longestInline else { continue }
            header[element.tag] = nil
            bulk.append((tag: element.tag, vr: element.vr))
        }
        if stored.hasPixelData { bulk.append((tag: .pixelData, vr: stored.pixelDataVR)) }
        header[AttributeLevel.availableTransferSyntaxUID] = DataElement(
            AttributeLevel.availableTransferSyntaxUID, .UI, .text([stored.transferSyntax.uid.value]))
        guard var object = header.jsonInUTF8.object else { return .null }
        for (tag, vr) in bulk {
            object[tag.hex] = ["vr": .string(vr.rawValue), "BulkDataURI": .string(address + tag.hex)]
        }
        // Annex F keeps the order of tags.
        return .object(JSONObject(object.sorted { $0.key < $1.key }))
    }

    // MARK: - Frames and bulk data

    /// Frames by their numbers from 1.
    func frames(_ numbers: [Int], of stored: StoredInstance) throws(ArchiveProblem) -> HTTPExchangeResponse {
        guard stored.hasPixelData, numbers.allSatisfy({ $0 <= stored.numberOfFrames }) else { throw .notFound }
        guard let instance = try? Instance(parsing: stored.file) else { throw .notFound }
        let encoder = FrameAnswer(instance: instance, location: settings.serviceRoot + stored.scope.path)
        return try encoder.answer(numbers, isBulkData: false, ranges)
    }

    /// One binary value of the data set (§10.4.1.1.5); of Pixel Data all frames, compressed ones each in a part.
    func bulkdata(_ tag: Tag, of stored: StoredInstance) throws(ArchiveProblem) -> HTTPExchangeResponse {
        if tag == .pixelData, stored.hasPixelData, let instance = try? Instance(parsing: stored.file) {
            let encoder = FrameAnswer(instance: instance, location: settings.serviceRoot + stored.scope.path)
            // The number of frames is the sender's word; those that are not there are not given.
            return try encoder.answer(Array(1...min(stored.numberOfFrames, 1_000)), isBulkData: true, ranges)
        }
        guard let bytes = stored.header.bytes(tag) else { throw .notFound }
        let part = MultipartPart(
            contentType: FrameAnswer.octets,
            contentLocation: settings.serviceRoot + stored.scope.path + "/bulkdata/" + tag.hex, content: bytes)
        return try FrameAnswer.answer([part], type: FrameAnswer.octets, transferSyntaxes: ["*"], ranges)
    }
}

extension StoredInstance {
    /// OW above 8 bits, and OB otherwise and for compressed pixels (PS3.5 §A.4, §8.2).
    fileprivate var pixelDataVR: VR {
        transferSyntax.isEncapsulated || (header.int(.bitsAllocated) ?? 16) <= 8 ? .OB : .OW
    }
}
