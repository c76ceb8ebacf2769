import Logging
import ServiceLifecycle
import Workflow

/// Takes the messages that a source leaves as files: `*.hl7` and `*.xml`, one message or batch each, in the order of
/// their names.
///
/// A file is moved only after its message is stored. If the gateway ends in between, the file is read again, and the
/// store answers what it answered before.
struct FileFeed: Service {
    /// Files taken in one look at the folder.
    static let filesPerSweep = 1000
    static let maxPause = Duration.seconds(300)

    /// Its place in the configuration, such as `feeds.files[0]`.
    let name: String
    let folder: FeedFolder
    let gate: MessageGate
    let poll: Duration
    let limit: Int
    let refusals: RefusalLog
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var trouble: String?
            var pause = poll
            while !Task.isCancelled {
                let code = await sweep()
                // One line for each change, and no hurry while there is nothing that can be done.
                if let code, code != trouble {
                    logger.error("files are not taken", metadata: ["feed": "\(name)", "code": "\(code)"])
                } else if code == nil, trouble != nil {
                    logger.notice("files are taken again", metadata: ["feed": "\(name)"])
                }
                trouble = code
                pause = code == nil ? poll : min(pause * 2, max(poll, Self.maxPause))
                try? await clock.sleep(for: pause)
            }
        }
    }

    /// Takes what waits; the code of what stopped it, if something did.
    func sweep() async -> String? {
        guard folder.prepare(), let files = folder.waiting(limit: Self.filesPerSweep) else {
            metrics.count(.failures, label: "feed.folder")
            return "feed.folder"
        }
        for file in files {
            if Task.isCancelled { return nil }
            if let code = await take(file) { return code }
        }
        return nil
    }

    /// Takes one file; the code of what stopped it. One that cannot be read now stays, and those after it wait: their
    /// order counts.
    func take(_ file: String) async -> String? {
        let answer: FeedAnswer
        switch folder.read(file, limit: limit) {
        case .tooLarge: answer = .refused(code: "feed.fileTooLarge")
        case .unreadable: answer = .refused(code: "feed.unreadable")
        case .gone: return nil
        case .notNow:
            metrics.count(.failures, label: "feed.read")
            return "feed.read"
        case .bytes(let bytes): answer = await gate.take(bytes, form: MessageForm(fileName: file) ?? .er7, from: nil)
        }
        do {
            switch answer {
            case .busy(let code): return code
            case .refused(let code):
                await refusals.note(AccessRefusal(listener: name, address: gate.source, code: code))
                try folder.move(file, to: FeedFolder.failed, acknowledgment: Array("\(code)\n".utf8))
                metrics.count(.files, label: code)
            case .answered(let reply, let isPositive):
                let target = isPositive ? FeedFolder.done : FeedFolder.failed
                try folder.move(file, to: target, acknowledgment: reply)
                metrics.count(.files, label: target)
            }
            return nil
        } catch {
            metrics.count(.failures, label: "feed.move")
            return "feed.move"
        }
    }
}
