/// Where the pretend hospital listens and whom it talks to; everything on loopback.
public struct SandboxSettings: Sendable {
    /// FHIR under `/fhir`, the web page under `/`.
    public var ehrPort: Int
    /// DICOMweb under `/dicom-web`.
    public var archivePort: Int
    /// Where results come in by HL7 v2 (ORU^R01 over MLLP).
    public var resultPort: Int
    /// Where the gateway takes orders.
    public var gatewayPort: Int
    public var tls: SandboxTLS?
    /// Makes names, numbers and images; the same seed makes the same hospital.
    public var seed: UInt64
    /// Whether the gateway is set up to send results by HL7 v2 as well, so that a scenario expects them.
    public var expectsResults: Bool

    public init(
        ehrPort: Int, archivePort: Int, resultPort: Int, gatewayPort: Int, tls: SandboxTLS? = nil, seed: UInt64,
        expectsResults: Bool = false
    ) {
        self.ehrPort = ehrPort
        self.archivePort = archivePort
        self.resultPort = resultPort
        self.gatewayPort = gatewayPort
        self.tls = tls
        self.seed = seed
        self.expectsResults = expectsResults
    }

    private var scheme: String { tls == nil ? "http" : "https" }
    /// The FHIR service base.
    public var ehrBase: String { "\(page)/fhir" }
    /// The pretend EHR's web page.
    public var page: String { "\(scheme)://127.0.0.1:\(ehrPort)" }
    /// The DICOMweb service root.
    public var archiveBase: String { "\(scheme)://127.0.0.1:\(archivePort)/dicom-web" }

    /// What stands in a gateway's configuration so that it sends its results here by HL7 v2.
    public var resultsSection: String {
        let tls =
            tls.map { files in
                "\n    tls: {ca: \"\(files.authority)\", certificate: \"\(files.clientCertificate)\","
                    + " key: \"\(files.clientKey)\"}"
            } ?? ""
        return """
            results:
              - name: wards
                host: 127.0.0.1
                port: \(resultPort)
                application: EHR
                facility: \(Hospital.patientNamespace)
                pictures: PNG\(tls)

            """
    }

    /// What `imaging-gateway init` is told of this hospital.
    public var initArguments: [String] {
        var arguments = [
            "--ehr", ehrBase, "--ehr-organization", "Pretend Hospital",
            "--archive", archiveBase, "--archive-name", "archive",
            "--patient-namespace", Hospital.patientNamespace, "--patient-system", Hospital.patientSystem,
            "--placer-namespace", Hospital.placerNamespace, "--placer-system", Hospital.placerSystem,
            "--filler-namespace", Hospital.fillerNamespace, "--filler-system", Hospital.fillerSystem,
            "--mllp-port", "\(gatewayPort)",
        ]
        if let tls {
            arguments += [
                "--ehr-ca", tls.authority, "--archive-ca", tls.authority,
                "--client-certificate", tls.clientCertificate, "--client-key", tls.clientKey,
                "--tls-certificate", tls.serverCertificate, "--tls-key", tls.serverKey, "--client-ca", tls.authority,
            ]
        }
        return arguments
    }
}
