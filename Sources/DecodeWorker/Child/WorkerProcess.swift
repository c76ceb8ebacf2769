internal import CConfinement
internal import DICOM
internal import Glibc
internal import TextDetection

/// The child's side: takes everything from itself that it does not need, then answers requests from standard input until
/// that ends.
public struct WorkerProcess {
    private let role: WorkerRole
    private let channel: Channel

    /// A child that speaks on standard input, which must be a socket.
    public init(role: WorkerRole) { self.init(role: role, channel: Channel(descriptor: 0)) }

    init(role: WorkerRole, channel: Channel) { (self.role, self.channel) = (role, channel) }

    /// Serves until the other side ends, confined for good. Answers the exit code: 0, or 1 where it could not begin or
    /// was told what it does not understand.
    public func run() -> Int32 {
        guard let work = prepared() else { return end(.libraryMissing) }
        // The parent ends a child that is too slow. Where the parent is gone, the clock of `cconfinement_bound` does:
        // a death signal would come when the thread of the parent ends that started this process.
        guard cconfinement_enter(UInt64(WorkerLimits.mostAddressSpace(role))) == 0 else { return end(.notConfined) }
        guard tell(.able) else { return 1 }
        return serve(work)
    }

    /// Answers requests; separate, so that it can be tested without confinement.
    func serve(_ work: (FrameRequest) -> Answer, isBounded: Bool = true) -> Int32 {
        while true {
            let bytes: [UInt8]
            do throws(ChannelError) {
                bytes = try channel.read(MessageHeader.byteCount)
            } catch {
                return 0
            }
            guard let header = MessageHeader(bytes), header.kind == .request,
                header.bodyLength <= FrameRequest.maximumEncodedBytes + FrameRequest.maximumAttributeBytes,
                let body = try? channel.read(header.bodyLength), let request = FrameRequest(body: body),
                request.operation == role.operation, !isBounded || bound(request)
            else { return 1 }
            guard answer(work(request), to: header.sequence) else { return 1 }
        }
    }

    /// What came of a request.
    enum Answer {
        case frame(Frame)
        case words([DetectedWord])
        case failure(DICOMError)
    }

    /// Everything that opens a file: codecs, their dictionary, the recogniser of text.
    private func prepared() -> ((FrameRequest) -> Answer)? {
        guard let decoder = try? InProcessFrameDecoder() else { return nil }
        switch role {
        case .decode:
            return { request in
                #if DEBUG
                FaultHook.strike(request.frame)
                #endif
                do throws(DICOMError) {
                    return .frame(try decoder.decode(request.frame))
                } catch {
                    return .failure(error)
                }
            }
        case .words:
            guard let detector = try? TesseractTextDetector(decoder: decoder) else { return nil }
            return { request in
                do throws(DICOMError) {
                    return .words(try detector.words(in: request.frame))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    private func bound(_ request: FrameRequest) -> Bool {
        // A frame that is refused needs no room.
        let decoded = (try? request.frame.decodedByteCount()) ?? 0
        let encoded = request.frame.fragments.reduce(0) { $0 + $1.count }
        let seconds = WorkerLimits.clock(of: request)
        let space = WorkerLimits.addressSpace(role, byteCount: decoded, encoded: encoded)
        return cconfinement_bound(UInt64(space), seconds, seconds) == 0
    }

    private func answer(_ answer: Answer, to sequence: UInt32) -> Bool {
        switch answer {
        case .frame(let frame):
            send(.frame, sequence, DecodedFrameMessage.attributes(frame), frame.pixels)
        case .words(let words): send(.words, sequence, WordsMessage.body(words))
        case .failure(let error): send(.failure, sequence, FailureMessage.body(error))
        }
    }

    private func send(
        _ kind: MessageHeader.Kind, _ sequence: UInt32, _ body: [UInt8], _ more: [UInt8] = []
    ) -> Bool {
        let header = MessageHeader(kind: kind, sequence: sequence, bodyLength: body.count + more.count)
        do throws(ChannelError) {
            try channel.write(header.bytes + body)
            try channel.write(more)
            return true
        } catch {
            return false
        }
    }

    private func tell(_ readiness: Readiness) -> Bool { send(.ready, 0, [readiness.rawValue]) }

    private func end(_ readiness: Readiness) -> Int32 {
        _ = tell(readiness)
        return 1
    }
}
