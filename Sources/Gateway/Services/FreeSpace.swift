import Foundation

/// Whether work may be taken: free space on the disk of a folder, and no rule that closed the intake. Otherwise the
/// gateway stops reading from its peers.
struct FreeSpace: Sendable {
    let folder: String
    let minimumBytes: Int
    var gate: IntakeGate?

    var isEnough: Bool { trouble == nil }

    /// Why nothing is taken: `disk.full` or the gate's code.
    var trouble: String? {
        if let code = gate?.closedBy { return code }
        var information = statvfs()
        guard unsafe statvfs(folder, &information) == 0 else { return "disk.full" }
        let isEnough = Int(information.f_bavail) * Int(information.f_frsize) >= minimumBytes
        return isEnough ? nil : "disk.full"
    }
}
