import DICOM
import Deidentification
import Foundation
import Sealing
import Testing

@Suite("PS3.15 §E.1.1 and §E.1.2: Encrypted Attributes, and the crosswalk")
struct ReversibleTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.url(name))) }

    /// A key and its certificate, made by OpenSSL's own program.
    private func make(_ name: String, _ algorithm: [String]) throws {
        let files = ["-nodes", "-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem")]
        let request = ["req", "-x509", "-days", "2", "-subj", "/CN=\(name)", "-newkey"]
        let status = try Tool.run(Tool.openssl, request + algorithm + files)
        try #require(status == 0)
    }

    private static let rsa = ["rsa:2048"]
    private static let ec = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]

    private func sealed() throws -> (original: DataSet, result: DataSet) {
        var original = SyntheticDX.header()
        original.set(.patientName, .PN, "Müller^Änne=山田^太郎")
        original.set(.specificCharacterSet, .CS, "ISO_IR 192")
        original[Tag(0x0009, 0x0010)] = DataElement(Tag(0x0009, 0x0010), .LO, .text(["MAKER"]))
        original[Tag(0x0009, 0x1001)] = DataElement(Tag(0x0009, 0x1001), .UN, .bytes([1, 2, 3, 4]))
        var item = DataSet()
        item.set(.requestedProcedureID, .SH, "RP-77")
        original.set(.requestAttributesSequence, items: [item])
        let study = Study(
            studyInstanceUID: try #require(UID(SyntheticDX.uid)), instances: [try SyntheticDX.instance(original)])
        let result = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms()).0.header(instance: 0).value
        return (study.instances[0].dataSet, result)
    }

    @Test(
        "What was removed or changed comes back, for each recipient; OpenSSL's program reads the same envelope",
        .enabled(if: Tool.openssl.isPresent))
    func envelope() throws {
        try make("rsa", Self.rsa)
        try make("ec", Self.ec)
        let recipients = try EnvelopeRecipients(pem: try bytes("rsa.pem") + bytes("ec.pem"))
        #expect(recipients.count == 2)
        let (original, deidentified) = try sealed()
        var result = deidentified
        try EncryptedAttributes.seal(original, into: &result, for: recipients)
        // Through a file, as another would get it.
        var instance = try SyntheticDX.instance()
        instance.dataSet = result
        let file = try instance.serialized()
        #expect(Data(file).range(of: Data("RP-77".utf8)) == nil && Data(file).range(of: Data("CANARYID".utf8)) == nil)
        let read = try Instance(parsing: file).dataSet

        for name in ["rsa", "ec"] {
            let key = EnvelopeKey(key: try bytes("\(name).key"), certificate: try bytes("\(name).pem"))
            var restored = try EncryptedAttributes.restore(read, with: key)
            #expect(restored.string(.patientIdentityRemoved) == "NO")
            restored[.patientIdentityRemoved] = nil
            let tags = Set(restored.map(\.tag)).union(original.map(\.tag))
            let differing = tags.filter { tag in
                let areEmpty = restored[tag]?.isEmpty == true && original[tag]?.isEmpty == true
                return !areEmpty && restored[tag] != original[tag]
            }
            #expect(differing == [], "\(name)")
        }

        try Data(file).write(to: folder.url("sealed.dcm"))
        if Tool.dcmdump.isPresent {
            let printed = try Tool.output(Tool.dcmdump, [folder.path("sealed.dcm")]).text
            #expect(printed.contains("EncryptedContentTransferSyntaxUID") && printed.contains("EncryptedContent\n"))
        }
        let item = try #require(read.items(.encryptedAttributesSequence).first)
        #expect(item.string(Tag(0x0400, 0x0510)) == "1.2.840.10008.1.2.1")
        try Data(try #require(item.bytes(Tag(0x0400, 0x0520)))).write(to: folder.url("envelope.der"))
        for name in ["rsa", "ec"] {
            let status = try Tool.run(
                Tool.openssl,
                [
                    "cms", "-decrypt", "-inform", "DER", "-in", folder.path("envelope.der"), "-inkey",
                    folder.path("\(name).key"), "-recip", folder.path("\(name).pem"), "-out", folder.path("plain"),
                ])
            #expect(status == 0)
            let content = try DataSet(encoded: try bytes("plain"))
            let modified = try #require(content.items(Tag(0x0400, 0x0550)).first)
            #expect(modified.string(.patientName) == "Müller^Änne=山田^太郎")
            #expect(modified.string(.patientID) == SyntheticDX.patientID)
            #expect(modified.string(.modality) == nil)
        }
        let printed = try Tool.output(
            Tool.openssl, ["cms", "-cmsout", "-print", "-inform", "DER", "-in", folder.path("envelope.der")]
        ).text
        #expect(printed.contains("aes-256-cbc") && printed.contains("rsaesOaep"))
    }

    @Test(
        "An age that de-identification derived does not come back as the original's; a stated one does",
        .enabled(if: Tool.openssl.isPresent), arguments: [nil, "078Y", "011Y"] as [String?])
    func age(stated: String?) throws {
        try make("one", Self.rsa)
        var original = SyntheticDX.header()
        original[.patientAge] = stated.map { DataElement(.patientAge, .AS, .text([$0])) }
        var result = try SyntheticDX.deidentified { $0 = original }
        // From the dates, 78 years.
        #expect(result.string(.patientAge) == "078Y")
        try EncryptedAttributes.seal(original, into: &result, for: try EnvelopeRecipients(pem: try bytes("one.pem")))
        let key = EnvelopeKey(key: try bytes("one.key"), certificate: try bytes("one.pem"))
        #expect(try EncryptedAttributes.restore(result, with: key).string(.patientAge) == stated)
    }

    @Test("What describes pixels that were decoded or covered does not come back", .enabled(if: Tool.openssl.isPresent))
    func pixels() throws {
        try make("one", Self.rsa)
        var (original, result) = try sealed()
        original.set(.photometricInterpretation, .CS, "YBR_FULL_422")
        original.set(.burnedInAnnotation, .CS, "YES")
        result.set(.photometricInterpretation, .CS, "RGB")
        result.set(.burnedInAnnotation, .CS, "NO")
        try EncryptedAttributes.seal(original, into: &result, for: try EnvelopeRecipients(pem: try bytes("one.pem")))
        let key = EnvelopeKey(key: try bytes("one.key"), certificate: try bytes("one.pem"))
        let restored = try EncryptedAttributes.restore(result, with: key)
        #expect(restored.string(.photometricInterpretation) == "RGB" && restored.string(.burnedInAnnotation) == "NO")
        #expect(restored.string(.patientName) == original.string(.patientName))
    }

    @Test(
        "A stranger's key, an altered envelope and an object without one do not open",
        .enabled(if: Tool.openssl.isPresent))
    func refused() throws {
        try make("one", Self.rsa)
        try make("two", Self.rsa)
        let (original, deidentified) = try sealed()
        var result = deidentified
        try EncryptedAttributes.seal(original, into: &result, for: try EnvelopeRecipients(pem: try bytes("one.pem")))
        let stranger = EnvelopeKey(key: try bytes("two.key"), certificate: try bytes("two.pem"))
        let mixed = EnvelopeKey(key: try bytes("one.key"), certificate: try bytes("two.pem"))
        let unreadable = DeidentificationError(.envelopeUnreadable, tag: .encryptedAttributesSequence)
        for key in [stranger, mixed, EnvelopeKey(key: [], certificate: [])] {
            #expect(throws: unreadable) { try EncryptedAttributes.restore(result, with: key) }
            #expect("\(key)" == "EnvelopeKey")
        }
        let key = EnvelopeKey(key: try bytes("one.key"), certificate: try bytes("one.pem"))
        #expect(throws: DeidentificationError(.notReversible, tag: .encryptedAttributesSequence)) {
            try EncryptedAttributes.restore(deidentified, with: key)
        }
        var item = try #require(result.items(.encryptedAttributesSequence).first)
        var envelope = try #require(item.bytes(Tag(0x0400, 0x0520)))
        // The wrapped key: the padding of the content alone would let some alterations pass.
        envelope[400] ^= 1
        item[Tag(0x0400, 0x0520)] = DataElement(Tag(0x0400, 0x0520), .OB, .bytes(envelope))
        result.set(.encryptedAttributesSequence, items: [item])
        #expect(throws: unreadable) { try EncryptedAttributes.restore(result, with: key) }
    }

    @Test(
        "Weak keys, other kinds and texts without a certificate are no recipients", .enabled(if: Tool.openssl.isPresent)
    )
    func recipients() throws {
        try make("weak", ["rsa:1024"])
        try make("edwards", ["ed25519"])
        try make("good", Self.rsa)
        let unusable = DeidentificationError(.recipientsUnusable)
        for pem in [
            try bytes("weak.pem"), try bytes("edwards.pem"), try bytes("good.pem") + bytes("weak.pem"),
            try bytes("good.key"), [], Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8),
        ] {
            #expect(throws: unusable) { try EnvelopeRecipients(pem: pem) }
        }
        #expect(try EnvelopeRecipients(pem: try bytes("good.pem") + bytes("good.pem")).count == 2)
    }

    @Test("A crosswalk leads UIDs, patient and shifted dates back, and says what it does not know")
    func crosswalk() throws {
        let keys = try KeyRing.generate()
        let crosswalk = try Crosswalk(path: folder.path("list"), keys: keys)
        var result = SyntheticDX.header()
        let original = result
        let shift = crosswalk.dayShift(issuer: "HOSP", patientID: SyntheticDX.patientID)
        result.set(.sopInstanceUID, .UI, crosswalk.uid(for: original.string(.sopInstanceUID) ?? ""))
        var reference = DataSet()
        reference.set(.referencedSOPInstanceUID, .UI, crosswalk.uid(for: "1.2.3.9"))
        result.set(.referencedImageSequence, items: [reference])
        result.set(.patientID, .LO, crosswalk.patientID(issuer: "HOSP", patientID: SyntheticDX.patientID))
        result[.issuerOfPatientID] = nil
        result.set(.studyDate, .DA, shift < -59 ? "20231231" : "20240229")
        result.set(.patientBirthDate, .DA, "19000101")
        result.set(.acquisitionDateTime, .DT, "20240101120000.5+0100")
        result.set(.longitudinalTemporalInformationModified, .CS, "MODIFIED")
        let back = try CrosswalkReversal.restore(result, by: crosswalk)
        #expect(back.string(.sopInstanceUID) == original.string(.sopInstanceUID))
        #expect(back.items(.referencedImageSequence).first?.string(.referencedSOPInstanceUID) == "1.2.3.9")
        #expect(back.string(.patientID) == SyntheticDX.patientID && back.string(.issuerOfPatientID) == "HOSP")
        #expect(back.string(.patientBirthDate) == "19000101")
        #expect(back.string(.patientIdentityRemoved) == "NO")
        let calendar = Calendar(identifier: .gregorian)
        let start = try #require(
            calendar.date(from: DateComponents(timeZone: .gmt, year: 2024, month: 1, day: 1, hour: 12)))
        let moved = calendar.dateComponents(in: .gmt, from: start.addingTimeInterval(Double(-shift) * 86_400))
        let day = (moved.year ?? 0) * 10_000 + (moved.month ?? 0) * 100 + (moved.day ?? 0)
        #expect(back.string(.acquisitionDateTime) == "\(day)120000.5+0100")
        #expect(back[.longitudinalTemporalInformationModified] == nil)

        // A month was moved as its middle was: nobody knows which it was.
        for value in ["202401", "2024"] {
            result.set(.acquisitionDateTime, .DT, value)
            let back = try CrosswalkReversal.restore(result, by: crosswalk)
            #expect(back.string(.acquisitionDateTime) == value)
            #expect(back.string(.longitudinalTemporalInformationModified) == "MODIFIED")
            #expect(back.string(.sopInstanceUID) == original.string(.sopInstanceUID))
        }

        result.set(.patientID, .LO, "0123456789abcdef0123456789")
        #expect(throws: DeidentificationError(.notReversible, tag: .patientID)) {
            try CrosswalkReversal.restore(result, by: crosswalk)
        }
    }
}
