import ArgumentParser
import Audit
import Foundation
import Gateway
import JSON
import MerkleLog
import Persistence
import Workflow

/// `audit watch`.
struct AuditWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follows the log: one line for each thing that somebody should look at.",
        discussion: """
            A line for each failure, refusal, emergency, jump of the clock, restore, change of keys or holds, and as \
            soon as the log contradicts what was seen of it: a record changed, missing or taken back, or a signed \
            checkpoint that tells of other records. No line names a patient. The log is verified as a whole when the \
            watch begins, new records are bound to all that was seen before, and every --recheck what was seen is \
            hashed anew. With --head the watch remembers how far it saw, so that what was changed while nobody watched \
            shows too; keep that file where the operators of the gateway cannot write.

            It ends with exit code 1 as soon as the log is not intact, else runs until it is stopped.

            Examples:
              imaging-gateway audit watch --head /mnt/auditor/head.json
              imaging-gateway audit watch --json | alarm-sender
              imaging-gateway audit watch --begin 0 --once
            """)

    @OptionGroup var given: AuditAccessOptions
    @OptionGroup var trusted: AuditKeyOptions
    @Option(
        name: .long, help: ArgumentHelp("Begins with this record instead of with new ones.", valueName: "number"))
    var begin: UInt64?
    @Flag(name: .long, help: "Ends when everything there is was looked at.")
    var once = false
    @Option(name: .long, help: ArgumentHelp("Remembers how far the log was seen.", valueName: "file"))
    var head: String?
    @Option(name: .long, help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var interval = 1
    @Option(name: .long, help: ArgumentHelp("Seconds between two recounts of what was seen.", valueName: "seconds"))
    var recheck = 600

    func validate() throws {
        guard interval > 0, recheck > 0 else { throw ValidationError("--interval and --recheck take 1 or more") }
    }

    func run() async throws {
        var isBroken = false
        try await withAuditor(given) { session in
            try await session.installation.store.record(session.reading("audit.watch"))
            var follower = try AuditFollower(
                session: session, key: try trusted.publicKey(session.configuration).key, begin: begin,
                head: head.map(WatchedHead.init(path:)), recheck: .seconds(recheck), told: tell)
            repeat {
                try await follower.look()
                if once || follower.watch.isBroken { break }
                try await Task.sleep(for: .seconds(interval))
            } while true
            isBroken = follower.watch.isBroken
            if once, !given.output.json { print("\(follower.watch.frontier.size) records seen") }
        }
        guard !isBroken else { throw ExitCodes.found }
    }

    private func tell(_ alert: WatchAlert) {
        print(
            given.output.json
                ? String(decoding: alert.json.serialized(.compact), as: UTF8.self) : Terminal.safe(alert.text))
        // A pipe gets each line at once.
        fflush(nil)
    }
}
