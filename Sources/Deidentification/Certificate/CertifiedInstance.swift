public import DICOM
internal import JSON
public import Sealing

/// One object of a certified study: what came, what was written, by digests of the whole files.
public struct CertifiedInstance: Sendable, Hashable {
    /// SOP Instance UID of the written file, a pseudonym unless UIDs are kept.
    public let sopInstanceUID: String
    /// Series Instance UID of the written file.
    public let seriesInstanceUID: String
    /// SOP Class UID.
    public let sopClassUID: String
    /// Transfer Syntax UID of the written file.
    public let transferSyntaxUID: String
    /// SHA-256 (hexadecimal) of the identified file as it came; nil where there was no file.
    public let input: String?
    /// SHA-256 (hexadecimal) of the written file.
    public let output: String
    /// Bytes of the written file.
    public let size: Int

    /// - Parameters:
    ///   - dataSet: the header of the written file.
    ///   - input: SHA-256 of the file as it came.
    ///   - output: SHA-256 of the file as it was written.
    public init(_ dataSet: DataSet, transferSyntax: TransferSyntax, input: Digest?, output: Digest, size: Int) {
        self.init(
            sopInstanceUID: dataSet.string(.sopInstanceUID) ?? "",
            seriesInstanceUID: dataSet.string(.seriesInstanceUID) ?? "",
            sopClassUID: dataSet.string(.sopClassUID) ?? "", transferSyntaxUID: transferSyntax.uid.value,
            input: input?.hex, output: output.hex, size: size)
    }

    /// One object by its parts; digests in hexadecimal digits.
    public init(
        sopInstanceUID: String, seriesInstanceUID: String, sopClassUID: String, transferSyntaxUID: String,
        input: String?, output: String, size: Int
    ) {
        self.sopInstanceUID = sopInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.sopClassUID = sopClassUID
        self.transferSyntaxUID = transferSyntaxUID
        self.input = input
        self.output = output
        self.size = size
    }

    var json: JSONValue {
        var object: JSONObject = [
            "sopInstanceUID": .string(sopInstanceUID), "seriesInstanceUID": .string(seriesInstanceUID),
            "sopClassUID": .string(sopClassUID), "transferSyntaxUID": .string(transferSyntaxUID),
            "output": .string(output), "bytes": .number(JSONNumber(size)),
        ]
        object["input"] = input.map { .string($0) }
        return .object(object)
    }

    init?(_ json: JSONValue) {
        guard let instance = json["sopInstanceUID"]?.string, let series = json["seriesInstanceUID"]?.string,
            let sopClass = json["sopClassUID"]?.string, let syntax = json["transferSyntaxUID"]?.string,
            let output = json["output"]?.string, let size = json["bytes"]?.int
        else { return nil }
        self.init(
            sopInstanceUID: instance, seriesInstanceUID: series, sopClassUID: sopClass, transferSyntaxUID: syntax,
            input: json["input"]?.string, output: output, size: size)
    }
}
