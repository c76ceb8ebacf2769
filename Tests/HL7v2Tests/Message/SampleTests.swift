import Foundation
import Testing

@testable import HL7v2

@Suite("Foreign input")
struct SampleTests {
    /// Samples that are broken on purpose, and how.
    static let broken = ["invalid-segment-header-length.hl7": HL7v2Error.Code.segmentNameInvalid]

    @Test("every sample of the shared folder parses, unchanged, or says clearly why not")
    func samples() throws {
        let samples = Vectors.hl7Samples
        guard !samples.isEmpty else {
            print("SKIPPED: no ../shared/data/hl7-samples on this machine")
            return
        }
        #expect(samples.count == 81)
        for url in samples {
            let bytes = [UInt8](try Data(contentsOf: url))
            let expected = Self.broken[url.lastPathComponent]
            do throws(HL7v2Error) {
                let message = try Message(parsing: bytes)
                #expect(expected == nil && message.bytes == bytes, "\(url.lastPathComponent)")
                #expect(message.segments.first?.name == "MSH" && !message.messageControlID.isEmpty)
                touchEverything(message)
            } catch {
                #expect(error.code == expected, "\(url.lastPathComponent)")
            }
        }
    }

    /// Cuts, unescapes and decodes every leaf; the result is how many there are.
    @discardableResult
    private func touchEverything(_ message: Message) -> Int {
        var leaves = 0
        var seen: [String: Int] = [:]
        for segment in message.segments {
            seen[segment.name, default: 0] += 1
            for number in 1...12 {
                guard let base = try? FieldPath(parsing: "\(segment.name)[\(seen[segment.name] ?? 1)]-\(number)") else {
                    Issue.record("segment name without a path")
                    return leaves
                }
                for repetition in 1...min(max(message.repetitionCount(at: base), 1), 4) {
                    for (component, subcomponent) in [(1, 1), (2, 1), (4, 2)] {
                        let path = base.with(repetition: repetition).with(
                            component: component, subcomponent: subcomponent)
                        if message.value(at: path) != nil { leaves += 1 }
                    }
                }
            }
        }
        return leaves
    }

    @Test("a message at the limits is read in bounded time: work grows with its size")
    func large() throws {
        let line = "OBX|1|ED|PDF^Summary^99LOCAL|2|^application^pdf^Base64^" + String(repeating: "QUJD", count: 1000)
        let bytes = Array((MessageTests.header + "\r" + String(repeating: line + "\r", count: 4000)).utf8)
        #expect(bytes.count > 15_000_000)
        let message = try Message(parsing: bytes)
        #expect(message.segments.count == 4001)
        #expect(message.value(at: try FieldPath(parsing: "OBX[4000]-5.5"))?.utf8.count == 4000)
    }
}
