import Testing

@testable import Workflow

/// One cell of the table in design §4, in its own words, and what the machine does there.
struct DrawnCell: Sendable, CustomTestStringConvertible {
    let row: String
    let column: String
    let words: String
    let event: OrderEvent
    let states: [OrderState]
    var standing = ReportStanding.none
    var retraction = RetractionPolicy.keep
    /// `-` changes nothing; `.` stays in its state; `*` looks at it at once, `!` withdraws what has not gone out,
    /// `^` retracts what went out, `~` composes anew.
    let expected: String

    var testDescription: String { "\(row) | \(column): \"\(words)\"" }
}

/// The state × event table, written out once more so that a change of the machine is a change here.
@Suite("The life of an order is the table of design §4")
struct OrderStateTests {
    static let before: [OrderState] = [.accepted, .waiting]

    static let drawing: [DrawnCell] =
        drawn("NW again (same content)", .newAgain, ["no change", "no change", "no change"], ["-", "-", "-", "-"])
        + drawn(
            "XO / RP, patient or study unchanged", .updated,
            ["fields updated", "recomposed", "new version if the content changes", "recorded only"],
            [".*", "accepted*!~", "accepted*!~", "-"])
        + drawn(
            "XO, patient changes", .identityChanged,
            [
                "matched again", "matched again, recomposed", "wrong patient → entered-in-error and anew",
                "entered-in-error for ours only, alarm",
            ], ["accepted*!^", "accepted*!^~", "accepted*!^~", "parked!^"])
        + drawn(
            "merge, patient changes", .merged,
            ["matched again", "matched again, recomposed", "moved if the EHR merged", "moves with the EHR's"],
            [".*", "accepted*!~", "accepted*!~", "-"])
        + drawn(
            "CA / DC / OC", .cancelled,
            ["cancelled", "cancelled, outbox withdrawn", "by policy: keep (default)", "recorded only"],
            ["cancelled!", "cancelled!", "-", "-"])
        + drawn(
            "CA / DC / OC", .cancelled, retraction: .enteredInError,
            ["cancelled", "cancelled, outbox withdrawn", "by policy: entered-in-error", "recorded only"],
            ["cancelled!^", "cancelled!^", "cancelled!^", "-"])
        + drawn("HD", .held, ["held", "held", "recorded", "recorded"], ["held", "held!", "-", "-"])
        + drawn("RL, not held", .released, ["released", "released", "recorded", "recorded"], ["-", "-", "-", "-"])
        + drawn(
            "new or late images", .studyAnnounced,
            ["run again", "run again", "new version", "recorded, monitored"],
            [".*", "accepted*!~", "accepted*!~", "-"])
        + [
            DrawnCell(
                row: "RL", column: "held", words: "released", event: .released, states: [.held],
                expected: "accepted*"),
            DrawnCell(
                row: "CA before the order", column: "before compose", words: "tombstone: the later NW is cancelled",
                event: .newAgain, states: [.cancelled], expected: "-"),
            DrawnCell(
                row: "RP", column: "cancelled", words: "opens it anew", event: .reopened, states: [.cancelled],
                expected: "accepted*"),
            DrawnCell(
                row: "images", column: "cancelled", words: "images are recorded only", event: .studyAnnounced,
                states: [.cancelled], expected: "-"),
            DrawnCell(
                row: "XO / RP", column: "notApplicable", words: "routed again", event: .updated,
                states: [.notApplicable], expected: "accepted*"),
            DrawnCell(
                row: "XO, RP, merge, RL, new images, retry", column: "parked", words: "evaluate it again from accept",
                event: .updated, states: [.parked], expected: "accepted*!"),
            DrawnCell(
                row: "CA", column: "parked", words: "CA cancels", event: .cancelled, states: [.parked],
                expected: "cancelled!"),
        ]
        + [OrderEvent.merged, .released, .studyAnnounced, .retryRequested].map { event in
            DrawnCell(
                row: event.rawValue, column: "parked", words: "evaluate it again from accept", event: event,
                states: [.parked], expected: "accepted*!")
        }

    private static func drawn(
        _ row: String, _ event: OrderEvent, retraction: RetractionPolicy = .keep, _ words: [String],
        _ expected: [String]
    ) -> [DrawnCell] {
        let columns: [(String, [OrderState], ReportStanding)] = [
            ("before compose", before, .none), ("composed, not delivered", [.composed], .none),
            ("delivered (AI result only)", [.delivered], .preliminary),
            ("a person's final exists", [.delivered], .final),
        ]
        return columns.enumerated().map { index, column in
            DrawnCell(
                row: row, column: column.0, words: index < words.count ? words[index] : "never", event: event,
                states: column.1, standing: column.2, retraction: retraction, expected: expected[index])
        }
    }

    @Test("Each cell of the drawing is what the machine does", arguments: drawing)
    func cell(_ cell: DrawnCell) {
        for state in cell.states {
            let transition = state.transition(on: cell.event, standing: cell.standing, retraction: cell.retraction)
            let expected = cell.expected.first == "." ? state.rawValue + cell.expected.dropFirst() : cell.expected
            #expect(Self.text(transition) == expected, "\(state) on \(cell.event)")
        }
    }

    // MARK: - The whole machine

    static let columns: [OrderEvent] = [
        .newAgain, .updated, .identityChanged, .merged, .cancelled, .held, .released, .reopened, .unclaimed,
        .conflicted, .studyAnnounced, .examCompleted, .retryRequested, .resolved, .imagesMissing, .composed, .delivered,
        .parked,
    ]

    /// Nothing is out; a delivered order has its preliminary report out.
    static let table: [(OrderState, String)] = [
        (
            .accepted,
            "- accepted* accepted*!^ accepted* cancelled! held - - notApplicable! parked! accepted* accepted* accepted* - waiting composed - parked!"
        ),
        (
            .waiting,
            "- waiting* accepted*!^ waiting* cancelled! held - - notApplicable! parked! waiting* waiting* accepted* - waiting composed - parked!"
        ),
        (.held, "- held held!^ held cancelled! - accepted* - notApplicable! parked! - - - - - - - -"),
        (
            .composed,
            "- accepted*!~ accepted*!^~ accepted*!~ cancelled! held! - - notApplicable! parked! accepted*!~ - - - - - delivered parked!"
        ),
        (.delivered, "- accepted*!~ accepted*!^~ accepted*!~ - - - - parked! parked! accepted*!~ - - - - - - -"),
        (.notApplicable, "- accepted* accepted* notApplicable cancelled! - - - - - - - - - - - - -"),
        (
            .parked,
            "- accepted*! accepted*!^ accepted*! cancelled! held! accepted*! - notApplicable! - accepted*! accepted*! accepted*! cancelled! - - - -"
        ),
        (.cancelled, "- - - cancelled - - - accepted* - - - - - - - - delivered -"),
    ]

    /// What is different where something is out already: of an order that runs again, is held or waits for a person.
    static let differences: [(ReportStanding, RetractionPolicy, [OrderState], [OrderEvent: String])] = [
        (
            .preliminary, .keep, [.accepted, .waiting, .held, .composed],
            [.cancelled: "delivered!", .unclaimed: "parked!"]
        ),
        (.preliminary, .keep, [.parked], [.cancelled: "delivered!", .unclaimed: "parked!", .resolved: "delivered!"]),
        (
            .preliminary, .enteredInError, [.accepted, .waiting, .held, .composed],
            [.cancelled: "cancelled!^", .unclaimed: "parked!"]
        ),
        (.preliminary, .enteredInError, [.delivered], [.cancelled: "cancelled!^"]),
        (
            .final, .enteredInError, [.accepted, .waiting, .held],
            [.cancelled: "delivered!", .unclaimed: "parked!", .identityChanged: "parked!^"]
        ),
        (
            .final, .keep, [.composed],
            [
                .updated: "-", .merged: "-", .studyAnnounced: "-", .cancelled: "delivered!", .unclaimed: "parked!",
                .identityChanged: "parked!^",
            ]
        ),
        (
            .final, .enteredInError, [.delivered],
            [.updated: "-", .merged: "-", .studyAnnounced: "-", .unclaimed: "-", .identityChanged: "parked!^"]
        ),
        (
            .final, .keep, [.parked],
            [
                .updated: "-", .merged: "-", .studyAnnounced: "-", .cancelled: "delivered!", .unclaimed: "parked!",
                .resolved: "delivered!", .identityChanged: "parked!^",
            ]
        ),
        (.withdrawn, .keep, [.cancelled], [.delivered: "-"]),
        (.withdrawn, .keep, [.accepted, .waiting, .held, .composed, .parked, .notApplicable], [:]),
        (
            .none, .enteredInError, [.accepted, .waiting, .held, .composed, .parked, .notApplicable],
            [.cancelled: "cancelled!^"]
        ),
    ]

    @Test("Each state on each event", arguments: OrderState.allCases)
    func row(_ state: OrderState) throws {
        #expect(Set(Self.columns) == Set(OrderEvent.allCases) && Self.columns.count == OrderEvent.allCases.count)
        let cells = try #require(Self.table.first { $0.0 == state }).1.split(separator: " ")
        #expect(cells.count == Self.columns.count)
        for (event, cell) in zip(Self.columns, cells) {
            #expect(Self.text(state.transition(on: event)) == cell, "\(state) on \(event)")
        }
    }

    @Test("What is out already changes these cells and no others", arguments: differences.indices)
    func standing(_ index: Int) throws {
        let (standing, retraction, states, changed) = Self.differences[index]
        for state in states {
            let cells = try #require(Self.table.first { $0.0 == state }).1.split(separator: " ").map(String.init)
            for (event, cell) in zip(Self.columns, cells) {
                let transition = state.transition(on: event, standing: standing, retraction: retraction)
                #expect(Self.text(transition) == changed[event] ?? cell, "\(state) on \(event), \(standing)")
            }
        }
    }

    static func text(_ transition: OrderTransition?) -> String {
        guard let transition else { return "-" }
        return transition.state.rawValue + (transition.wakes ? "*" : "") + (transition.withdraws ? "!" : "")
            + (transition.retracts ? "^" : "") + (transition.recomposes ? "~" : "")
    }
}
