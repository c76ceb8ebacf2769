import Foundation
import MLLP
import Synchronization
import Testing

@Suite("Partner: python-hl7's mllp_send", .timeLimit(.minutes(1)))
struct PythonHL7Tests {
    private static let program = Partner.path(ofEnvironmentProgram: "mllp_send")

    @Test("mllp_send delivers a file of messages and takes each acknowledgement")
    func deliver() async throws {
        guard let program = Self.program else {
            return Partner.skipped("mllp_send", "set IMAGING_GATEWAY_VENV to a venv with the package hl7")
        }
        let messages = (1...3).map { "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260301||ORM^O01|M\($0)|P|2.3.1\rPID|1\r" }
        let file = FileManager.default.temporaryDirectory.appending(path: "mllp-\(UUID().uuidString).hl7")
        try Data(messages.flatMap { frame($0) }).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let seen = Mutex<[[UInt8]]>([])
        let counters = try await withListener(onFrame: { received in
            let number = seen.withLock { seen in
                seen.append(received.bytes)
                return seen.count
            }
            return .reply(
                Array("MSH|^~\\&|IMGAI|RAD|HIS|HOSP|20260301||ACK|A\(number)|P|2.3.1\rMSA|AA|M\(number)\r".utf8))
        }) { port, _ in
            let output = try await Partner.run(program, ["-p", "\(port)", "-f", file.path, "127.0.0.1"])
            #expect((1...3).allSatisfy { output.contains("MSA|AA|M\($0)") })
        }
        // mllp_send strips the last CR before it frames.
        #expect(seen.withLock { $0 } == messages.map { Array($0.utf8.dropLast()) })
        #expect(counters.replies == 3)
    }
}
