/// A report: the answer to one question about the log, and the state of the log it rests on. Identified data.
///
/// A pure value: the same leaves, question and state make the same report. It is read as a document or as JSON.
public struct AuditReport: Sendable, CustomStringConvertible, CustomReflectable {
    /// The questions that have a report.
    public enum Kind: String, Sendable, CaseIterable {
        /// Everything that was done with one patient's data.
        case patient
        /// Accounting of disclosures (45 CFR 164.528).
        case disclosures
        /// What each user, system and this program did.
        case users
        /// What failed or was refused.
        case failures
        /// Overridden controls, for review.
        case emergencies

        /// Whether the report tells of this.
        func includes(_ access: ReportedAccess) -> Bool {
            switch self {
            case .patient, .users: true
            case .disclosures: access.isAccess
            case .failures: access.isFailure || access.end == .missing
            case .emergencies: access.isEmergency
            }
        }
    }

    /// Which question.
    public let kind: Kind
    /// What was asked, by whom and when.
    public let question: ReportQuestion
    /// What the log's verification found.
    public let log: LogState
    /// What was done, of the kind that the question asks for, in the order in which it began.
    public let accesses: [ReportedAccess]
    /// The orders by the correlation of their records.
    let orders: [String: ReportedOrder]

    /// The report of a kind over what was gathered.
    public init(_ kind: Kind, question: ReportQuestion, log: LogState, accesses: [ReportedAccess]) {
        self.kind = kind
        self.question = question
        self.log = log
        self.accesses = accesses.filter(kind.includes)
        orders = ReportedOrder.all(in: accesses)
    }

    /// The report laid out for reading.
    public var document: ReportDocument {
        ReportDocument(
            title: title, subtitle: subtitle, notice: Self.notice,
            sections: [head, state] + body + [reading])
    }

    /// Stands on each page.
    static let notice =
        "Demonstration software, not a medical device. Holds patient identifiers: confidential. Made from the audit log."

    /// Kind and size only.
    public var description: String { "AuditReport(\(kind.rawValue), \(accesses.count))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private var body: [ReportDocument.Section] {
        switch kind {
        case .patient: patientSections
        case .disclosures: disclosureSections
        case .users: userSections
        case .failures: failureSections
        case .emergencies: emergencySections
        }
    }

    private var title: String {
        switch kind {
        case .patient: "Who did what with this patient's data"
        case .disclosures: "Accounting of disclosures"
        case .users: "Who used the system"
        case .failures: "What failed or was refused"
        case .emergencies: "Emergency accesses, for review"
        }
    }
}

/// An order as its records name it.
struct ReportedOrder: Sendable, Equatable {
    let id: String
    var accession: String?
    var study: String?

    static func all(in accesses: [ReportedAccess]) -> [String: ReportedOrder] {
        var orders: [String: ReportedOrder] = [:]
        for access in accesses {
            guard let id = access.order else { continue }
            var order = orders[access.correlation] ?? ReportedOrder(id: id)
            order.accession = order.accession ?? access.subjects.first { $0.type == .accession }?.identifier
            order.study = order.study ?? access.subjects.first { $0.type == .study }?.identifier
            orders[access.correlation] = order
        }
        return orders
    }

    /// `0f8c… (accession number A1)`.
    var words: [String] {
        [id, accession.map { "accession number \($0)" } ?? "", study.map { "study \($0)" } ?? ""].filter { !$0.isEmpty }
    }
}
