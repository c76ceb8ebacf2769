internal import CConfinement
internal import DICOM
internal import Glibc

/// A child, as its parent knows it. Whoever holds one ends it or gives it back.
struct ChildProcess: Sendable {
    private let process: pid_t
    private let channel: Channel
    private(set) var served = 0

    /// Why an exchange came to nothing.
    enum Failure: Error {
        /// Nothing of the request can have been the reason.
        case diedBefore
        case crashed
        case timedOut
        /// It answered why not.
        case refused(DICOMError)
    }

    /// Starts `program` and waits until it is ready. Throws `libraryFault` where the child cannot work on this machine,
    /// else `decoderUnavailable`.
    init(program: String, arguments: [String], environment: [String], role: WorkerRole) throws(DICOMError) {
        guard let (own, other) = Self.sockets() else { throw DICOMError(.decoderUnavailable) }
        var process: pid_t = 0
        let status = unsafe Self.withStrings([program] + arguments + [role.rawValue]) { arguments in
            unsafe Self.withStrings(environment) { environment in
                unsafe cconfinement_start(program, arguments, environment, other, &process)
            }
        }
        _ = Glibc.close(other)
        channel = Channel(descriptor: own)
        self.process = process
        guard status == 0 else {
            channel.close()
            throw DICOMError(.decoderUnavailable)
        }
        switch readiness() {
        case .able: break
        case .libraryMissing:
            end()
            throw DICOMError(.libraryFault)
        default:
            end()
            throw DICOMError(.decoderUnavailable)
        }
    }

    /// Whether it waits for a request, as it should between two.
    var isIdle: Bool { channel.isQuiet }

    /// Sends a request and answers the whole answer, of at most `limit` bytes for a kind.
    mutating func exchange(
        _ body: [UInt8], sequence: UInt32, until deadline: ContinuousClock.Instant,
        limit: (MessageHeader.Kind) -> ClosedRange<Int>?
    ) throws(Failure) -> (kind: MessageHeader.Kind, body: [UInt8]) {
        served += 1
        let header = MessageHeader(kind: .request, sequence: sequence, bodyLength: body.count)
        do throws(ChannelError) {
            try channel.write(header.bytes, until: deadline)
            try channel.write(body, until: deadline)
        } catch {
            // It had not read the request whole.
            throw error == .timedOut ? .timedOut : .diedBefore
        }
        do throws(ChannelError) {
            let bytes = try channel.read(MessageHeader.byteCount, until: deadline)
            guard let header = MessageHeader(bytes), header.sequence == sequence, let sizes = limit(header.kind),
                sizes.contains(header.bodyLength)
            else { throw ChannelError.closed }
            return (header.kind, try channel.read(header.bodyLength, until: deadline))
        } catch {
            throw error == .timedOut ? .timedOut : .crashed
        }
    }

    /// Kills it, whatever it does, and takes its remains, so that no zombie stays.
    func end() {
        channel.close()
        guard process > 0 else { return }
        _ = kill(process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
    }

    private func readiness() -> Readiness? {
        let deadline = ContinuousClock.now + .seconds(60)
        guard let bytes = try? channel.read(MessageHeader.byteCount, until: deadline),
            let header = MessageHeader(bytes), header.kind == .ready, header.bodyLength == 1,
            let body = try? channel.read(1, until: deadline)
        else { return nil }
        return Readiness(rawValue: body[0])
    }

    /// Two ends; the first does not block and is not inherited, the second is only by who asks for it.
    private static func sockets() -> (own: Int32, other: Int32)? {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        guard fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else {
            for end in ends { _ = Glibc.close(end) }
            return nil
        }
        return (ends[0], ends[1])
    }

    /// C strings that live during `body`, with NULL after them.
    private static func withStrings(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let pointers = unsafe copies.map { unsafe UnsafePointer<CChar>($0) } + [nil]
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return EINVAL }
            return unsafe body(start)
        }
    }
}
