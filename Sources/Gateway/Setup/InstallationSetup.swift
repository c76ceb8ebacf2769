import Foundation
import Mapping
import Sealing

/// Makes what `serve` needs to begin: configuration, key file, mappings, checkpoint folder. Overwrites nothing.
public struct InstallationSetup: Sendable {
    let answers: SetupAnswers

    /// What was made.
    public struct Made: Sendable, Equatable {
        /// The configuration file.
        public let configuration: String
        public let installation: String
        /// All files and folders, with what they are for.
        public let files: [(path: String, purpose: String)]

        public static func == (one: Made, other: Made) -> Bool {
            one.configuration == other.configuration && one.installation == other.installation
                && one.files.map(\.path) == other.files.map(\.path)
        }
    }

    /// - Throws: `SetupError` where answers are missing or do not fit each other.
    public init(_ answers: SetupAnswers) throws(SetupError) {
        var answers = answers
        let missing = SetupQuestion.all.filter { $0.isRequired && $0.answer(in: answers) == nil }
        guard missing.isEmpty else {
            throw SetupError(
                .answerMissing, missing.map { "--\($0.option)" }.joined(separator: ", "),
                missing.count == 1 ? "an answer is needed: \(missing[0].words)" : "answers are needed")
        }
        try Self.pair("ehr-user", answers.ehr.user, "ehr-password-file", answers.ehr.passwordFile)
        try Self.pair("archive-user", answers.archive.user, "archive-password-file", answers.archive.passwordFile)
        try Self.pair("client-certificate", answers.clientCertificate, "client-key", answers.clientKey)
        try Self.pair("tls-certificate", answers.tlsCertificate, "tls-key", answers.tlsKey)
        try Self.either("ehr-user", answers.ehr.user, "ehr-token-file", answers.ehr.tokenFile)
        try Self.either("archive-user", answers.archive.user, "archive-token-file", answers.archive.tokenFile)
        for (who, namespace, system) in [
            ("placer", answers.placerNamespace, answers.placerSystem),
            ("filler", answers.fillerNamespace, answers.fillerSystem),
        ] where namespace == nil && system != nil {
            throw SetupError(.answerMissing, "--\(who)-namespace", "needed together with --\(who)-system")
        }
        try Self.oneSystem(answers)
        // The file counts paths from its own folder, the person from the current one.
        for path in Self.paths {
            answers[keyPath: path] = answers[keyPath: path].map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        }
        self.answers = answers
        try validate()
    }

    private static let paths: [any WritableKeyPath<SetupAnswers, String?> & Sendable] = [
        \.ehr.passwordFile, \.ehr.tokenFile, \.ehr.ca, \.archive.passwordFile, \.archive.tokenFile, \.archive.ca,
        \.clientCertificate, \.clientKey, \.tlsCertificate, \.tlsKey, \.clientCA, \.mappings,
    ]

    /// One namespace is one assigner, so it has one system.
    private static func oneSystem(_ answers: SetupAnswers) throws(SetupError) {
        var systems: [String: String] = [answers.patientNamespace: answers.patientSystem]
        for (option, namespace, system) in [
            ("placer-system", answers.placerNamespace, answers.placerSystem),
            ("filler-system", answers.fillerNamespace, answers.fillerSystem),
        ] {
            guard let namespace, let system else { continue }
            guard systems[namespace, default: system] == system else {
                throw SetupError(
                    .answerInvalid, "--\(option)", "this namespace was given another system: one assigner has one")
            }
            systems[namespace] = system
        }
    }

    private static func pair(_ one: String, _ first: String?, _ other: String, _ second: String?) throws(SetupError) {
        guard (first == nil) != (second == nil) else { return }
        let (given, missing) = first == nil ? (other, one) : (one, other)
        throw SetupError(.answerMissing, "--\(missing)", "needed together with --\(given)")
    }

    private static func either(_ one: String, _ first: String?, _ other: String, _ second: String?) throws(SetupError) {
        guard first != nil, second != nil else { return }
        throw SetupError(.answerInvalid, "--\(other)", "not together with --\(one): a peer has one way to log in")
    }

    /// The text of the configuration file.
    public var configurationText: String { ConfigurationText(answers: answers).text }

    /// What the file would be refused for, before anything is written.
    private func validate() throws(SetupError) {
        do {
            let configuration = try Configuration.parse(configurationText, folder: folder)
            _ = try configuration.assignerDirectory()
        } catch {
            throw SetupError(.answerInvalid, error.path, error.explanation)
        }
    }

    private var folder: String { URL(fileURLWithPath: answers.folder).standardizedFileURL.path }

    // MARK: - Writing

    /// Makes the folder and all in it; when something fails, what is there already stays, to be looked at.
    ///
    /// - Throws: `folderExists` where anything of it exists, `mappingsNotFound`, `notWritten`.
    public func write() throws(SetupError) -> Made {
        let configuration = "\(folder)/gateway.yaml"
        let keys = "\(folder)/keys.yaml"
        for path in [configuration, keys, "\(folder)/mappings", "\(folder)/hook.secret", "\(folder)/data"]
        where exists(path) {
            throw SetupError(
                .folderExists, path,
                "is there already and is never overwritten; choose another --folder, or change it by hand")
        }
        let shipped = answers.mappings == nil ? ShippedMappings.folder() : nil
        guard answers.mappings != nil || shipped != nil else {
            throw SetupError(
                .mappingsNotFound, "--mappings",
                "the mappings that ship with the program were not found beside it; name the folder with --mappings")
        }
        try makeFolder(folder)
        try makeFolder("\(folder)/checkpoints")
        var files = [
            (configuration, "the configuration, with comments"),
            (keys, "the keys: keep a copy in a safe place, away from the data"),
            ("\(folder)/checkpoints", "signed checkpoints of the audit log; best on another machine"),
        ]
        if let shipped {
            try copy(shipped, to: "\(folder)/mappings")
            files.append(("\(folder)/mappings", "a copy of the shipped mappings, yours to edit"))
        }
        if answers.fhirPort != nil {
            try writePrivate(Base64URL.encode(randomBytes(32)) + "\n", to: "\(folder)/hook.secret")
            files.append(("\(folder)/hook.secret", "the secret that the EHR sends with its announcements"))
        }
        let installation: String
        do {
            installation = try KeyFile.create(path: keys).installation
        } catch {
            throw SetupError(.notWritten, keys, error.explanation)
        }
        // Last, so that a folder with a configuration is a whole one.
        try writePrivate(configurationText, to: configuration)
        return Made(configuration: configuration, installation: installation, files: files)
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func makeFolder(_ path: String) throws(SetupError) {
        guard !exists(path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SetupError(.notWritten, path, "the folder cannot be made; check the rights of the one above it")
        }
    }

    private func copy(_ source: String, to target: String) throws(SetupError) {
        do {
            try FileManager.default.copyItem(atPath: source, toPath: target)
        } catch {
            throw SetupError(.notWritten, target, "the mappings cannot be copied; check rights and free space")
        }
    }

    private func writePrivate(_ text: String, to path: String) throws(SetupError) {
        let bytes = Array(text.utf8)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SetupError(.notWritten, path, "the file exists or cannot be made") }
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let synced = fsync(descriptor)
        close(descriptor)
        guard written == bytes.count, synced == 0 else {
            throw SetupError(.notWritten, path, "the file could not be written completely; check the free space")
        }
    }
}
