import ArgumentParser
import Audit
import FHIR
import Foundation
import Gateway
import JSON
import Persistence
import Workflow

/// `audit report`.
struct AuditReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Answers an auditor's question as a page to read, print and sign.",
        discussion: """
            patient: everything that was done with one patient's data, by whom, when, why and how it ended.
            disclosures: accounting of disclosures (45 CFR 164.528), and all other recipients.
            users: what each person, system and this program did; --user tells one of them in full.
            failures: what failed, was refused, or has no recorded end.
            emergencies: overridden controls (break-glass), for review.

            The log is verified first, and its state stands on the report. The question is recorded before anything is \
            read. The page is one file without scripts that any browser shows; --pdf needs the program weasyprint. \
            Files are made readable for their owner only, and never overwritten. Exit code 1: the log is not intact.

            Examples:
              imaging-gateway audit report patient --patient-file patient.txt --html report.html
              imaging-gateway audit report disclosures --patient - --from 2020-11-21 --pdf disclosures.pdf
              imaging-gateway audit report failures --from 2026-11-01
            """)

    @Argument(
        help: "One of \(AuditReport.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(AuditReport.Kind.allCases.map(\.rawValue)))
    var kind: String
    @OptionGroup var given: AuditAccessOptions
    @OptionGroup var patient: AuditPatientOptions
    @Option(
        name: .long,
        help: ArgumentHelp("With users: one account, or 'peer|NAME' or 'service|NAME'.", valueName: "name"))
    var user: String?
    @OptionGroup var period: AuditPeriodOptions
    @OptionGroup var trusted: AuditKeyOptions
    @Option(
        name: .long, help: ArgumentHelp("Writes the page to this new file.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?
    @Option(
        name: .long, help: ArgumentHelp("Writes the page as PDF to this new file.", valueName: "file"),
        completion: .file(extensions: ["pdf"]))
    var pdf: String?

    func validate() throws {
        guard let kind = AuditReport.Kind(rawValue: kind) else {
            throw ValidationError(
                "reports are \(AuditReport.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard kind != .patient || patient.isGiven else { throw ValidationError("say of whom: --patient") }
        guard user == nil || kind == .users else { throw ValidationError("--user goes with users") }
    }

    func run() async throws {
        guard let kind = AuditReport.Kind(rawValue: kind) else { throw ExitCodes.usage }
        let (period, zone) = (try period.period(), try period.reportZone())
        let subject = try patient.subject()
        var isIntact = true
        try await withAuditor(given) { session in
            try session.know(subject)
            if pdf != nil { _ = try AuditPDF.program() }
            let report = try await report(kind, about: subject, period, zone, session)
            isIntact = report.log.isIntact && !report.accesses.contains(where: \.isUnreadable)
            try write(report)
        }
        guard isIntact else { throw ExitCodes.found }
    }

    private func report(
        _ kind: AuditReport.Kind, about subject: Subject?, _ period: ReportPeriod, _ zone: ReportZone,
        _ session: AuditSession
    ) async throws -> AuditReport {
        let store = session.installation.store
        let subjects = subject.map { [$0] } ?? []
        let records = session.reading("audit.report.\(kind.rawValue)", about: subjects, filters: filters)
        let reading = try await store.record(records).first
        // Ends that came after the period belong to what began in it.
        let query = AuditQuery(
            subjects: subjects, includesCorrelated: true, includesUnreadable: true,
            from: period.from.map(Timestamp.init),
            until: period.until.map { Timestamp($0) + .seconds(86_400) },
            principal: user.map(AuditSelectionOptions.principal))
        var gathering = AccessGathering(kind, period: period)
        try await store.auditEntries(query, reading: []) { try gathering.add($0) }
        // After the reading was recorded, so that the state on the report covers it.
        let key = try trusted.publicKey(session.configuration)
        let verified = try AuditLogFile(
            session.folder, archiveFolders: session.configuration.audit.archives
        ).verify(
            key: key.key, outside: session.configuration.checkpointFolders)
        return AuditReport(
            kind,
            question: ReportQuestion(
                subject: subject, user: user, period: period,
                made: FHIRInstant(microsecondsSinceEpoch: SystemClock().now().microseconds), maker: session.principal,
                site: session.configuration.audit.site, reading: reading, zone: zone,
                addresses: session.configuration.peerAddresses),
            log: LogState(verified, keySource: key.source), accesses: gathering.accesses)
    }

    private var filters: [String] {
        [
            patient.isGiven ? "patient" : nil, user.map { _ in "user" }, period.from.map { _ in "from" },
            period.until.map { _ in "until" },
        ].compactMap { $0 }
    }

    private func write(_ report: AuditReport) throws {
        let document = report.document
        if let html { try NewPrivateFile.write(Array(document.html.utf8), to: html) }
        if let pdf { try NewPrivateFile.write(AuditPDF.render(document.html), to: pdf) }
        if given.output.json {
            show(report.json)
        } else if html == nil, pdf == nil {
            print(document.text(columns: Terminal.columns ?? 100), terminator: "")
        } else {
            print("\(report.accesses.count) entries; the log is \(report.log.isIntact ? "intact" : "NOT intact")")
        }
    }
}

extension Configuration {
    /// Where EHR, archives and receivers of results are.
    fileprivate var peerAddresses: [String: String] {
        var addresses: [String: String] = [:]
        for (name, base) in archives.map({ ($0.name, $0.base) }) + [("ehr", ehr.base)] {
            addresses[name] = URLComponents(string: base)?.host
        }
        for result in results { addresses[result.name] = result.address.endpoint.host }
        return addresses
    }
}
