import Glibc
import Synchronization

/// A conversion between two encodings by the C library's iconv. It may be used by any number of threads: each run has
/// a descriptor of its own, taken from a small pool because opening one costs more than converting a name.
///
/// Only encodings without shift states are used, so that a descriptor has no memory between runs.
final class CharacterConversion: Sendable {
    private static let poolSize = 16

    private let source: String
    private let target: String
    private let idle = Mutex<[IconvDescriptor]>([])

    /// Names as iconv has them.
    init(from source: String, to target: String) {
        self.source = source
        self.target = target
    }

    /// Whether this machine's C library has the conversion.
    var isAvailable: Bool {
        guard let descriptor = take() else { return false }
        give(descriptor)
        return true
    }

    /// - Parameter standIn: Called with the rest of the input where it has no counterpart; how many of its bytes to pass
    ///   over, at least 1, and what stands for them. nil ends the conversion without a result.
    /// - Returns: nil if the conversion does not exist here or was ended.
    func convert(
        _ input: [UInt8], standIn: (ArraySlice<UInt8>) -> (length: Int, bytes: [UInt8])?
    ) -> [UInt8]? {
        guard let descriptor = take() else { return nil }
        defer { give(descriptor) }
        var output: [UInt8] = []
        output.reserveCapacity(input.count * 2)
        var position = 0
        while position < input.count {
            switch descriptor.step(input, &position, &output) {
            case .progressed: break
            case .invalid:
                guard let replacement = standIn(input[position...]) else { return nil }
                output += replacement.bytes
                position = min(position + max(replacement.length, 1), input.count)
            }
        }
        return output
    }

    /// The conversion of an input that has a counterpart throughout; else nil.
    func convert(_ input: [UInt8]) -> [UInt8]? { convert(input) { _ in nil } }

    private func take() -> IconvDescriptor? {
        idle.withLock { $0.popLast() } ?? IconvDescriptor(from: source, to: target)
    }

    private func give(_ descriptor: IconvDescriptor) {
        idle.withLock { if $0.count < Self.poolSize { $0.append(descriptor) } }
    }
}

/// Owns one descriptor of iconv.
///
/// `@unchecked Sendable`: a native handle, which iconv allows on any thread but on one at a time; the pool hands it to
/// one caller at a time.
@safe private final class IconvDescriptor: @unchecked Sendable {
    enum Outcome { case progressed, invalid }

    private static let chunk = 4096
    private let handle: iconv_t

    init?(from source: String, to target: String) {
        let handle = unsafe iconv_open(target, source)
        // iconv_open reports failure by the pointer value -1.
        guard unsafe handle != iconv_t(bitPattern: -1), let handle = unsafe handle else { return nil }
        unsafe self.handle = handle
    }

    deinit { unsafe iconv_close(handle) }

    /// Converts from `position` until the input ends, a chunk is full or something has no counterpart.
    func step(_ input: [UInt8], _ position: inout Int, _ output: inout [UInt8]) -> Outcome {
        let start = position
        var remaining = input.count - start
        let capacity = min(remaining * 4 + 16, Self.chunk)
        var isInvalid = false
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { room in
            unsafe input.withUnsafeBytes { bytes in
                // iconv takes its input through a mutable pointer and does not write to it.
                let first = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress?.advanced(by: start))
                var from = unsafe first?.assumingMemoryBound(to: CChar.self)
                var to = room.baseAddress
                var left = capacity
                let result = unsafe iconv(handle, &from, &remaining, &to, &left)
                isInvalid = result == -1 && errno != E2BIG
                unsafe output += UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<(capacity - left)])
            }
        }
        position = input.count - remaining
        return isInvalid ? .invalid : .progressed
    }
}
