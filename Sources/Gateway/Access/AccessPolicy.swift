public import Audit

/// Which accounts of the operating system may use commands that read patient data or the audit log (`access`).
///
/// A list that is absent lets in everybody who can read the key file. It binds the commands of this program, not who can
/// read key file and data folder with other means.
public struct AccessPolicy: Sendable, Equatable {
    /// Accounts that may look at orders and change them; nil for everybody.
    public var operators: [String]?
    /// Accounts that may read the audit log; nil for everybody.
    public var auditors: [String]?

    public init(operators: [String]? = nil, auditors: [String]? = nil) {
        self.operators = operators
        self.auditors = auditors
    }

    /// What `access` says; without that section everybody is let in.
    public init(_ section: AccessSection?) {
        self.init(operators: section?.operators, auditors: section?.auditors)
    }

    /// Whether the account may act in this role; no list grants any other role.
    public func permits(_ role: Role, to account: String) -> Bool {
        let accounts: [String]?
        switch role {
        case .operator: accounts = operators
        case .auditor: accounts = auditors
        default: accounts = []
        }
        return accounts.map { $0.contains(account) } ?? true
    }
}
