internal import NIOCore

/// One deadline of one connection, moved with every message: a timer in the event loop is set anew only when it fires
/// too early or would fire too late. Lives on the event loop.
final class Deadline {
    private let eventLoop: any EventLoop
    private let expire: () -> Void
    private var due: NIODeadline?
    private var timer: (task: Scheduled<Void>, fires: NIODeadline)?

    /// `expire` is called on the event loop.
    init(_ eventLoop: any EventLoop, expire: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.expire = expire
    }

    /// Replaces what was set before.
    func set(in delay: TimeAmount) {
        let due = eventLoop.now + delay
        self.due = due
        guard timer.map({ $0.fires > due }) ?? true else { return }
        schedule(due)
    }

    /// Nothing expires until it is set again.
    func clear() {
        due = nil
    }

    /// For good: lets go of what it calls.
    func cancel() {
        due = nil
        timer?.task.cancel()
        timer = nil
    }

    private func schedule(_ due: NIODeadline) {
        timer?.task.cancel()
        timer = (eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.fire() }, due)
    }

    private func fire() {
        timer = nil
        guard let due else { return }
        guard eventLoop.now >= due else { return schedule(due) }
        self.due = nil
        expire()
    }
}
