import DICOM
import Deidentification
import JSON
import Sealing
import SecondOpinion
import Testing

@Suite struct SignedCertificateTests {
    /// A study, its written files and its certificate.
    struct Certified {
        var files: [[UInt8]]
        let originals: [[UInt8]]
        let signed: SignedCertificate
        let key: SignatureKey
    }

    static func certified(_ profile: DeidentificationProfile? = nil) throws -> Certified {
        var second = SyntheticDX.header(instance: 2)
        second.set(.instanceNumber, .IS, "2")
        let study = try SyntheticDX.study([SyntheticDX.header(), second])
        let (result, receipt) = try deidentify(study, profile: profile, pseudonyms: SyntheticDX.pseudonyms())
        let originals = try study.instances.map { try $0.serialized() }
        let files = try result.value.instances.map { try $0.serialized() }
        let instances = zip(result.value.instances, zip(originals, files)).map { instance, bytes in
            CertifiedInstance(
                instance.dataSet, transferSyntax: .explicitVRLittleEndian, input: Digest.sha256(bytes.0),
                output: Digest.sha256(bytes.1), size: bytes.1.count)
        }
        let certificate = DeidentificationCertificate(
            receipt, studyInstanceUID: result.value.studyInstanceUID.value, instances: instances,
            time: "2026-11-22T03:00:00Z")
        let key = try SignatureKey(seed: Secret(Array(0..<32)))
        return Certified(
            files: files, originals: originals, signed: try SignedCertificate(certificate, key: key), key: key)
    }

    static func problems(_ certified: Certified, identity: KnownIdentity = KnownIdentity()) throws
        -> [CertificateProblem.Code]
    {
        var verification = try CertificateVerification(certified.signed.certificate, identity: identity)
        for file in certified.files { verification.examine(file) }
        verification.finish()
        return verification.problems.map(\.code)
    }

    @Test func `A certificate that nobody touched holds, and is read as it was written`() throws {
        let certified = try Self.certified()
        let read = try #require(SignedCertificate(parsing: certified.signed.serialized))
        #expect(read == certified.signed)
        #expect(read.isSigned(byOneOf: [certified.key.verifier]))
        #expect(try Self.problems(certified) == [])
    }

    @Test func `It names no identifier of the original`() throws {
        let text = String(decoding: try Self.certified().signed.serialized, as: UTF8.self)
        for identifier in ["CANARY", "Canary", "19451224", "20240229", SyntheticDX.uid, "47114711"] {
            #expect(!text.contains(identifier), "\(identifier)")
        }
        #expect(text.contains("GDPR"))
    }

    @Test func `It tells what the second opinion looked at`() throws {
        let certified = try Self.certified()
        let opinion = certified.signed.certificate.json["secondOpinion"]
        #expect(opinion?["files"]?.int == 2)
        #expect(opinion?["bytes"]?.int == certified.files.reduce(0) { $0 + $1.count })
        #expect((opinion?["patterns"]?["name"]?.int ?? 0) > 0)
    }

    @Test func `A changed byte of the certificate breaks the signature or the form`() throws {
        let certified = try Self.certified()
        let bytes = certified.signed.serialized
        for position in stride(from: 0, to: bytes.count - 1, by: 7) {
            var changed = bytes
            changed[position] ^= 1
            let read = SignedCertificate(parsing: changed)
            #expect(read?.isSigned(byOneOf: [certified.key.verifier]) != true, "byte \(position)")
        }
    }

    @Test func `Another key, and none, are told`() throws {
        let certified = try Self.certified()
        let other = try SignatureKey(seed: Secret(Array(1...32)))
        #expect(!certified.signed.isSigned(byOneOf: [other.verifier]))
        let unsigned = try SignedCertificate(certified.signed.certificate, key: nil)
        #expect(unsigned.signature == nil)
        #expect(SignedCertificate(parsing: unsigned.serialized)?.isSigned(byOneOf: [certified.key.verifier]) == false)
    }

    @Test func `Files that are missing, added, given twice or no files are found`() throws {
        var certified = try Self.certified()
        let all = certified.files
        certified.files = [all[0]]
        #expect(try Self.problems(certified) == [.fileMissing])
        certified.files = [all[0], all[1], all[1]]
        #expect(try Self.problems(certified) == [.fileTwice])
        certified.files = all + [certified.originals[0]]
        #expect(try Self.problems(certified) == [.fileAdded])
        certified.files = all + [[1, 2, 3]]
        #expect(try Self.problems(certified) == [.fileUnreadable])
    }

    @Test func `A file that was changed, whose marks are gone or in which a date stands is found`() throws {
        var certified = try Self.certified()
        var instance = try Instance(parsing: certified.files[0])
        var dataSet = instance.dataSet
        dataSet.set(.studyDate, .DA, "20240229")
        dataSet[.patientIdentityRemoved] = nil
        instance = Instance(fileMeta: instance.fileMeta, dataSet: dataSet, pixelData: instance.pixelData)
        certified.files[0] = try instance.serialized()
        #expect(Set(try Self.problems(certified)) == [.fileChanged, .marks, .residual])
    }

    @Test(arguments: ["retainDeviceIdentity", "retainInstitutionIdentity", "retainDeviceIdentity, retainFullDates"])
    func `What the options of the profile keep is no residue`(options: String) throws {
        let profile = try DeidentificationProfile(
            yaml: """
                version: 1
                name: keeping
                release: "1"
                summary: For tests.
                edition: 2024b
                options: [basic, \(options)]
                textGate: never
                pseudonyms: keyed
                """)
        var certified = try Self.certified(profile)
        let certificate = certified.signed.certificate
        var identity = KnownIdentity()
        for original in certified.originals {
            try identity.collect(from: Instance(parsing: original).dataSet, under: try certificate.rules())
        }
        #expect(try Self.problems(certified, identity: identity) == [])
        // What no option keeps is found as before.
        var instance = try Instance(parsing: certified.files[0])
        var dataSet = instance.dataSet
        dataSet.set(.protocolName, .LO, "for Jane CANARY")
        instance = Instance(fileMeta: instance.fileMeta, dataSet: dataSet, pixelData: instance.pixelData)
        certified.files[0] = try instance.serialized()
        #expect(try Self.problems(certified, identity: identity).contains(.residual))
    }

    @Test func `What the originals tell is searched for, and their digests are compared`() throws {
        var certified = try Self.certified()
        var identity = KnownIdentity()
        for original in certified.originals { try identity.collect(from: Instance(parsing: original).dataSet) }
        #expect(try Self.problems(certified, identity: identity) == [])
        var instance = try Instance(parsing: certified.files[1])
        var dataSet = instance.dataSet
        dataSet.set(.protocolName, .LO, "for Jane CANARY")
        instance = Instance(fileMeta: instance.fileMeta, dataSet: dataSet, pixelData: instance.pixelData)
        certified.files[1] = try instance.serialized()
        #expect(Set(try Self.problems(certified, identity: identity)) == [.fileChanged, .residual])
        var originals = try CertifiedOriginals([certified.signed.certificate])
        for original in certified.originals { originals.add(original, isNamed: true) }
        #expect(originals.problems == [] && originals.comparedCount == 2)
        originals.add([1], isNamed: true)
        #expect(originals.problems == [CertificateProblem(.originalUnknown, file: 2)])
    }
}
