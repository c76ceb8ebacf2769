/// What a child process may take.
public struct WorkerLimits: Sendable, Hashable {
    /// Children that work at the same time; who comes later waits.
    public var children: Int
    /// Seconds for a frame of any size.
    public var decodeSeconds: Int
    /// Seconds to look for text in a frame of any size.
    public var wordsSeconds: Int
    /// Decoded bytes for each of which another second is allowed.
    public var bytesPerSecond: Int
    /// Frames after which a child is replaced, so that nothing of one lasts long.
    public var framesPerChild: Int

    /// The values that serve every image up to the limit of frames.
    public init(
        children: Int = 8, decodeSeconds: Int = 20, wordsSeconds: Int = 90, bytesPerSecond: Int = 2 << 20,
        framesPerChild: Int = 200
    ) {
        self.children = max(children, 1)
        self.decodeSeconds = decodeSeconds
        self.wordsSeconds = wordsSeconds
        self.bytesPerSecond = max(bytesPerSecond, 1)
        self.framesPerChild = max(framesPerChild, 1)
    }

    /// Seconds that a child gets for a frame.
    func seconds(_ role: WorkerRole, byteCount: Int) -> Int {
        (role == .decode ? decodeSeconds : wordsSeconds) + byteCount / bytesPerSecond
    }

    /// Seconds after which a child ends of itself, by the clock and by processor time: only where no parent is there any
    /// more to end it, whose limit is what counts.
    static func clock(of request: FrameRequest) -> UInt32 { UInt32(clamping: request.seconds + grace) }

    /// More than a parent takes to write a request and to notice that its time is over.
    private static let grace = 30

    /// Address space that a child gets for a frame: OpenJPEG takes four bytes for each sample of one, twice.
    static func addressSpace(_ role: WorkerRole, byteCount: Int, encoded: Int) -> Int {
        let fixed = role == .decode ? 128 << 20 : 1 << 30
        return fixed + 16 * byteCount + 4 * encoded
    }

    /// The most that `addressSpace` answers for a frame that is decoded at all.
    static func mostAddressSpace(_ role: WorkerRole) -> Int {
        addressSpace(role, byteCount: 256 << 20, encoded: FrameRequest.maximumEncodedBytes)
    }
}
