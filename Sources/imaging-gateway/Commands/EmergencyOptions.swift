import ArgumentParser
import Gateway

/// `--break-glass` and `--ticket`, for commands that read patient data or the audit log.
struct EmergencyOptions: ParsableArguments {
    @Option(
        name: .customLong("break-glass"),
        help: ArgumentHelp(
            """
            Override the lists under access in an emergency: \
            \(Emergency.Reason.allCases.map(\.rawValue).joined(separator: ", ")). Recorded with purpose BTG, raises an \
            alarm, is reviewed later.
            """, valueName: "reason"),
        completion: .list(Emergency.Reason.allCases.map(\.rawValue)))
    var breakGlass: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --break-glass: the ticket in which the reason is told; letters, digits, hyphens.", valueName: "id"))
    var ticket: String?

    /// The emergency that was declared, if one was.
    func emergency() throws -> Emergency? {
        guard let breakGlass else {
            guard ticket == nil else { throw ValidationError("--ticket needs --break-glass") }
            return nil
        }
        guard let reason = Emergency.Reason(rawValue: breakGlass) else {
            let known = Emergency.Reason.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--break-glass takes one of \(known)")
        }
        guard let emergency = Emergency(reason: reason, ticket: ticket) else {
            throw ValidationError("--ticket takes 1 to 40 letters, digits and hyphens")
        }
        return emergency
    }

    func validate() throws { _ = try emergency() }
}
