import Glibc

/// What the kernel says of the machine's clock; it stands under the signature of each checkpoint.
struct ClockState: Sendable, Equatable {
    /// Whether something keeps the clock: an NTP or PTP daemon that tells the kernel.
    enum Discipline: String, Sendable, CaseIterable {
        case synchronized, unsynchronized
        /// The kernel may not be asked, as in some containers.
        case unknown
    }

    var discipline: Discipline
    /// The kernel's bound of the error, in microseconds; nil where it is not known.
    var maximumError: Int?

    /// As adjtimex(2) tells it; nothing is set.
    static var current: ClockState {
        guard let answer = KernelTime.ask(), answer.state >= 0 else { return ClockState(discipline: .unknown) }
        let isSynchronized = answer.state != KernelTime.errorState && answer.status & KernelTime.unsynchronized == 0
        return ClockState(
            discipline: isSynchronized ? .synchronized : .unsynchronized, maximumError: Int(answer.maximumError))
    }
}

/// adjtimex(2), which no module of the C library declares for Swift: the function is looked up by its name, and what it
/// fills is read at the places of `struct timex` on 64-bit Linux.
private enum KernelTime {
    /// TIME_ERROR.
    static let errorState: Int32 = 5
    /// STA_UNSYNC.
    static let unsynchronized: Int32 = 0x0040
    /// More than `struct timex` has (208 bytes). All zero asks, and sets nothing.
    private static let length = 512
    private static let (maximumErrorOffset, statusOffset) = (24, 40)

    private typealias Call = @convention(c) (UnsafeMutableRawPointer) -> Int32

    static func ask() -> (state: Int32, status: Int32, maximumError: Int64)? {
        guard MemoryLayout<Int>.size == 8, let symbol = unsafe dlsym(nil, "adjtimex") else { return nil }
        let call = unsafe unsafeBitCast(symbol, to: Call.self)
        return unsafe withUnsafeTemporaryAllocation(byteCount: length, alignment: 16) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
            let state = unsafe call(base)
            return unsafe (
                state, base.load(fromByteOffset: statusOffset, as: Int32.self),
                base.load(fromByteOffset: maximumErrorOffset, as: Int64.self)
            )
        }
    }
}
