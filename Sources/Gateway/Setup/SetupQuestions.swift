import Foundation
import Mapping
import OutboundHTTP

extension SetupQuestion {
    /// All questions, in the order in which they are asked.
    public static let all: [SetupQuestion] = [
        text(
            "ehr", "Where is the EHR's FHIR R4 endpoint?",
            "Reports go there; https, or http on this machine. Such as https://ehr.example/fhir", required: true,
            \.ehr.base, check: url),
        text(
            "ehr-token-file", "Which file holds the EHR's bearer token?",
            "Empty when it needs none, or a password (--ehr-user); the file is read for each request", \.ehr.tokenFile,
            check: file),
        text("ehr-user", "User at the EHR (HTTP Basic)", "With --ehr-password-file", asked: false, \.ehr.user),
        text(
            "ehr-password-file", "File with the EHR's password", "One line, mode 0600", asked: false,
            \.ehr.passwordFile, check: file),
        text(
            "ehr-ca", "File with the authority that signed the EHR's certificate",
            "Left out: the authorities that the system believes", asked: false, \.ehr.ca, check: file),
        text(
            "ehr-organization", "Who answers for the reports?",
            "A name, or a reference such as Organization/radiology; it stands in each report as the performer",
            \.ehrOrganization),
        text(
            "archive", "Where is the archive's DICOMweb root?",
            "Images come from there. Such as https://pacs.example/dicom-web", required: true, \.archive.base, check: url
        ),
        text(
            "archive-name", "What is the archive called?", "Stands in audit records and metrics", required: true,
            asked: false, \.archiveName, check: name),
        text("archive-user", "User at the archive", "Empty when it needs none", \.archive.user),
        text(
            "archive-password-file", "Which file holds that user's password?", "One line, mode 0600",
            \.archive.passwordFile, check: file),
        text(
            "archive-token-file", "File with the archive's bearer token", "", asked: false, \.archive.tokenFile,
            check: file),
        text(
            "archive-ca", "File with the authority that signed the archive's certificate",
            "Left out: the authorities that the system believes", asked: false, \.archive.ca, check: file),
        text(
            "client-certificate", "Certificate that EHR and archive are shown", "For mutual TLS; with --client-key",
            asked: false, \.clientCertificate, check: file),
        text("client-key", "Its private key", "", asked: false, \.clientKey, check: file),
        text(
            "patient-namespace", "Which namespace do patient numbers have in HL7 v2?",
            "PID-3.4.1, and in DICOM the Issuer of Patient ID. Such as HOSP", required: true, \.patientNamespace,
            check: namespace),
        text(
            "patient-system", "Which FHIR system do the same numbers have in the EHR?",
            "Patient.identifier.system; the patient is looked for with it. Such as urn:oid:2.999.1", required: true,
            \.patientSystem, check: uri),
        text(
            "placer-namespace", "Which namespace do placer order numbers have?",
            "ORC-2.2, such as HIS. Empty when they have none, or that of the patients", \.placerNamespace,
            check: namespace),
        text(
            "placer-system", "Which FHIR system do they have in the EHR?",
            "ServiceRequest.identifier.system; empty when the EHR does not know them", \.placerSystem, check: uri),
        text(
            "filler-namespace", "Which namespace do filler order and accession numbers have?",
            "ORC-3.2, such as RIS. Empty when they have none, or that of the patients", \.fillerNamespace,
            check: namespace),
        text(
            "filler-system", "Which FHIR system do they have in the EHR?", "Empty when the EHR does not know them",
            \.fillerSystem, check: uri),
        text(
            "source", "What is the sender of orders called?", "Stands in audit records and metrics", required: true,
            asked: false, \.source, check: name),
        text(
            "mllp-host", "Address on which orders are taken", "Other than loopback only with --tls-certificate",
            required: true, asked: false, \.mllpHost),
        number(
            "mllp-port", "On which port do orders come in (HL7 v2 by MLLP)?", "The sender connects to it", \.mllpPort),
        text(
            "tls-certificate", "Certificate of the MLLP listener", "TLS 1.2 or later; with --tls-key", asked: false,
            \.tlsCertificate, check: file),
        text("tls-key", "Its private key", "", asked: false, \.tlsKey, check: file),
        text(
            "client-ca", "Authority whose client certificates the MLLP listener demands", "Left out: none is demanded",
            asked: false, \.clientCA, check: file),
        number("admin-port", "On which port are health and metrics?", "On this machine only", \.adminPort),
        optionalNumber(
            "fhir-port", "On which port may the EHR announce studies (FHIR ImagingStudy)?",
            "Empty for none: the archive is then polled only. A secret is made for it", \.fhirPort),
        text(
            "time-zone", "In which time zone does the sender write times?",
            "For times that name none: Z, +01:00 or Europe/Berlin", required: true, \.timeZone, check: zone),
        text(
            "mappings", "Folder with the mappings to use where it is",
            "Left out: the shipped ones are copied, to be edited",
            asked: false, \.mappings, check: mappings),
        SetupQuestion(
            option: "delivery", words: "Deliver reports at once (on), or only compose them (shadow)?",
            why: "shadow is the safe beginning: nothing is written to the EHR", isRequired: true, isAsked: false,
            get: { $0.delivery.rawValue }
        ) { answers, text throws(SetupError) in
            guard let mode = text.flatMap(Configuration.DeliveryMode.init) else {
                throw SetupError(.answerInvalid, "--delivery", "expected shadow or on")
            }
            answers.delivery = mode
        },
    ]

    // MARK: - Kinds of questions

    private typealias Check = @Sendable (String) -> String?

    private static func text(
        _ option: String, _ words: String, _ why: String, required: Bool = false, asked: Bool = true,
        _ path: any WritableKeyPath<SetupAnswers, String> & Sendable, check: @escaping Check = { _ in nil }
    ) -> SetupQuestion {
        SetupQuestion(
            option: option, words: words, why: why, isRequired: required, isAsked: asked, get: { $0[keyPath: path] }
        ) { answers, text throws(SetupError) in
            if let text, let objection = oneLine(text) ?? check(text) {
                throw SetupError(.answerInvalid, "--\(option)", objection)
            }
            answers[keyPath: path] = text ?? ""
        }
    }

    private static func text(
        _ option: String, _ words: String, _ why: String, asked: Bool = true,
        _ path: any WritableKeyPath<SetupAnswers, String?> & Sendable, check: @escaping Check = { _ in nil }
    ) -> SetupQuestion {
        SetupQuestion(
            option: option, words: words, why: why, isRequired: false, isAsked: asked, get: { $0[keyPath: path] }
        ) { answers, text throws(SetupError) in
            if let text, let objection = oneLine(text) ?? check(text) {
                throw SetupError(.answerInvalid, "--\(option)", objection)
            }
            answers[keyPath: path] = text
        }
    }

    private static func number(
        _ option: String, _ words: String, _ why: String, _ path: any WritableKeyPath<SetupAnswers, Int> & Sendable
    ) -> SetupQuestion {
        SetupQuestion(
            option: option, words: words, why: why, isRequired: true, isAsked: true, get: { String($0[keyPath: path]) }
        ) { answers, text throws(SetupError) in answers[keyPath: path] = try port(text, option) ?? 0 }
    }

    private static func optionalNumber(
        _ option: String, _ words: String, _ why: String, _ path: any WritableKeyPath<SetupAnswers, Int?> & Sendable
    ) -> SetupQuestion {
        SetupQuestion(
            option: option, words: words, why: why, isRequired: false, isAsked: true,
            get: { $0[keyPath: path].map { String($0) } }
        ) { answers, text throws(SetupError) in answers[keyPath: path] = try port(text, option) }
    }

    // MARK: - What an answer must be; nil when it is

    private static func port(_ text: String?, _ option: String) throws(SetupError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), (1...65535).contains(number) else {
            throw SetupError(.answerInvalid, "--\(option)", "expected a port from 1 to 65535")
        }
        return number
    }

    private static func oneLine(_ text: String) -> String? {
        text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            ? "expected one line without control characters" : nil
    }

    private static func url(_ text: String) -> String? {
        guard let root = HTTPRoot(text) else { return "expected an http or https URL without user, query or fragment" }
        return root.isEncrypted || root.isLoopback ? nil : "expected https, for this is another machine"
    }

    private static func uri(_ text: String) -> String? {
        text.contains(":") && !text.contains(" ") ? nil : "expected a URI, such as urn:oid:2.999.1 or https://…"
    }

    private static func file(_ text: String) -> String? {
        FileManager.default.isReadableFile(atPath: text) ? nil : "there is no such file, or it may not be read"
    }

    private static func mappings(_ text: String) -> String? {
        FileManager.default.fileExists(atPath: "\(text)/routing/default.yaml")
            ? nil : "this folder has no routing/default.yaml, so it is no folder of mappings"
    }

    private static func name(_ text: String) -> String? {
        Configuration.isName(text) && !["ehr", "fhir", "null"].contains(text)
            ? nil : "expected 1 to 32 small letters, digits, - and _, and neither ehr nor fhir"
    }

    private static func namespace(_ text: String) -> String? {
        text.contains { "|^~\\&".contains($0) } ? "expected the bare namespace, without HL7 delimiters" : nil
    }

    private static func zone(_ text: String) -> String? {
        (try? SourceTimeZone(identifier: text)) == nil
            ? "expected Z, an offset such as +01:00, or a name such as Europe/Berlin" : nil
    }
}
