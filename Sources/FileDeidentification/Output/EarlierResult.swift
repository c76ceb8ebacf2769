internal import DICOM
internal import Deidentification
internal import JSON
internal import Sealing
internal import SecondOpinion

/// A result that was there before this run, and whether it is what this run would make.
enum EarlierResult {
    /// What lies there, if the receipt beside it is signed with a key of the installation and tells of the same input, profile, pixel rules, pseudonyms and
    /// recipients of the original, its bytes are the ones that were written then, and the second opinion finds nothing
    /// in them now either. Nil for anything else.
    static func written(at place: OutputFolder.Place, input: Digest, _ settings: RunSettings, opinion: ResidualSearch)
        throws(LeftOut) -> InstanceSink.Written?
    {
        guard let receipt = receipt(place, "inputDigest", input.hex, settings),
            receipt["pixelRulesDigest"]?.string == settings.burnedIn.digest,
            receipt["recipients"] == InstanceReceipt.recipients(settings.recipients?.digest)
        else { return nil }
        let file = try OpenedFile(InputPath(place.path), digests: true)
        var stream = opinion.begin()
        var start = 0
        while start < file.count {
            let end = min(start + (1 << 20), file.count)
            let bytes = try LeftOut.dicom { () throws(DICOMError) in try file.bytes(at: start, count: end - start) }
            try LeftOut.opinion { () throws(SecondOpinionError) in try stream.update(bytes) }
            start = end
        }
        let result = try LeftOut.opinion { () throws(SecondOpinionError) in try stream.finish() }
        guard let output = try LeftOut.dicom({ () throws(DICOMError) in try file.digest() }), result.isClean,
            receipt["outputDigest"]?.string == output.hex
        else { return nil }
        return InstanceSink.Written(digest: output, count: file.count, opinion: result)
    }

    /// The same for a message.
    static func isSame(
        at place: OutputFolder.Place, inputCode: String, output: Digest, rules: String, _ settings: RunSettings
    ) -> Bool {
        guard let receipt = receipt(place, "inputCode", inputCode, settings),
            receipt["messageRulesDigest"]?.string == rules, receipt["outputDigest"]?.string == output.hex,
            let file = try? OpenedFile(InputPath(place.path), digests: true)
        else { return false }
        return (try? file.digest()) == output
    }

    private static func receipt(
        _ place: OutputFolder.Place, _ name: String, _ input: String, _ settings: RunSettings
    ) -> JSONObject? {
        guard let file = try? OpenedFile(InputPath(place.receipt), digests: false), file.count <= 1 << 20,
            let bytes = try? file.bytes(at: 0, count: file.count), let receipt = try? JSONValue(parsing: bytes).object,
            SignedReceipt.isSigned(receipt, byOneOf: settings.verifiers), receipt[name]?.string == input,
            receipt["profileDigest"]?.string == settings.profile.digest,
            receipt["uidKey"]?.string == settings.pseudonyms.keyID
        else { return nil }
        return receipt
    }
}
