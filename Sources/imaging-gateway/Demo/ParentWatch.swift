import Foundation

/// Tells this process to stop once the process that started it is gone.
struct ParentWatch {
    let parent: Int32

    /// Returns when it is cancelled.
    func watch() async {
        while !Task.isCancelled {
            if getppid() != parent {
                kill(getpid(), SIGTERM)
                return await never()
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// The service group answers the signal; this task has nothing more to do.
    private func never() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
    }
}
