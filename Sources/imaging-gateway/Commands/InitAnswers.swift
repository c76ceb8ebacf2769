import ArgumentParser

private func help(_ text: String, _ value: String) -> ArgumentHelp { ArgumentHelp(stringLiteral: text).named(value) }

extension ArgumentHelp {
    fileprivate func named(_ value: String) -> ArgumentHelp {
        var help = self
        help.valueName = value
        return help
    }
}

/// What is asked about the EHR; the options' names are those of `SetupQuestion`.
struct EHRAnswers: ParsableArguments {
    @Option(help: help("The FHIR R4 endpoint; needed.", "url")) var ehr: String?
    @Option(help: help("File with its bearer token.", "file"), completion: .file()) var ehrTokenFile: String?
    @Option(help: help("User at the EHR (HTTP Basic).", "name")) var ehrUser: String?
    @Option(help: help("File with that user's password.", "file"), completion: .file()) var ehrPasswordFile: String?
    @Option(help: help("File with the authority that signed its certificate.", "file"), completion: .file())
    var ehrCa: String?
    @Option(help: help("Who answers for the reports: a name, or Organization/ID.", "text")) var ehrOrganization: String?

    var given: [String: String?] {
        [
            "ehr": ehr, "ehr-token-file": ehrTokenFile, "ehr-user": ehrUser, "ehr-password-file": ehrPasswordFile,
            "ehr-ca": ehrCa, "ehr-organization": ehrOrganization,
        ]
    }
}

/// What is asked about the archive.
struct ArchiveAnswers: ParsableArguments {
    @Option(help: help("The DICOMweb root; needed.", "url")) var archive: String?
    @Option(help: help("Its name in records and metrics (default: pacs).", "name")) var archiveName: String?
    @Option(help: help("User at the archive (HTTP Basic).", "name")) var archiveUser: String?
    @Option(help: help("File with that user's password.", "file"), completion: .file()) var archivePasswordFile: String?
    @Option(help: help("File with its bearer token.", "file"), completion: .file()) var archiveTokenFile: String?
    @Option(help: help("File with the authority that signed its certificate.", "file"), completion: .file())
    var archiveCa: String?
    @Option(help: help("Certificate that EHR and archive are shown (mutual TLS).", "file"), completion: .file())
    var clientCertificate: String?
    @Option(help: help("Its private key.", "file"), completion: .file()) var clientKey: String?

    var given: [String: String?] {
        [
            "archive": archive, "archive-name": archiveName, "archive-user": archiveUser,
            "archive-password-file": archivePasswordFile, "archive-token-file": archiveTokenFile,
            "archive-ca": archiveCa, "client-certificate": clientCertificate, "client-key": clientKey,
        ]
    }
}

/// What is asked about who gives out identifiers.
struct IdentifierAnswers: ParsableArguments {
    @Option(help: help("HL7 namespace of patient numbers, such as HOSP; needed.", "name")) var patientNamespace: String?
    @Option(help: help("FHIR system of the same numbers; needed.", "uri")) var patientSystem: String?
    @Option(help: help("HL7 namespace of placer order numbers, such as HIS.", "name")) var placerNamespace: String?
    @Option(help: help("FHIR system of the same numbers.", "uri")) var placerSystem: String?
    @Option(help: help("HL7 namespace of filler order and accession numbers, such as RIS.", "name"))
    var fillerNamespace: String?
    @Option(help: help("FHIR system of the same numbers.", "uri")) var fillerSystem: String?

    var given: [String: String?] {
        [
            "patient-namespace": patientNamespace, "patient-system": patientSystem,
            "placer-namespace": placerNamespace, "placer-system": placerSystem,
            "filler-namespace": fillerNamespace, "filler-system": fillerSystem,
        ]
    }
}

/// What is asked about listeners, senders and delivery.
struct ListenerAnswers: ParsableArguments {
    @Option(help: help("Name of the sender of orders (default: his).", "name")) var source: String?
    @Option(help: help("Address for orders (default: 127.0.0.1); another one needs TLS.", "host")) var mllpHost: String?
    @Option(help: help("Port for orders by MLLP (default: 2575).", "port")) var mllpPort: String?
    @Option(help: help("Certificate of that listener.", "file"), completion: .file()) var tlsCertificate: String?
    @Option(help: help("Its private key.", "file"), completion: .file()) var tlsKey: String?
    @Option(help: help("Authority whose client certificates it demands.", "file"), completion: .file())
    var clientCa: String?
    @Option(help: help("Port for health and metrics (default: 9090).", "port")) var adminPort: String?
    @Option(help: help("Port on which the EHR may announce studies; makes a secret for it.", "port"))
    var fhirPort: String?
    @Option(help: help("Zone of times without one: Z, +01:00, Europe/Berlin (default: this machine's).", "zone"))
    var timeZone: String?
    @Option(help: help("Use these mappings where they are instead of a copy.", "folder"), completion: .directory)
    var mappings: String?
    @Option(
        help: help("shadow composes reports and keeps them, on sends them (default: shadow).", "mode"),
        completion: .list(["shadow", "on"]))
    var delivery: String?

    var given: [String: String?] {
        [
            "source": source, "mllp-host": mllpHost, "mllp-port": mllpPort, "tls-certificate": tlsCertificate,
            "tls-key": tlsKey, "client-ca": clientCa, "admin-port": adminPort, "fhir-port": fhirPort,
            "time-zone": timeZone, "mappings": mappings, "delivery": delivery,
        ]
    }
}
