import ArgumentParser
import Audit
import Foundation
import Gateway
import JSON
import Persistence
import Workflow

struct ExportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports", abstract: "Lists, shows, retries and discards copies for research archives.",
        discussion:
            "Runs beside serve, as the operating system's user: that name is in the audit log with each change.",
        subcommands: [List.self, Show.self, Retry.self, Discard.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists copies, newest first, with state, reason and remedy.",
            discussion: """
                No patient data is shown; the audit log has that somebody listed.

                Examples:
                  imaging-gateway exports list --state quarantined
                  imaging-gateway exports list --order 3f0f3a9e-7d52-4a2b-9a63-7f8d4f0d5b1c
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(
            name: .long, help: ArgumentHelp("Only copies in this state; may be repeated.", valueName: "state"),
            completion: .list(ExportJob.State.allCases.map(\.rawValue)))
        var state: [String] = []
        @Option(name: .long, help: ArgumentHelp("Only copies of this order's study.", valueName: "id"))
        var order: String?
        @Option(name: .long, help: ArgumentHelp("At most this many.", valueName: "number"))
        var limit = 1000
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let states = try state.map { name in
                guard let state = ExportJob.State(rawValue: name) else {
                    let known = ExportJob.State.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("unknown state \(name); known are \(known)")
                }
                return state
            }
            try await withExports(options, emergency, output) { installation, access, _ in
                let filter = ExportFilter(states: states, order: order.map { OrderID($0.lowercased()) }, limit: limit)
                let found = try await installation.store.exports(filter)
                var details: AuditDetails = [.command: .code("exports.list"), .count: .count(found.count)]
                if !states.isEmpty { details.set(.filters, .codes(states.map(\.rawValue))) }
                try await access.record([
                    access.trail.reading(.exportRead, role: .operator, subjects: [], details: details)
                ])
                if output.json {
                    show(["exports": .array(found.map { ExportListing($0).summary })])
                } else {
                    for job in found { print(line(job)) }
                    print("\(found.count) copies")
                }
            }
        }

        private func line(_ job: ExportJob) -> String {
            let state = job.state.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
            return "\(job.id.value)  \(state)\(job.destination)  \(job.code ?? "")"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one copy with the UIDs of original and copy; the look is recorded first.",
            discussion: """
                Which original a copy belongs to is identified data; printed as JSON with or without --json.

                Example:
                  imaging-gateway exports show <id> --config gateway.yaml
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The copy's id.")
        var id: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await withExports(options, emergency, output) { installation, access, _ in
                let job = try await find(id, .exportRead, in: installation, access)
                let order = try await installation.store.order(job.order)
                try await access.record([access.trail.operation(.exportRead, on: job, of: order)])
                show(ExportListing(job).details)
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries a quarantined, failed or waiting copy again, by the profile as it is now.",
            discussion: """
                Example:
                  imaging-gateway exports retry <id> --config gateway.yaml
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The copy's id.")
        var id: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await change(id, options, emergency, output, record: .exportRetry) { job, configuration in
                let digest = try configuration.researchProfileDigest(of: job.destination)
                return { $0.retried(profileDigest: digest, now: $1) }
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes a copy that is not to be sent any more; what the archive has of it stays there.",
            discussion: """
                Example:
                  imaging-gateway exports discard <id> --config gateway.yaml
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The copy's id.")
        var id: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await change(id, options, emergency, output, record: .exportDiscard) { _, _ in
                { $0.discarded(now: $1) }
            }
        }
    }
}

/// Runs an operator's command with leave; every record of it is made by `access.trail`.
private func withExports(
    _ options: ConfigurationOptions, _ emergency: EmergencyOptions, _ output: OutputOptions,
    _ body: (Installation, CommandAccess, Configuration) async throws -> Void
) async throws {
    let emergency = try emergency.emergency()
    try await withGatewayErrors(json: output.json) {
        let configuration = try options.load()
        let installation = try Installation(configuration)
        try await installation.withAccess(.operator, configuration, emergency: emergency) { access in
            try await body(installation, access, configuration)
        }
    }
}

/// The copy; that somebody looked for one that is not there is recorded too, without what they typed.
private func find(
    _ id: String, _ event: AuditEventType, in installation: Installation, _ access: CommandAccess
) async throws -> ExportJob {
    guard let job = try await installation.store.export(ExportID(id.lowercased())) else {
        try await access.record([access.trail.service(event, outcome: .minorFailure, code: "export.unknown")])
        throw CommandFailure("export.unknown", "no copy has this id", exit: ExitCodes.found)
    }
    return job
}

/// Applies an operator's change with its audit record in one commit.
private func change(
    _ id: String, _ options: ConfigurationOptions, _ emergency: EmergencyOptions, _ output: OutputOptions,
    record: AuditEventType,
    _ make: (ExportJob, Configuration) throws -> @Sendable (ExportJob, Timestamp) -> ExportJob?
) async throws {
    try await withExports(options, emergency, output) { installation, access, configuration in
        let job = try await find(id, record, in: installation, access)
        let change = try make(job, configuration)
        let order = try await installation.store.order(job.order)
        let (now, trail) = (SystemClock().now(), access.trail)
        let changed = try await installation.store.updateExport(job.id) { job in
            change(job, now).map { ($0, [trail.operation(record, on: $0, of: order)]) }
        }
        guard let changed, change(job, now) != nil else {
            var refused = trail.operation(record, on: job, of: order)
            refused.outcome = .minorFailure
            refused.code = "export.notApplicable"
            try await access.record([refused])
            throw CommandFailure(
                "export.notApplicable", "the copy is \(job.state.rawValue): this command does not apply to it",
                exit: ExitCodes.found)
        }
        if output.json {
            show(ExportListing(changed).summary)
        } else {
            print("\(changed.id.value) is now \(changed.state.rawValue)")
        }
    }
}
