import Foundation

/// Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.
struct Progress {
    private let total: Int
    private let what: String
    private var done = 0
    private let start = ContinuousClock.now
    private var told = ContinuousClock.now
    private let isBar = Terminal.hasProgress

    init(total: Int, what: String) {
        self.total = total
        self.what = what
        draw()
    }

    mutating func advance() {
        done += 1
        guard !isBar else { return draw() }
        guard told.duration(to: .now) >= .seconds(3) else { return }
        told = .now
        write("\(done) of \(total) \(what)\(pace)\(left)\n")
    }

    /// Takes the bar away, so that a line can be printed.
    func clear() {
        if isBar { write("\r\u{1B}[K") }
    }

    private func draw() {
        guard isBar, total > 1 else { return }
        let width = 30
        let filled = total == 0 ? width : done * width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        write("\r\(bar) \(done)/\(total) \(what)\(pace)\(left)\u{1B}[K")
    }

    /// How many in a second, of those that are done.
    private var pace: String {
        let seconds = start.duration(to: .now) / .seconds(1)
        guard done > 0, seconds >= 1 else { return "" }
        let tenths = Int(10 * Double(done) / seconds)
        return tenths >= 100 ? ", \(tenths / 10) a second" : ", \(tenths / 10).\(tenths % 10) a second"
    }

    private var left: String {
        guard done > 0, done < total else { return "" }
        let seconds = Int(start.duration(to: .now).components.seconds) * (total - done) / done
        return seconds < 2 ? "" : ", about \(seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min") left"
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
