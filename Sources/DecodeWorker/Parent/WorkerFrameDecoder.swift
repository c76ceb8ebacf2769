public import DICOM

/// Decodes in child processes that may do nothing but compute, so that a codec which a hostile file overcomes costs this
/// one frame.
///
/// A child gets pixels and their attributes, never a header. It is killed when it crashes, answers anything but an
/// answer, or takes too long; the next frame has a new one. Native pixels need no codec and stay in this process: they
/// are cut out in Swift, which checks every index, and a copy to another process would protect nobody.
public final class WorkerFrameDecoder: FrameDecoder, TextDetector {
    private let pool: WorkerPool
    private let limits: WorkerLimits
    private let native: InProcessFrameDecoder

    /// `program` is started with `decode-worker` and the role: this program, unless a test names another. Throws
    /// `libraryFault` where DCMTK or its data dictionary is not installed. No child is started yet.
    public convenience init(
        program: String = "/proc/self/exe", limits: WorkerLimits = WorkerLimits()
    ) throws(DICOMError) {
        try self.init(program: program, limits: limits, environment: [])
    }

    /// `environment`: what children get besides, `NAME=value`.
    init(program: String, limits: WorkerLimits, environment: [String]) throws(DICOMError) {
        native = try InProcessFrameDecoder()
        pool = WorkerPool(program: program, limits: limits, environment: environment)
        self.limits = limits
    }

    /// What became of children since the start, for metrics.
    public var counts: WorkerCounts { pool.counts }

    /// Besides what `FrameDecoder` says: `libraryFault` where the child finds its libraries missing.
    public func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        try frame.check()
        guard frame.transferSyntax.isEncapsulated else { return try native.decode(frame) }
        let size = try frame.decodedByteCount()
        return try ask(.decode, of: frame, byteCount: size) { kind, body in
            kind == .frame ? DecodedFrameMessage.frame(body, asked: frame, byteCount: size) : nil
        }
    }

    /// The words that a child reads from the pixels, native ones too.
    public func words(in frame: EncodedFrame) throws(DICOMError) -> [DetectedWord] {
        try frame.check()
        let size = try frame.decodedByteCount()
        return try ask(.words, of: frame, byteCount: size) { kind, body in
            kind == .words ? WordsMessage.words(body, asked: frame) : nil
        }
    }

    private func ask<Answer>(
        _ role: WorkerRole, of frame: EncodedFrame, byteCount: Int,
        read: (MessageHeader.Kind, [UInt8]) -> Answer?
    ) throws(DICOMError) -> Answer {
        let seconds = limits.seconds(role, byteCount: byteCount)
        let body = try FrameRequest(role.operation, frame, seconds: seconds).body()
        // A child may have ended for a reason of its own since it was last used; a second one may not.
        for isFresh in [false, true] {
            let child = try pool.take(role, isFresh: isFresh)
            do throws(ChildProcess.Failure) {
                return try exchange(child, role, body, seconds: seconds, byteCount: byteCount, read: read)
            } catch {
                switch error {
                case .diedBefore where !isFresh: continue
                case .diedBefore, .crashed:
                    pool.count { $0.crashed += 1 }
                    throw DICOMError(.decoderCrashed, tag: .pixelData)
                case .timedOut:
                    pool.count { $0.timedOut += 1 }
                    throw DICOMError(.decoderTimedOut, tag: .pixelData)
                case .refused(let reason): throw reason
                }
            }
        }
        throw DICOMError(.decoderCrashed, tag: .pixelData)
    }

    /// One request to one child, which is given back or ended.
    private func exchange<Answer>(
        _ child: ChildProcess, _ role: WorkerRole, _ body: [UInt8], seconds: Int, byteCount: Int,
        read: (MessageHeader.Kind, [UInt8]) -> Answer?
    ) throws(ChildProcess.Failure) -> Answer {
        var child = child
        let deadline = ContinuousClock.now + .seconds(seconds)
        do throws(ChildProcess.Failure) {
            let answer = try child.exchange(body, sequence: pool.nextSequence(), until: deadline) { kind in
                Self.sizes(of: kind, role, byteCount: byteCount)
            }
            // Whatever a refused stream did to the codec, the next one meets another child.
            if answer.kind == .failure, let reason = FailureMessage.error(answer.body) { throw .refused(reason) }
            guard let result = read(answer.kind, answer.body) else { throw .crashed }
            pool.giveBack(child, role)
            return result
        } catch {
            pool.end(child)
            throw error
        }
    }

    /// Bytes that an answer may have; nil for a kind that is no answer.
    private static func sizes(
        of kind: MessageHeader.Kind, _ role: WorkerRole, byteCount: Int
    ) -> ClosedRange<Int>? {
        switch kind {
        case .failure: 0...FailureMessage.maximumBytes
        case .frame where role == .decode: byteCount...(byteCount + DecodedFrameMessage.maximumAttributeBytes)
        case .words where role == .words: 0...WordsMessage.maximumBytes
        default: nil
        }
    }
}
