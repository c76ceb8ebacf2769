import ArgumentParser
import Audit
import DICOM
import Deidentification
import Foundation
import Gateway
import Sealing
import Workflow

/// Leads one de-identified object back to its patient.
struct DeidentifyReverseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse",
        abstract: "Gives a de-identified file its identity back.",
        discussion: """
            Two ways lead back, and each needs what only few should have:

            With --key and --certificate, the Encrypted Attributes (0400,0500) of the file are opened (PS3.15 §E.1.2): \
            every attribute that was removed or changed comes back. The key is a private key in PEM without a \
            passphrase, and the certificate one of those for which the file was sealed.

            With --crosswalk and --keys, the sealed list of random pseudonyms is asked: UIDs, patient identifier and \
            issuer come back, and shifted dates; names and other particulars are then found in the archive.

            Pixels stay as they are: what was covered does not come back. The result identifies a patient: only its \
            owner may read it, and nothing is overwritten. With --config the audit log of that installation tells who \
            asked, before the result is written.

            Examples:
              imaging-gateway deidentify reverse out.dcm --key key.pem --certificate cert.pem --out original.dcm
              imaging-gateway deidentify reverse out.dcm --crosswalk list7 --keys keys.yaml --out original.dcm
            """)

    @Argument(help: "A de-identified DICOM file.", completion: .file())
    var file: String
    @Option(name: .long, help: ArgumentHelp("A private key in PEM.", valueName: "file"), completion: .file())
    var key: String?
    @Option(name: .long, help: ArgumentHelp("The key's certificate in PEM.", valueName: "file"), completion: .file())
    var certificate: String?
    @Option(name: .long, help: ArgumentHelp("A sealed crosswalk.", valueName: "file"), completion: .file())
    var crosswalk: String?
    @Option(
        name: .long, help: ArgumentHelp("The key file that seals the crosswalk.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var keys: String?
    @Option(name: .long, help: ArgumentHelp("Where the result goes.", valueName: "file"), completion: .file())
    var out: String
    @OptionGroup var log: LogOptions

    private enum Way {
        case envelope(EnvelopeKey)
        case crosswalk(Crosswalk)

        var name: String {
            switch self {
            case .envelope: "envelope"
            case .crosswalk: "crosswalk"
            }
        }
    }

    func validate() throws {
        let isEnvelope = key != nil && certificate != nil && crosswalk == nil && keys == nil
        let isCrosswalk = key == nil && certificate == nil && crosswalk != nil && keys != nil
        guard isEnvelope || isCrosswalk else {
            throw ValidationError("either --key with --certificate, or --crosswalk with --keys")
        }
    }

    func run() async throws {
        try await withGatewayErrors(json: false) {
            umask(0o077)
            let way = try way()
            try await log.withLog { log in
                try await log.announce(.deidentifyReverse, Self.command, files: 1)
                try await reverse(by: way, log)
            }
        }
    }

    private func way() throws -> Way {
        if let crosswalk, let keys {
            let ring = try KeyFile.load(path: keys)
            do {
                return .crosswalk(try Crosswalk(reading: crosswalk, keys: ring))
            } catch {
                throw CommandFailure(error.code.rawValue, "the crosswalk cannot be read", exit: ExitCodes.unusable)
            }
        }
        return .envelope(EnvelopeKey(key: try Self.bytes(key ?? ""), certificate: try Self.bytes(certificate ?? "")))
    }

    /// The record names the patient and both studies, the pseudonymous one too where nothing came back: sealed, like all
    /// subjects. Where it cannot be written, nothing is.
    private func reverse(by way: Way, _ log: CommandLog) async throws {
        var pseudonym: [Subject] = []
        var details: AuditDetails = [.mode: .code(way.name)]
        let bytes: [UInt8]
        let restored: DataSet
        do {
            let given = try Self.bytes(file)
            details.set(.input, .digest(Digest.sha256(given).hex))
            let instance = try Instance(parsing: given)
            pseudonym = [instance.studyInstanceUID].compactMap(\.self).map {
                Subject(type: .study, identifier: $0.value)
            }
            restored =
                switch way {
                case .envelope(let key): try EncryptedAttributes.restore(instance.dataSet, with: key)
                case .crosswalk(let crosswalk): try CrosswalkReversal.restore(instance.dataSet, by: crosswalk)
                }
            bytes = try Instance(fileMeta: instance.fileMeta, dataSet: restored, pixelData: instance.pixelData)
                .serialized()
        } catch {
            let code = Self.code(of: error)
            try await log.note(
                .deidentifyReverse, Self.command, of: nil, alsoAbout: pseudonym, code: code, details: details)
            throw CommandFailure(code, "the file was not led back", exit: ExitCodes.found)
        }
        details.set(.output, .digest(Digest.sha256(bytes).hex))
        try await log.note(.deidentifyReverse, Self.command, of: restored, alsoAbout: pseudonym, details: details)
        try NewPrivateFile.write(bytes, to: out)
    }

    private static let command = "deidentify.reverse"

    private static func code(of error: any Error) -> String {
        switch error {
        case let error as DeidentificationError: "deidentification.\(error.code.rawValue)"
        case let error as DICOMError: "dicom.\(error.code.rawValue)"
        case let error as CommandFailure: error.code
        default: "file.unreadable"
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("file.unreadable", "a file cannot be read", exit: ExitCodes.unusable)
        }
        return Array(data)
    }
}
