@testable import DICOM
import Foundation
import Testing
struct ZZTemp {
    @Test func refusedCodes() throws {
        for url in Shared.samples {
            do { _ = try AcceptedFile(parsing: try Shared.bytes(url.lastPathComponent), limits: .default) } catch { print("REF", url.lastPathComponent, error) }
        }
    }
    @Test func bench() throws {
        let clock = ContinuousClock()
        func time(_ name: String, _ bytes: [UInt8]) throws {
            let rounds = 100
            var file = try AcceptedFile(parsing: bytes, limits: .default)
            let a = try clock.measure { for _ in 0..<rounds { file = try AcceptedFile(parsing: bytes, limits: .default) } }
            let b = try clock.measure { for _ in 0..<rounds { try SecondReading.check(file.instance, in: file) } }
            let c = try clock.measure { for _ in 0..<rounds { _ = try DCMTKFile(reading: file) } }
            let d = try clock.measure { for _ in 0..<rounds { var f = try DCMTKFile(reading: file); while try f.next() != nil {} } }
            print("SPLIT read", c / rounds, "read+visit", d / rounds)
            print("BENCH", name, bytes.count, file.instance.dataSet.count, "first", a / rounds, "second", b / rounds)
        }
        for name in ["CT_small.dcm", "chest_pa_cr_jpegls_mono1_15bit.dcm", "test-SR.dcm", "examples_overlay.dcm", "mlut_18.dcm"] {
            if let bytes = try? Shared.bytes(name) { try time(name, bytes) }
        }
        if let bytes = try? Shared.bytes("chest_pa_cr_jpegls_mono1_15bit.dcm") {
            var big = try Instance(parsing: bytes)
            big.pixelData = .native([UInt8](repeating: 7, count: 10 << 20))
            big.fileMeta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
            try time("10MB", try big.serialized())
        }
        // a lot of elements
        var body: [UInt8] = []
        for index in 0..<90_000 { body += Build.text(Tag(0x0009 + 2 * UInt16(index / 60_000), 0x1000 + UInt16(index % 60_000)), "SH", "AB") }
        try { let clock = ContinuousClock(); let bytes = Build.file(Build.sopInstance + Build.undefinedLength(Tag(0x0040, 0xA730), "SQ") + Build.item + body + Build.itemEnd + Build.sequenceEnd); let file = try AcceptedFile(parsing: bytes, limits: .default); let b = try clock.measure { try SecondReading.check(file.instance, in: file) }; print("BENCH 90000", b) }()
    }
    @Test func disagreements() throws {
        var generator = SeededGenerator(seed: 20_261_122)
        let originals = [try Generated.instance().serialized()] + (try Shared.samples.map { try Shared.bytes($0.lastPathComponent) }.filter { $0.count < 40_000 })
        var codes: [String: Int] = [:]
        for round in 0..<30_000 {
            let o = originals[round % originals.count]
            var bytes = o
            var text = ""
            let place = Int.random(in: 132..<min(bytes.count, 3_000), using: &generator)
            bytes[place] = Bool.random(using: &generator) ? bytes[place] ^ (1 << UInt8.random(in: 0..<8, using: &generator)) : UInt8.random(in: 0...255, using: &generator)
            guard let file = try? AcceptedFile(parsing: bytes, limits: .default) else { continue }
            do throws(DICOMError) { try SecondReading.check(file.instance, in: file) } catch {
                let lo = max(place - 10, 0), hi = min(place + 14, bytes.count)
                text = "\(error.tag.map { "\($0)" } ?? "-") at \(place) \(o[lo..<hi].map { String($0, radix: 16) }.joined(separator: " ")) -> \(String(bytes[place], radix: 16)) syntax \(file.instance.transferSyntax!.uid.value)"
                codes[text, default: 0] += 1
            }
        }
        for c in codes.sorted(by: { $0.key < $1.key }) { print("DIS", c.value, c.key) }
    }
}
