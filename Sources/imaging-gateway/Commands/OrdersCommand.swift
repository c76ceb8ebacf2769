import ArgumentParser
import Audit
import Foundation
import Gateway
import JSON
import Persistence
import Workflow

struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Lists, shows, retries, resolves and releases orders.",
        discussion:
            "Runs beside serve, as the operating system's user: that name is in the audit log with each change.",
        subcommands: [List.self, Show.self, Retry.self, Resolve.self, Release.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists orders, newest first, with state and reason.",
            discussion: """
                No patient data is shown; the audit log has that somebody listed, by which states, and how many there \
                were.

                Examples:
                  imaging-gateway orders list --state parked
                  imaging-gateway orders list --json | jq '.orders[] | .id + " " + .state'
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(
            name: .long, help: ArgumentHelp("Only orders in this state; may be repeated.", valueName: "state"),
            completion: .list(OrderState.allCases.map(\.rawValue)))
        var state: [String] = []
        @Option(name: .long, help: ArgumentHelp("At most this many.", valueName: "number"))
        var limit = 1000
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let states = try state.map { name in
                guard let state = OrderState(rawValue: name) else {
                    throw ValidationError(
                        "unknown state \(name); known are \(OrderState.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                }
                return state
            }
            try await withOperator(options, emergency, output) { installation, access in
                let found = try await installation.store.orders(OrderFilter(states: states, limit: limit))
                var details: AuditDetails = [.command: .code("orders.list"), .orders: .count(found.count)]
                if !states.isEmpty { details.set(.filters, .codes(states.map(\.rawValue))) }
                try await access.record([
                    access.trail.reading(.orderRead, role: .operator, subjects: [], details: details)
                ])
                if output.json {
                    show(["orders": .array(found.map { OrderListing($0).summary })])
                } else {
                    for order in found { print(line(order)) }
                    print("\(found.count) orders")
                }
            }
        }

        private func line(_ order: StoredOrder) -> String {
            let note =
                order.content.parking.map { "\($0.reason.rawValue) \($0.code ?? "")" }
                ?? order.content.notApplicableReason ?? ""
            return
                "\(order.id.value)  \(order.state.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0))\(note)"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one order with its identifiers; the look is recorded first.",
            discussion: """
                Prints patient identifiers, as JSON with or without --json. The audit log has the look before anything \
                is printed.
                """)

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The order's id.")
        var id: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await withOperator(options, emergency, output) { installation, access in
                let order = try await find(id, .orderRead, in: installation, access)
                try await access.record([access.trail.operation(.orderRead, on: order)])
                show(OrderListing(order).details)
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs a parked or waiting order again from the start.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The order's id.")
        var id: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await change(id, options, emergency, output, event: .retryRequested, record: .orderRetry)
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes a parked order by hand: nothing more is done for it.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The order's id.")
        var id: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await change(id, options, emergency, output, event: .resolved, record: .orderResolve)
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets reports go out that were composed while delivery was in shadow.",
            discussion: """
                Example:
                  imaging-gateway orders release --since 2026-11-21T08:00:00Z
                """)

        @OptionGroup var options: ConfigurationOptions
        @Option(
            name: .long,
            help: ArgumentHelp(
                "Only reports composed at or after this moment, such as 2026-11-21T08:00:00Z.", valueName: "moment"))
        var since: String
        @OptionGroup var emergency: EmergencyOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard let date = ISO8601DateFormatter().date(from: since) else {
                throw ValidationError("--since takes a moment such as 2026-11-21T08:00:00Z")
            }
            try await withOperator(options, emergency, output) { installation, access in
                let moment = Timestamp(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
                let record = access.trail.service(.orderRelease, details: [.since: .moment(moment)])
                let count = try await installation.store.releaseHeld(
                    since: moment, now: SystemClock().now(), records: [record])
                if output.json {
                    show(["released": .number(JSONNumber(count))])
                } else {
                    print("\(count) reports released; they go out while `serve` runs with delivery: on")
                }
            }
        }
    }
}

/// Runs an operator's command with leave; every record of it is made by `access.trail`.
private func withOperator(
    _ options: ConfigurationOptions, _ emergency: EmergencyOptions, _ output: OutputOptions,
    _ body: (Installation, CommandAccess) async throws -> Void
) async throws {
    let emergency = try emergency.emergency()
    try await withGatewayErrors(json: output.json) {
        let configuration = try options.load()
        let installation = try Installation(configuration)
        try await installation.withAccess(.operator, configuration, emergency: emergency) { access in
            try await body(installation, access)
        }
    }
}

/// The order; that somebody looked for one that is not there is recorded too, without what they typed.
private func find(
    _ id: String, _ event: AuditEventType, in installation: Installation, _ access: CommandAccess
) async throws -> StoredOrder {
    guard let order = try await installation.store.order(OrderID(id.lowercased())) else {
        try await access.record([access.trail.service(event, outcome: .minorFailure, code: "order.unknown")])
        throw CommandFailure("order.unknown", "no order has this id", exit: ExitCodes.found)
    }
    return order
}

/// Applies an operator's event with its audit record in one commit.
private func change(
    _ id: String, _ options: ConfigurationOptions, _ emergency: EmergencyOptions, _ output: OutputOptions,
    event: OrderEvent, record: AuditEventType
) async throws {
    try await withOperator(options, emergency, output) { installation, access in
        let order = try await find(id, record, in: installation, access)
        let (now, trail) = (SystemClock().now(), access.trail)
        let changed = try await installation.store.update(order.id) { order in
            order.operated(on: event, now: now).map { ($0, [trail.operation(record, on: $0)]) }
        }
        guard let changed else {
            var refused = trail.operation(record, on: order, code: "order.notApplicable")
            refused.outcome = .minorFailure
            try await access.record([refused])
            throw CommandFailure(
                "order.notApplicable", "the order is \(order.state.rawValue): this command does not apply to it",
                exit: ExitCodes.found)
        }
        if output.json {
            show(OrderListing(changed).summary)
        } else {
            print("\(changed.id.value) is now \(changed.state.rawValue)")
        }
    }
}
