import DICOM
import Foundation
import Glibc
import Testing

@testable import DecodeWorker

@Suite("Frames decoded in child processes", .serialized, .enabled(if: Frames.program != nil))
struct WorkerFrameDecoderTests {
    /// Frames of these widths bring a child down, in a program built for debugging only.
    private static let faults = "IMAGING_GATEWAY_DECODER_FAULT=crash:21,hang:23,garbage:25,flood:27"

    private func decoder(_ limits: WorkerLimits = WorkerLimits()) throws -> WorkerFrameDecoder {
        try WorkerFrameDecoder(
            program: try #require(Frames.program), limits: limits, environment: [Self.faults])
    }

    @Test("Every sample comes out as it does in this process, or is refused for the same reason")
    func samples() throws {
        let decoder = try decoder()
        let here = try InProcessFrameDecoder()
        var decoded = 0
        for file in Frames.samples {
            guard let instance = try? Instance(parsing: [UInt8](try Data(contentsOf: file))),
                let encoded = try? instance.encodedFrame()
            else { continue }
            #expect(
                Result { () throws(DICOMError) in try decoder.decode(encoded) }
                    == Result { () throws(DICOMError) in try here.decode(encoded) },
                "\(file.lastPathComponent)")
            decoded += 1
        }
        #expect(decoded >= 24 || Frames.samples.isEmpty)
        #expect(decoder.counts == WorkerCounts(started: Frames.samples.isEmpty ? 0 : 1))
    }

    @Test("A child that crashes costs its frame; the next has a new child, and nothing remains of the old one")
    func crash() throws {
        let decoder = try decoder()
        let good = Frames.rle(columns: 20)
        let expected = [UInt8](repeating: 7, count: 80)
        #expect(try decoder.decode(good).pixels == expected)
        let descriptors = try Self.descriptors()
        for columns in Array(repeatElement([21, 25, 27], count: 10).joined()) {
            #expect(throws: DICOMError(.decoderCrashed, tag: .pixelData), "\(columns)") {
                try decoder.decode(Frames.rle(columns: columns))
            }
            #expect(try decoder.decode(good).pixels == expected)
        }
        #expect(decoder.counts == WorkerCounts(started: 31, crashed: 30))
        // Tests beside this one have files open too; one left behind by each child would be thirty.
        #expect(try Self.descriptors() < descriptors + 30)
        #expect(try Self.children().filter { $0.state == "Z" }.isEmpty)
    }

    @Test("A child that does not answer in time is killed")
    func hang() throws {
        let decoder = try decoder(WorkerLimits(decodeSeconds: 1))
        #expect(throws: DICOMError(.decoderTimedOut, tag: .pixelData)) { try decoder.decode(Frames.rle(columns: 23)) }
        #expect(try decoder.decode(Frames.rle(columns: 20)).pixels.count == 80)
        #expect(decoder.counts == WorkerCounts(started: 2, timedOut: 1))
        #expect(try Self.children().count == 1)
    }

    @Test("A child ends of itself only after its parent has given it up, whatever limits the parent has")
    func clocks() {
        for limits in [WorkerLimits(), WorkerLimits(decodeSeconds: 600), WorkerLimits(bytesPerSecond: 1)] {
            let seconds = limits.seconds(.decode, byteCount: 80)
            let request = FrameRequest(.decode, Frames.rle(columns: 20), seconds: seconds)
            #expect(WorkerLimits.clock(of: request) > seconds)
        }
    }

    @Test("A child that ended between two frames is replaced, and the frame is decoded")
    func diedIdle() throws {
        let decoder = try decoder()
        _ = try decoder.decode(Frames.rle(columns: 20))
        let child = try #require(try Self.children().first)
        #expect(kill(child.process, SIGKILL) == 0)
        while try Self.children().contains(where: { $0.process == child.process && $0.state != "Z" }) { sched_yield() }
        #expect(try decoder.decode(Frames.rle(columns: 20)).pixels.count == 80)
        #expect(decoder.counts == WorkerCounts(started: 2))
    }

    @Test("Children end with their decoder, and are replaced after so many frames")
    func lifetime() throws {
        do {
            let decoder = try decoder(WorkerLimits(framesPerChild: 2))
            for _ in 0..<5 { _ = try decoder.decode(Frames.rle(columns: 20)) }
            #expect(decoder.counts == WorkerCounts(started: 3))
            #expect(try Self.children().count == 1)
        }
        #expect(try Self.children().isEmpty)
    }

    @Test("Frames at the same time have no more children than allowed, and each its own pixels")
    func together() async throws {
        let decoder = try decoder(WorkerLimits(children: 2))
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let columns = index % 4 == 0 ? 21 : 20
                    let frame = Frames.rle(columns: columns, value: UInt8(index))
                    guard columns == 20 else { return (try? decoder.decode(frame)) == nil }
                    return (try? decoder.decode(frame))?.pixels == [UInt8](repeating: UInt8(index), count: 80)
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(decoder.counts.crashed == 10)
        #expect(try Self.children().count <= 2)
    }

    @Test("A child may do nothing but compute: limits, filter of system calls, no other descriptor")
    func confinement() throws {
        let decoder = try decoder()
        _ = try decoder.decode(Frames.rle(columns: 20))
        let child = try #require(try Self.children().first)
        let folder = "/proc/\(child.process)"
        let status = try String(contentsOfFile: "\(folder)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2") && status.contains("Threads:\t1"))
        let limits = try String(contentsOfFile: "\(folder)/limits", encoding: .utf8)
            .split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
        func limit(_ words: String...) -> String? {
            limits.first { $0.starts(with: ["Max"] + words) }.map { $0[words.count + 1] }
        }
        #expect(limit("core", "file") == "0" || limit("core", "file", "size") == "0")
        #expect(limit("file", "size") == "0" && limit("open", "files") == "16" && limit("processes") == "0")
        #expect(limit("address", "space").flatMap { Int($0) } != nil && limit("cpu", "time").flatMap { Int($0) } != nil)
        let open = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd")
        #expect(open.sorted() == ["0", "1", "2"])
        let environment = try String(contentsOfFile: "\(folder)/environ", encoding: .utf8)
        #expect(!environment.contains("HOME=") && !environment.contains("PATH=/"))
    }

    @Test(
        "A program that is no worker, or is not there, is no decoder", arguments: ["/bin/true", "/bin/cat", "/nowhere"])
    func otherProgram(program: String) throws {
        let decoder = try WorkerFrameDecoder(program: program)
        #expect(throws: DICOMError(.decoderUnavailable)) { try decoder.decode(Frames.rle(columns: 20)) }
        #expect(try Self.children().isEmpty)
    }

    @Test("Mutated streams of each codec: an answer or an error; what a child dies of stays in the child")
    func mutations() throws {
        let seed: UInt64 = 20_261_122
        var generator = SeededGenerator(seed: seed)
        let decoder = try decoder(WorkerLimits(decodeSeconds: 5))
        var answered = 0
        var rounds = 0
        for name in [
            "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_rle.dcm", "JPEG-lossy.dcm", "JPEG2000.dcm",
            "examples_ybr_color.dcm",
        ] {
            guard let original = try? Frames.sample(name) else { continue }
            for _ in 0..<60 {
                var frame = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    guard !frame.fragments[0].isEmpty else { continue }
                    let place = Int.random(in: 0..<frame.fragments[0].count, using: &generator)
                    frame.fragments[0][place] = UInt8.random(in: 0...255, using: &generator)
                }
                rounds += 1
                if (try? decoder.decode(frame)) != nil { answered += 1 }
            }
        }
        let counts = decoder.counts
        print("worker mutations: seed \(seed), answered \(answered) of \(rounds), children \(counts)")
        #expect(counts.timedOut == 0)
        #expect(answered > 0 || rounds == 0)
        #expect(try Self.children().count <= 1)
    }

    /// Our children that are workers, by /proc.
    private static func children() throws -> [(process: pid_t, state: String)] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let process = pid_t(name),
                let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[end...].split(separator: " ")
            guard fields.count > 2, fields[2] == "\(getpid())", stat.contains("imaging-gatew") else { return nil }
            return (process, String(fields[1]))
        }
    }

    private static func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
