import Deidentification
import JSON
import MerkleLog
import Sealing
import SecondOpinion

/// What a verification of certificates came to.
struct CertificateReportOfVerification {
    /// A certificate that is verified.
    struct Verified {
        let path: String
        let signed: SignedCertificate
        /// Where the audit log holds the reference.
        var place: CertificateInLog?
        /// The record of a bundle that names the certificate.
        var recordInBundle: UInt64?
    }

    /// A problem, and the file where it is.
    struct Told {
        let problem: CertificateProblem
        let path: String?
    }

    var certificates: [Verified] = []
    /// Certificates among the files that vouch for theirs.
    var beside: [String] = []
    /// Certificates among the files, of the same study, that another key signed.
    var unbelieved: [String] = []
    /// Files that only a certificate beside names: path, and the certificate's place among those.
    var namedBeside: [(path: String, certificate: Int)] = []
    private(set) var problems: [Told] = []
    /// How many written files were looked at.
    var files = 0
    /// Originals that were compared, and files of other studies among them.
    var originals: (compared: Int, other: Int)?
    /// Whether the bundle is of the log that `--log-key` names; nil without a bundle.
    var isBundleTrusted: Bool?
    var statistics = SearchResult.Statistics()
    var knownValues = 0

    mutating func add(_ problem: CertificateProblem, at path: String? = nil) {
        problems.append(Told(problem: problem, path: path))
    }

    /// The certificate that a problem is about; nil where there is only one, or none.
    private func certificate(_ problem: CertificateProblem) -> String? {
        let all = certificates.map(\.path) + beside
        guard all.count > 1, let index = problem.certificate, all.indices.contains(index) else { return nil }
        return all[index]
    }

    var json: JSONValue {
        var object: JSONObject = [
            "ok": .bool(problems.isEmpty), "files": .number(JSONNumber(files)),
            "searchedValues": .number(JSONNumber(knownValues)), "searchedBytes": .number(JSONNumber(statistics.bytes)),
            "problems": .array(problems.map(value)),
        ]
        if let first = certificates.first {
            for (key, value) in members(first) where key != "certificate" { object[key] = value }
            object["certificates"] = .array(certificates.map { .object(members($0)) })
        }
        object["bundleTrusted"] = isBundleTrusted.map { .bool($0) }
        if let originals {
            object["originals"] = [
                "compared": .number(JSONNumber(originals.compared)), "other": .number(JSONNumber(originals.other)),
            ]
        }
        if !namedBeside.isEmpty {
            let named = namedBeside.map { file -> JSONValue in
                ["file": .string(file.path), "certificate": .string(beside[file.certificate])]
            }
            object["inOtherCertificates"] = .array(named)
        }
        return .object(object)
    }

    private func members(_ certificate: Verified) -> JSONObject {
        let signed = certificate.signed
        var object: JSONObject = [
            "certificate": .string(certificate.path), "study": .string(signed.certificate.studyInstanceUID),
            "time": .string(signed.certificate.time), "profile": .string(signed.certificate.profile),
            "digest": .string(signed.digest.hex), "keyID": signed.signature.map { .string($0.keyID) } ?? .null,
        ]
        if let place = certificate.place {
            object["audit"] = [
                "index": .number(JSONNumber(Int(clamping: place.index))),
                "size": .number(JSONNumber(Int(clamping: place.size))), "root": .string(place.root.base64),
            ]
        }
        object["bundleRecord"] = certificate.recordInBundle.map { .number(JSONNumber(Int(clamping: $0))) }
        return object
    }

    private func value(_ told: Told) -> JSONValue {
        var object: JSONObject = ["code": .string(told.problem.code.rawValue)]
        object["file"] = told.path.map { .string($0) }
        object["certificate"] = certificate(told.problem).map { .string($0) }
        object["instance"] = told.problem.instance.map { .number(JSONNumber($0)) }
        object["place"] = told.problem.place.map { .string($0) }
        return .object(object)
    }

    func printLines() {
        for certificate in certificates { printLines(certificate) }
        if !certificates.isEmpty {
            let certified = Set(certificates.flatMap { $0.signed.certificate.instances.map(\.sopInstanceUID) }).count
            print("files    \(files) looked at, \(certified) certified")
            print("searched \(statistics.bytes) bytes for \(knownValues) values of the originals, and for dates")
        }
        if let originals {
            print("originals \(originals.compared) compared, \(originals.other) of other studies passed over")
        }
        for (index, path) in beside.enumerated() {
            let count = namedBeside.count { $0.certificate == index }
            if count > 0 { print("beside   \(count) files are in \(Terminal.safe(path))") }
        }
        for path in unbelieved {
            print("beside   \(Terminal.safe(path)) is signed with another key: give it too, to compare its files")
        }
        if isBundleTrusted == false {
            print("bundle   of a log that nobody vouches for: without --log-key it is compared only with itself")
        }
        for told in problems { printLine(told) }
        let holds = certificates.count > 1 ? "certificates hold" : "certificate holds"
        let fails = certificates.count > 1 ? "certificates do" : "certificate does"
        print(problems.isEmpty ? "The \(holds)." : "The \(fails) NOT hold: \(problems.count) problems.")
    }

    private func printLines(_ certificate: Verified) {
        let signed = certificate.signed
        if certificates.count > 1 { print("\(Terminal.safe(certificate.path)):") }
        print("study    \(Terminal.safe(signed.certificate.studyInstanceUID))")
        print("made     \(Terminal.safe(signed.certificate.time)) by \(Terminal.safe(signed.certificate.profile))")
        print("signed   \(Terminal.safe(signed.signature?.keyID ?? "by nobody"))")
        if let place = certificate.place {
            print("audit    record \(place.index) of \(place.size), root \(place.root.base64)")
        }
        if let record = certificate.recordInBundle { print("bundle   record \(record)") }
    }

    private func printLine(_ told: Told) {
        let certificate = certificate(told.problem)
        var text = "PROBLEM: \(told.problem.code.rawValue)"
        if let path = told.path ?? (told.problem.instance == nil ? certificate : nil) {
            text += " in \(Terminal.safe(path))"
        }
        if let instance = told.problem.instance {
            text += " (object \(instance + 1) of \(Terminal.safe(certificate ?? "the certificate")))"
        }
        if let place = told.problem.place { text += ": \(Terminal.safe(place))" }
        print(text)
    }
}
