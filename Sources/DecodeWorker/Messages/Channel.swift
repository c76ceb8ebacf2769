internal import Glibc

/// Why nothing more comes or goes.
enum ChannelError: Error {
    /// The other side ended, or its socket is broken.
    case closed
    case timedOut
}

/// Bytes to and from another process over a socket. Nothing here raises SIGPIPE.
struct Channel: Sendable {
    let descriptor: Int32

    /// Exactly `count` bytes. Without a deadline it waits for ever.
    func read(_ count: Int, until deadline: ContinuousClock.Instant? = nil) throws(ChannelError) -> [UInt8] {
        var failure: ChannelError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count, failure == nil {
                let read = unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
                if read > 0 {
                    filled += read
                } else {
                    failure = proceed(read, for: Int16(POLLIN), until: deadline)
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant? = nil) throws(ChannelError) {
        var failure: ChannelError?
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var written = 0
            while written < buffer.count, failure == nil {
                let sent = unsafe Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written,
                    Int32(MSG_NOSIGNAL))
                if sent >= 0 {
                    written += sent
                } else {
                    failure = proceed(sent, for: Int16(POLLOUT), until: deadline)
                }
            }
        }
        if let failure { throw failure }
    }

    /// Whether nothing is there to be read, and the other side has not ended.
    var isQuiet: Bool {
        var interest = pollfd(descriptor: descriptor, events: Int16(POLLIN))
        return unsafe poll(&interest, 1, 0) == 0
    }

    func close() { _ = Glibc.close(descriptor) }

    /// What stops after a call that moved nothing: nil to try again.
    private func proceed(
        _ result: Int, for events: Int16, until deadline: ContinuousClock.Instant?
    ) -> ChannelError? {
        guard result < 0 else { return .closed }
        if errno == EINTR { return nil }
        guard errno == EAGAIN || errno == EWOULDBLOCK else { return .closed }
        var interest = pollfd(descriptor: descriptor, events: events)
        var milliseconds: Int32 = -1
        if let deadline {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return .timedOut }
            milliseconds = Int32(clamping: Int(left / .milliseconds(1)) + 1)
        }
        _ = unsafe poll(&interest, 1, milliseconds)
        return nil
    }
}

extension pollfd {
    fileprivate init(descriptor: Int32, events: Int16) { self.init(fd: descriptor, events: events, revents: 0) }
}
