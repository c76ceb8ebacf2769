import UnixSignals

/// Ctrl-C, or the system's wish that the process ends.
enum Interruption {
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
