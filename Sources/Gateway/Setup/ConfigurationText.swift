/// The commented configuration file that `init` writes.
///
/// A line that begins with `# ` explains. A setting with `#` right before it is off, and shows its default or an
/// example: taking the `#` away turns it on.
struct ConfigurationText {
    let answers: SetupAnswers

    var text: String {
        [head, places, assigners, listeners, sources, ehr, archives, pace].joined(separator: "\n")
    }

    private var head: String {
        """
        # Configuration of imaging-gateway, made by `imaging-gateway init`.
        #
        # Lines like this one explain. A setting with a # right before it is off and shows its default or an example:
        # take the # away to turn it on. Unknown keys are refused. All keys: docs/operate/configuration.md.
        # Relative paths count from this file's folder. Durations are written 500ms, 5s, 10m, 72h, 30d.
        #
        # After a change: `imaging-gateway check --config` with this file, then restart `serve`. Mapping and TLS files are
        # read again on SIGHUP.

        """
    }

    private var places: String {
        """
        # Orders, reports and the audit log, sealed. `serve` makes the folder; only the gateway may change what is in
        # it.
        data: ./data

        # The keys of this installation, mode 0600. KEEP A COPY AWAY FROM THE DATA: without it the data cannot be read.
        keys: ./keys.yaml

        # How messages are read and which orders are for which model. Yours to edit; see its README.md.
        mappings: \(answers.mappings.map(Self.quoted) ?? "./mappings")

        # Signed checkpoints of the audit log: they show that the data folder was not put back to an older copy. They do
        # so only from another machine: mount one here, or copy the folder there regularly.
        checkpoints:
          - {folder: ./checkpoints}

        # Other models than the bundled one, which is a demonstration; mode: shadow records what one says, and no more.
        #models: [{folder: ./model, sha256: "0000000000000000000000000000000000000000000000000000000000000000"}]

        # shadow: orders are analysed and reports composed, but nothing is written to the EHR. on: reports go out.
        delivery: \(answers.delivery == .on ? "on" : "shadow")

        """
    }

    private var assigners: String {
        var lines = [
            "# Who gives out identifiers, and what the three standards call each: HL7 v2 namespaces and OIDs, the FHIR",
            "# system, DICOM issuers. An identifier of an assigner that is not named here is equal to none: its order is",
            "# parked.",
            "assigners:",
            "  # Patient numbers: PID-3, Patient.identifier, Patient ID.",
            Self.assigner("hospital", answers.patientNamespace, answers.patientSystem, dicom: true),
        ]
        if let namespace = answers.placer {
            // One system may assign both numbers, and accession numbers with them.
            let isFiller = namespace == answers.fillerNamespace
            lines += [
                "  # Placer order numbers: ORC-2.",
                Self.assigner(
                    "placer", namespace, answers.placerSystem ?? (isFiller ? answers.fillerSystem : nil),
                    dicom: isFiller),
            ]
        }
        if let namespace = answers.filler {
            lines += [
                "  # Filler order numbers and accession numbers: ORC-3, Accession Number.",
                Self.assigner("filler", namespace, answers.fillerSystem, dicom: true),
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var listeners: String {
        let fhirTLS =
            if let certificate = answers.tlsCertificate, let key = answers.tlsKey {
                """
                \n    # As for MLLP.
                    tls:
                      certificate: \(Self.quoted(certificate))
                      key: \(Self.quoted(key))
                      \(Self.setting("clientCA", answers.clientCA, example: "./certificates/senders.pem"))
                """
            } else { "" }
        let tls =
            if let certificate = answers.tlsCertificate, let key = answers.tlsKey {
                """
                      tls:
                        certificate: \(Self.quoted(certificate))
                        key: \(Self.quoted(key))
                        # With it every sender must present a certificate of this authority.
                        \(Self.setting("clientCA", answers.clientCA, example: "./certificates/senders.pem"))
                """
            } else {
                "      #tls: {certificate: ./certificates/gateway.pem, key: ./certificates/gateway.key}"
            }
        let fhir =
            if let port = answers.fhirPort {
                """
                  # The EHR may announce studies here: POST /fhir/ImagingStudy with the secret as `Authorization:
                  # Bearer`.
                  fhir:
                    host: \(Self.quoted(answers.mllpHost))
                    port: \(port)
                    secretFile: ./hook.secret\(fhirTLS)
                """
            } else {
                """
                  # Where the EHR may announce studies (FHIR ImagingStudy). The file holds a secret of 16 characters or
                  # more.
                  #fhir: {host: 127.0.0.1, port: 8080, secretFile: ./hook.secret}
                """
            }
        return """
            # What others connect to. A listener without TLS binds this machine only.
            listeners:
              # Orders by HL7 v2 (MLLP). `source` names who sends here; its rules stand under `sources`.
              mllp:
                - host: \(Self.quoted(answers.mllpHost))
                  port: \(answers.mllpPort)
                  source: \(Self.quoted(answers.source))
            \(tls)
            \(fhir)
              # Health and metrics, without patient data, on this machine only.
              admin: {host: 127.0.0.1, port: \(answers.adminPort)}

            """
    }

    private var sources: String {
        """
        # Who sends orders, and how their messages are read. Try it with `imaging-gateway map test FILE.hl7`.
        sources:
          \(Self.quoted(answers.source)):
            # A file of the folder `mappings`: default is orders/default.yaml.
            mapping: default
            # For times in messages that name no zone.
            timeZone: \(Self.quoted(answers.timeZone))
            # Meant where an identifier names no namespace.
            defaultAssigner: hospital
            # Where MSH-18 is empty.
            #characterSet: 8859/1
            # The only MSH-11 that is taken: P is production, T is test.
            processingID: P

        """
    }

    private var ehr: String {
        """
        # Where reports go, and where patients and orders are looked up. Nothing outside this base is ever asked.
        ehr:
          fhir:
            base: \(Self.quoted(answers.ehr.base))
        \(peer(answers.ehr, indent: "    "))
            # Meant where an identifier names no system.
            defaultAssigner: hospital
            # Who answers for the reports: a name, or a reference such as Organization/radiology.
            \(Self.setting("organization", answers.ehrOrganization, example: "Organization/radiology"))
            # The largest heat map inside a report; 0 sends none.
            #maxPictureBytes: 1048576

        """
    }

    private var archives: String {
        """
        # Where images come from.
        archives:
          - name: \(Self.quoted(answers.archiveName))
            base: \(Self.quoted(answers.archive.base))
        \(peer(answers.archive, indent: "    "))
            # Meant where a study names no issuer.
            defaultAssigner: hospital
            # A study is complete when its number of instances did not change for this long.
            #settleTime: 60s

        """
    }

    private var pace: String {
        """
        # Receivers of results by HL7 v2 (ORU^R01), beside the FHIR endpoint.
        #results: [{name: wards, host: 127.0.0.1, port: 2577, application: EHR, facility: HOSP, pictures: none}]

        # Messages that come as files, beside MLLP: *.hl7 and *.xml.
        #feeds: {files: [{folder: ./spool, source: \(Self.quoted(answers.source)), poll: 5s}]}

        # What a cancellation does to a report that went out: keep or withdraw.
        #orders: {afterDelivery: keep}

        # How images that are not there yet are waited for.
        #waiting: {firstPoll: 30s, maxInterval: 15m, giveUpAfter: 30d, noticeWait: 1d}

        # How long a peer that does not answer is tried.
        #retry: {maxAge: 72h, maxInterval: 5m}

        # What others may ask of the gateway. Under minimumFreeBytes on the data folder's disk it takes no message.
        #limits: {minimumFreeBytes: 268435456, mllpFrameBytes: 16777216, mllpConnections: 256, workers: 2}

        """
    }

    // MARK: - Parts

    private func peer(_ peer: SetupAnswers.PeerAnswers, indent: String) -> String {
        var lines: [String] = []
        if let user = peer.user, let file = peer.passwordFile {
            lines.append("auth: {type: basic, user: \(Self.quoted(user)), passwordFile: \(Self.quoted(file))}")
        } else if let file = peer.tokenFile {
            lines.append("auth: {type: bearer, tokenFile: \(Self.quoted(file))}")
        } else {
            lines.append("#auth: {type: bearer, tokenFile: ./token}")
        }
        var tls: [String] = []
        if let ca = peer.ca { tls.append("ca: \(Self.quoted(ca))") }
        if let certificate = answers.clientCertificate, let key = answers.clientKey {
            tls += ["certificate: \(Self.quoted(certificate))", "key: \(Self.quoted(key))"]
        }
        if peer.base.lowercased().hasPrefix("https:") {
            lines.append("# Which authority is believed; without `ca` those that this system believes.")
            lines.append("tls: {\(tls.joined(separator: ", "))}")
        } else {
            lines.append("#tls: {ca: ./certificates/authority.pem}")
        }
        return lines.map { indent + $0 }.joined(separator: "\n")
    }

    /// A setting that was answered, or that is off with an example.
    private static func setting(_ key: String, _ value: String?, example: String) -> String {
        value.map { "\(key): \(quoted($0))" } ?? "#\(key): \(example)"
    }

    private static func assigner(_ name: String, _ namespace: String, _ system: String?, dicom: Bool) -> String {
        var parts = ["hl7: [\(quoted(namespace))]"]
        if let system { parts.append("fhir: \(quoted(system))") }
        if dicom { parts.append("dicom: [\(quoted(namespace))]") }
        return "  \(name): {\(parts.joined(separator: ", "))}"
    }

    /// A YAML scalar: a plain word where it can be nothing else, any other text in double quotes.
    static func quoted(_ text: String) -> String {
        let isWord = text.wholeMatch(of: /[A-Za-z][A-Za-z0-9_.\/-]*/) != nil
        let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        guard !isWord || words.contains(text.lowercased()) else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension SetupAnswers {
    /// The placer's namespace where it is one of its own.
    fileprivate var placer: String? { placerNamespace.flatMap { $0 == patientNamespace ? nil : $0 } }
    /// The filler's, likewise.
    fileprivate var filler: String? { fillerNamespace.flatMap { [patientNamespace, placer].contains($0) ? nil : $0 } }
}
