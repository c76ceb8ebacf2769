/// ORC-1, table 0119, as of versions 2.3.1 to 2.8.
public enum OrderControl: String, Sendable, Hashable, CaseIterable {
    case AF, CA, CH, CN, CP, CR, DC, DE, DF, DR, FU, HD, HR, LI, MC, NA, NW, OC, OD, OE, OF, OH, OK, OP, OR, PA, PR,
        PY, RE, RF, RL, RO, RP, RQ, RR, RU, SC, SN, SR, SS, UA, UC, UD, UF, UH, UM, UN, UR, UX, XO, XR, XX

    /// What the code means to the receiver of an order feed.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// A new order, a refill or a child of one.
        case new
        /// The order is to be, or was, cancelled or discontinued.
        case cancel
        case change
        /// The order takes the place of another one.
        case replace
        case hold
        case release
        /// A status or result of an order that is known (ORC-5 says which).
        case status
        /// An answer to a request of ours, or a question: no order.
        case conversation
    }

    /// What the receiver is to do.
    public var action: Action {
        switch self {
        case .NW, .CH, .PA, .AF, .RF, .LI, .CN, .PR, .PY, .MC: .new
        case .CA, .DC, .OC, .OD, .CR, .DR: .cancel
        case .XO, .XX, .XR: .change
        case .RP, .RO, .RQ, .RU: .replace
        case .HD, .HR, .OH: .hold
        case .RL, .OE, .OR: .release
        case .SC, .SR, .RE, .NA, .OK, .FU, .OP, .CP: .status
        case .DE, .DF, .OF, .RR, .SN, .SS, .UA, .UC, .UD, .UF, .UH, .UM, .UN, .UR, .UX: .conversation
        }
    }

    /// Whether the order is to be, or was, cancelled.
    public var isCancellation: Bool { action == .cancel }

    /// Whether the message alters an order that may be under way: changed, replaced, held or released.
    public var isChange: Bool {
        switch action {
        case .change, .replace, .hold, .release: true
        case .new, .cancel, .status, .conversation: false
        }
    }
}
