import Foundation

/// Free space on the disk of a folder: under the limit the gateway stops reading from its peers.
struct FreeSpace: Sendable {
    let folder: String
    let minimumBytes: Int

    var isEnough: Bool {
        var information = statvfs()
        guard unsafe statvfs(folder, &information) == 0 else { return false }
        return Int(information.f_bavail) * Int(information.f_frsize) >= minimumBytes
    }
}
