import DICOM
import Deidentification
import JSON
import Sealing
import SecondOpinion
import Testing

/// A study that two runs wrote into one folder: each certified what it wrote.
@Suite struct SeveralCertificatesTests {
    private struct Run {
        let originals: [[UInt8]]
        let files: [[UInt8]]
        let certificate: DeidentificationCertificate
    }

    private static let keys = (1...3).compactMap { try? SignatureKey(seed: Secret([UInt8](repeating: $0, count: 32))) }

    private func run(_ headers: [DataSet], options: String? = nil) throws -> Run {
        let profile = try options.map { options in
            try DeidentificationProfile(
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
        }
        let study = Study(
            studyInstanceUID: try #require(headers.first?.string(.studyInstanceUID).flatMap { UID($0) }),
            instances: try headers.map { try SyntheticDX.instance($0) })
        let (result, receipt) = try deidentify(study, profile: profile, pseudonyms: SyntheticDX.pseudonyms())
        let originals = try study.instances.map { try $0.serialized() }
        let files = try result.value.instances.map { try $0.serialized() }
        let instances = zip(result.value.instances, zip(originals, files)).map { instance, bytes in
            CertifiedInstance(
                instance.dataSet, transferSyntax: .explicitVRLittleEndian, input: Digest.sha256(bytes.0),
                output: Digest.sha256(bytes.1), size: bytes.1.count)
        }
        return Run(
            originals: originals, files: files,
            certificate: DeidentificationCertificate(
                receipt, studyInstanceUID: result.value.studyInstanceUID.value, instances: instances,
                time: "2026-11-22T03:00:00Z"))
    }

    private func header(_ instance: Int, study: String? = nil) -> DataSet {
        var header = SyntheticDX.header(instance: instance)
        if let study {
            header.set(.studyInstanceUID, .UI, study)
            header.set(.sopInstanceUID, .UI, "\(study).\(instance)")
        }
        return header
    }

    private func verified(
        _ files: [[UInt8]], _ certificates: [DeidentificationCertificate], beside: [DeidentificationCertificate] = []
    ) throws -> CertificateVerification {
        var verification = try CertificateVerification(certificates, beside: beside)
        for file in files { verification.examine(file) }
        verification.finish()
        return verification
    }

    @Test func `Both together hold for all files, and each alone finds the other's added`() throws {
        let (first, second) = (try run([header(1)]), try run([header(2), header(3)]))
        let files = first.files + second.files
        #expect(first.certificate.studyInstanceUID == second.certificate.studyInstanceUID)
        #expect(try verified(files, [first.certificate, second.certificate]).problems == [])
        #expect(try verified(files, [first.certificate]).problems.map(\.code) == [.fileAdded, .fileAdded])
        let missing = try verified(first.files, [first.certificate, second.certificate]).problems
        #expect(missing.map(\.certificate) == [1, 1] && missing.map(\.instance) == [0, 1])
        #expect(Set(missing.map(\.code)) == [.fileMissing])
    }

    @Test func `One beside vouches for its files as it names them, and need not be whole`() throws {
        let (first, second) = (try run([header(1)]), try run([header(2), header(3)]))
        var files = first.files + [second.files[0]]
        let verification = try verified(files, [first.certificate], beside: [second.certificate])
        #expect(verification.problems == [] && verification.namedBeside == [1: 0])
        files[1][files[1].count - 3] ^= 1
        let changed = try verified(files, [first.certificate], beside: [second.certificate]).problems
        #expect(changed == [CertificateProblem(.fileChanged, file: 1, certificate: 1, instance: 0)])
        let twice = try verified(first.files + first.files, [first.certificate], beside: [second.certificate]).problems
        #expect(twice.map(\.code) == [.fileTwice])
        let foreign = try run([header(1, study: "1.2.3.4")])
        let added = try verified(first.files + foreign.files, [first.certificate], beside: [second.certificate])
            .problems
        #expect(added == [CertificateProblem(.fileAdded, file: 1)])
    }

    @Test func `A file that two name is compared with both`() throws {
        let (first, all) = (try run([header(1)]), try run([header(1), header(2)], options: "retainDeviceIdentity"))
        #expect(try verified(all.files, [all.certificate]).problems == [])
        let problems = try verified(all.files, [all.certificate, first.certificate]).problems
        #expect(problems.allSatisfy { $0.certificate == 1 && $0.file == 0 })
        #expect(problems.map(\.code).contains(.fileChanged))
    }

    @Test func `A certificate among the files is believed only with its study's key, and what proves nothing is told`()
        throws
    {
        let (first, second) = (try run([header(1)]), try run([header(2)]))
        let foreign = try run([header(1, study: "1.2.3.4")]).certificate
        let trusted = Self.keys.prefix(2).map(\.verifier)
        let given = try SignedCertificate(first.certificate, key: Self.keys[0])
        func standing(_ certificate: DeidentificationCertificate, _ key: SignatureKey?) throws
            -> SignedCertificate.Standing
        {
            try SignedCertificate(certificate, key: key).standing(beside: [given], keys: trusted)
        }
        #expect(try standing(first.certificate, Self.keys[0]) == .given)
        #expect(try standing(second.certificate, Self.keys[0]) == .vouches)
        #expect(try standing(second.certificate, Self.keys[1]) == .otherKey)
        #expect(try standing(second.certificate, Self.keys[2]) == .forged)
        #expect(try standing(second.certificate, nil) == .unsigned)
        #expect(try standing(foreign, Self.keys[0]) == .otherStudy)
        let signed = try SignedCertificate(second.certificate, key: Self.keys[0])
        #expect(signed.standing(beside: [given], keys: []) == .keyMissing)
        let all: [SignedCertificate.Standing] = [.forged, .unsigned, .otherStudy, .vouches, .otherKey]
        #expect(all.map(\.problem) == [.signature, .unsigned, .fileAdded, nil, nil])
    }

    @Test func `A receipt is known by its words: nothing else that is no object passes`() throws {
        let run = try run([header(1)])
        let certified = run.certificate.instances[0]
        var receipt: JSONObject = [
            "studyInstanceUID": .string(run.certificate.studyInstanceUID),
            "sopInstanceUID": .string(certified.sopInstanceUID), "outputDigest": .string(certified.output),
            "rules": "imaging-gateway 1", "kept": 17, "burnedInText": "textFree", "recipients": "none",
            "outputSize": .number(JSONNumber(certified.size)), "actions": ["X": 3], "methodCodes": [],
        ]
        func codes(_ json: JSONObject) throws -> [CertificateProblem.Code] {
            let verification = try verified(run.files + [JSONValue.object(json).serialized(.pretty)], [run.certificate])
            #expect(verification.receiptCount == (verification.problems.isEmpty ? 1 : 0))
            return verification.problems.map(\.code)
        }
        #expect(try codes(receipt) == [])
        for (key, value) in [("recipients", "CANARY^Jane"), ("CANARY", "none"), ("rules", "imaging-gateway CANARY")] {
            var other = receipt
            other[key] = .string(value)
            #expect(try codes(other) == [.fileUnreadable], "\(key)")
        }
        // Numbers stand where receipts count, and nowhere else.
        let numbers: [(String, JSONValue)] = [
            ("methodCodes", [67, 65, 78]), ("kept", [67]), ("profileName", 19_300_115), ("burnedInText", ["left": 1]),
            ("outputSize", 19_300_115), ("actions", ["X": ["X": 1]]),
        ]
        for (key, value) in numbers {
            var other = receipt
            other[key] = value
            #expect(try codes(other) == [.fileUnreadable], "\(key)")
        }
        let twice = run.files + Array(repeating: JSONValue.object(receipt).serialized(.pretty), count: 2)
        #expect(try verified(twice, [run.certificate]).problems.map(\.code) == [.fileTwice])
        receipt["sopInstanceUID"] = "2.25.1"
        #expect(try codes(receipt) == [.fileAdded])
        // An identified file is one whatever its name.
        #expect(try verified(run.files + run.originals, [run.certificate]).problems.map(\.code) == [.fileAdded])
    }

    @Test func `Originals of other studies are counted and passed over, and the right file of this one is told`() throws
    {
        let run = try run([header(1), header(2)])
        let foreign = try self.run([header(1, study: "1.2.3.4"), header(2, study: "1.2.3.4")])
        var originals = try CertifiedOriginals([run.certificate])
        let left = try self.run([header(3)]).originals
        for bytes in [
            foreign.originals[0], run.originals[0], [1, 2, 3], left[0], foreign.originals[1], run.originals[1],
        ] {
            originals.add(bytes, isNamed: false)
        }
        #expect(originals.problems == [CertificateProblem(.originalUnknown, file: 3)])
        #expect(originals.comparedCount == 2 && originals.otherCount == 3)
        originals.add(foreign.originals[0], isNamed: true)
        #expect(originals.problems.map(\.file) == [3, 6])
        var none = try CertifiedOriginals([run.certificate])
        for bytes in foreign.originals { none.add(bytes, isNamed: false) }
        #expect(none.problems.map(\.file) == [0, 1] && none.otherCount == 0)
    }

    @Test func `What originals of the study tell is searched for, and not what those of others tell`() throws {
        let run = try run([header(1)])
        var foreign = header(1, study: "1.2.3.4")
        foreign.set(.patientName, .PN, "Ottilie^Wunderwald")
        var file = try Instance(parsing: run.files[0])
        var dataSet = file.dataSet
        dataSet.set(.protocolName, .LO, "for Jane CANARY")
        dataSet.set(.seriesDescription, .LO, "for Ottilie Wunderwald")
        file = Instance(fileMeta: file.fileMeta, dataSet: dataSet, pixelData: file.pixelData)
        let written = try file.serialized()
        func hits(_ all: [[UInt8]]) throws -> Int {
            var originals = try CertifiedOriginals([run.certificate])
            for bytes in all { originals.add(bytes, isNamed: false) }
            var verification = try CertificateVerification([run.certificate], originals: originals)
            verification.examine(written)
            return verification.problems.count { $0.code == .residual }
        }
        let others = try self.run([foreign]).originals
        #expect(try hits([]) == 0)
        #expect(try hits(run.originals) > 0)
        #expect(try hits(run.originals + others) == hits(run.originals))
    }
}
