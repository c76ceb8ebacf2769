import Foundation
import MerkleLog
import Persistence
import Sealing
import Workflow

/// Key file, data folder, disk and checkpoint folders, as they are: nothing is made or changed.
struct FolderChecks {
    let configuration: Configuration
    /// Nil when the key file could not be read, which is said elsewhere.
    let keys: KeyRing?

    private var data: String { configuration.data }

    /// Whether a `serve` runs on the data folder.
    var isServed: Bool { FileLock.isServed(configuration.dataFolder) }

    /// Whether an installation is in the data folder already.
    var isInstalled: Bool { FileManager.default.fileExists(atPath: configuration.dataFolder.databasePath) }

    // MARK: - Data folder

    func dataFolder(isServed: Bool) -> CheckItem {
        guard let facts = FileFacts(data) else { return newDataFolder() }
        guard facts.isFolder else {
            return .problem("data", .dataNoFolder, "this path is no folder", remedy: "name another one under `data`")
        }
        guard facts.owner == geteuid() else {
            return .problem(
                "data", .dataNotOwned, "the data folder belongs to another user",
                remedy: "run as its owner, or give it to the user of the gateway with chown -R")
        }
        guard FileFacts.isUsableFolder(data) else {
            return .problem(
                "data", .dataNotWritable, "the data folder cannot be written",
                remedy: "mount its disk for writing, or give its owner the rights with chmod u+rwx")
        }
        if let item = database() { return item }
        guard !facts.isOpenToOthers else {
            return .warning(
                "data", .dataExposed, "others have rights on the data folder",
                remedy: "take them away with chmod 700; `serve` does so too")
        }
        let words = isInstalled ? "readable, and of this key file" : "empty; `serve` makes the installation"
        return .ok("data", isServed ? "\(words); a gateway is serving it now" : words)
    }

    private func newDataFolder() -> CheckItem {
        let parent = URL(fileURLWithPath: data).deletingLastPathComponent().path
        guard FileFacts(parent)?.isFolder == true else {
            return .problem(
                "data", .dataParentMissing, "the folder above the data folder is missing",
                remedy: "make it; `serve` makes the data folder itself")
        }
        guard FileFacts.isUsableFolder(parent) else {
            return .problem(
                "data", .dataNotWritable, "the folder above the data folder cannot be written",
                remedy:
                    "give the gateway's user the right, or make the data folder for it with install -d -m 700 -o USER")
        }
        return .ok("data", "not there yet; `serve` makes it")
    }

    /// What is wrong with the database; nil when nothing is. It is only looked at.
    private func database() -> CheckItem? {
        guard isInstalled, let keys else { return nil }
        do throws(AdapterError) {
            try SQLiteStore.inspect(configuration.dataFolder, keys: keys)
            return nil
        } catch {
            let (message, remedy) = error.storeWords
            return CheckItem("data", .problem, code: error.code, message, remedy: remedy)
        }
    }

    // MARK: - Disk

    func disk() -> CheckItem {
        let folder = FileFacts.nearest(data)
        var information = statvfs()
        guard unsafe statvfs(folder, &information) == 0 else {
            return .problem(
                "disk", .diskUnknown, "the free space of the data folder's disk cannot be read",
                remedy: "check that its disk is mounted")
        }
        let free = Int(information.f_bavail) * Int(information.f_frsize)
        let least = configuration.limits.minimumFreeBytes
        guard free >= least else {
            return .problem(
                "disk", .diskSpace,
                "\(Self.mebibytes(free)) are free, under limits.minimumFreeBytes "
                    + "(\(Self.mebibytes(least))), so the gateway would take no message",
                remedy: "free space, or move the data folder to a larger disk")
        }
        guard free >= 4 * least else {
            return .warning(
                "disk", .diskSpace,
                "only \(Self.mebibytes(free)) are free; under \(Self.mebibytes(least)) the gateway "
                    + "takes no message", remedy: "plan for more space")
        }
        return .ok("disk", "\(Self.mebibytes(free)) free")
    }

    private static func mebibytes(_ bytes: Int) -> String {
        bytes >= 10 << 30 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
    }

    // MARK: - Checkpoints

    func checkpoints() -> [CheckItem] {
        guard !configuration.checkpoints.isEmpty else {
            return [
                .warning(
                    "checkpoints", .checkpointsNone,
                    "no place keeps checkpoints, so an older copy of the data folder could not be told from it",
                    remedy: "name one under `checkpoints`, best on another machine")
            ]
        }
        return configuration.checkpoints.enumerated().compactMap { index, section in
            section.folder.map { checkpoint($0, name: "checkpoints[\(index)]") }
        }
    }

    private func checkpoint(_ folder: String, name: String) -> CheckItem {
        let place = FileFacts.nearest(folder)
        guard let facts = FileFacts(place), facts.isFolder, FileFacts.isUsableFolder(place) else {
            return .problem(
                name, .checkpointsNotWritable, "the folder cannot be written",
                remedy: "mount it for writing and give the gateway's user the rights")
        }
        if let item = otherLog(folder, name: name) { return item }
        if isInstalled, !FileManager.default.fileExists(atPath: "\(folder)/\(PublicKeyFile.name)") {
            return .warning(
                name, .checkpointsKeyMissing, "the log's public key (\(PublicKeyFile.name)) is not in the folder yet",
                remedy: "restart `serve`, which puts it there, or write it with `keys verifier`")
        }
        if facts.device == FileFacts(FileFacts.nearest(data))?.device {
            return .warning(
                name, .checkpointsSameDisk,
                "the folder is on the data folder's disk, so both can be lost or put back "
                    + "together", remedy: "name a folder on another machine, or copy the checkpoints there regularly")
        }
        return .ok(name, "can be written, on another disk than the data")
    }

    /// The folder keeps another log's checkpoints: the key file is not the one of this installation.
    private func otherLog(_ folder: String, name: String) -> CheckItem? {
        guard let keys else { return nil }
        do throws(ConfigurationError) {
            guard let placed = try PublicKeyFile.read("\(folder)/\(PublicKeyFile.name)"), !keys.signsLog(as: placed)
            else {
                return nil
            }
            return .problem(
                name, .checkpointsOtherLog, "the folder keeps the checkpoints of another installation's log",
                remedy: "name the right key file under `keys`, or another folder under `checkpoints`")
        } catch {
            return .configuration(name, error)
        }
    }

    // MARK: - Key file

    /// The key file against the public key in the data folder, which the installation's own keys have signed.
    func keyFile() -> CheckItem {
        guard let keys else { return .ok("keys", "") }
        let placed = try? PublicKeyFile.read("\(configuration.dataFolder.checkpointsPath)/\(PublicKeyFile.name)")
        if let placed, !keys.signsLog(as: placed) {
            return .problem(
                "keys", .otherInstallation, "this key file belongs to another installation than the data folder",
                remedy: "name the key file that this data was written with; without it the data cannot be read")
        }
        return .ok("keys", "private, installation \(keys.installation)")
    }
}

extension AdapterError {
    /// What a code of the store means and what to do, for `check`.
    var storeWords: (message: String, remedy: String) {
        switch code {
        case "store.keysMismatch":
            (
                "the data folder was written with another installation's key file",
                "name the key file that this data was written with; without it the data cannot be read"
            )
        case "store.diskFull": ("the disk of the data folder is full", "free space")
        case "store.locked": ("another process keeps the database busy", "try again")
        case "store.damaged":
            ("the database is damaged", "keep a copy of the folder before anything else, then restore a backup")
        case "store.schemaNewer": ("a newer version of this program wrote the data folder", "run that version")
        case "store.file", "store.cannotOpen", "store.readOnly":
            ("the database cannot be opened for writing", "give the folder and all in it to the gateway's user")
        case "store.inputOutput":
            ("the disk of the data folder reports errors", "look at the machine's log; copy the data")
        default: ("the database cannot be used", "see the code in docs/operate/errors.md")
        }
    }
}
