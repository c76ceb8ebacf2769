import Testing

@testable import Workflow

/// The state × event table, written out once more so that a change of the machine is a change here.
@Suite("Life of an order")
struct OrderStateTests {
    static let columns: [OrderEvent] = [
        .newAgain, .changed, .cancelled, .studyAnnounced, .retryRequested, .resolved, .imagesMissing, .composed,
        .delivered, .parked,
    ]

    /// `-` changes nothing; `!` withdraws what has not gone out; `*` looks at the order at once.
    static let table: [(OrderState, [String])] = [
        (
            .accepted,
            ["-", "parked!", "cancelled!", "accepted*", "accepted*", "-", "waiting", "composed", "-", "parked!"]
        ),
        (
            .waiting,
            ["-", "parked!", "cancelled!", "waiting*", "accepted*", "-", "waiting", "composed", "-", "parked!"]
        ),
        (.held, ["-", "parked!", "cancelled!", "-", "-", "-", "-", "-", "-", "-"]),
        (.composed, ["-", "parked!", "cancelled!", "-", "-", "-", "-", "-", "delivered", "parked!"]),
        (.delivered, ["-", "parked!", "-", "-", "-", "-", "-", "-", "-", "-"]),
        (.notApplicable, ["-", "-", "cancelled!", "-", "-", "-", "-", "-", "-", "-"]),
        (.parked, ["-", "-", "cancelled!", "accepted*", "accepted!*", "cancelled!", "-", "-", "-", "-"]),
        (.cancelled, ["-", "-", "-", "-", "-", "-", "-", "-", "delivered", "-"]),
    ]

    @Test("Each cell of the table is what the machine does")
    func everyCell() {
        #expect(Self.table.map(\.0) == OrderState.allCases.sorted { order(of: $0) < order(of: $1) })
        #expect(Set(Self.columns) == Set(OrderEvent.allCases))
        for (state, cells) in Self.table {
            for (event, cell) in zip(Self.columns, cells) {
                #expect(text(state.transition(on: event)) == cell, "\(state) on \(event)")
            }
        }
    }

    private func order(of state: OrderState) -> Int { Self.table.firstIndex { $0.0 == state } ?? -1 }

    private func text(_ transition: OrderTransition?) -> String {
        guard let transition else { return "-" }
        return transition.state.rawValue + (transition.withdraws ? "!" : "") + (transition.wakes ? "*" : "")
    }
}
