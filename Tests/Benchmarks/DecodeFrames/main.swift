import DICOM
import DecodeWorker
import Foundation
import Glibc

/// What a decoding child process costs: the first frame of a DICOM file decoded so often in this process and so often in
/// a child. `decode-frames PROGRAM FILE FRAMES`, where PROGRAM is the gateway; answers JSON.
let arguments = CommandLine.arguments
let count = Int(arguments[3]) ?? 100
let frame = try Instance(parsing: [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[2])))).encodedFrame()

/// Processor seconds of this process, or of its children that ended.
func processor(_ who: Int32) -> Double {
    var usage = rusage()
    unsafe getrusage(who, &usage)
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}

/// RUSAGE_SELF and RUSAGE_CHILDREN, whose type differs between C libraries.
func own() -> Double { processor(0) }
func children() -> Double { processor(-1) }

func milliseconds(_ seconds: Double, _ frames: Int) -> Double { (seconds * 1e6 / Double(frames)).rounded() / 1000 }

let here = try InProcessFrameDecoder()
let expected = try here.decode(frame)
var (began, clockBegan) = (own(), ContinuousClock.now)
for _ in 0..<count { _ = try here.decode(frame) }
let inProcess = (own() - began, (ContinuousClock.now - clockBegan) / .seconds(1))

/// Processor seconds of both processes, and of the clock, for so many frames in one child.
func inChild(_ frames: Int) throws -> (parent: Double, child: Double, wall: Double) {
    let (mine, theirs, wall) = (own(), children(), ContinuousClock.now)
    do {
        let decoder = try WorkerFrameDecoder(program: arguments[1])
        for _ in 0..<frames {
            guard try decoder.decode(frame) == expected else { exit(1) }
        }
        guard decoder.counts.started == (frames + 199) / 200 else { exit(1) }
    }
    return (own() - mine, children() - theirs, (ContinuousClock.now - wall) / .seconds(1))
}

// A child's start and its first frame, then all: the difference is what one more frame costs.
let first = try inChild(1)
let all = try inChild(min(count, 199) + 1)
let more = min(count, 199)
let result: [String: Any] = [
    "frames": count, "framesInChild": more, "decodedBytes": expected.pixels.count,
    "encodedBytes": frame.fragments.reduce(0) { $0 + $1.count },
    "inProcess": ["cpuMs": milliseconds(inProcess.0, count), "wallMs": milliseconds(inProcess.1, count)],
    "inChild": [
        "cpuMs": milliseconds(all.parent + all.child - first.parent - first.child, more),
        "ofThatParentMs": milliseconds(all.parent - first.parent, more),
        "wallMs": milliseconds(all.wall - first.wall, more),
    ],
    "start": ["cpuMs": milliseconds(first.parent + first.child, 1), "wallMs": milliseconds(first.wall, 1)],
]
print(String(decoding: try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys]), as: UTF8.self))
