// Reads one message over and over, and the values at the paths given: messages a second of processor time on one core,
// which other programs on the machine disturb least.
// Usage: hl7-parse MESSAGE-FILE PATHS-FILE SECONDS
import Foundation
import HL7v2

let arguments = CommandLine.arguments
guard arguments.count == 4, let seconds = Double(arguments[3]) else {
    print("usage: hl7-parse MESSAGE-FILE PATHS-FILE SECONDS")
    exit(64)
}
let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
let paths = try String(contentsOf: URL(filePath: arguments[2]), encoding: .utf8).split(whereSeparator: \.isWhitespace)
    .map { try FieldPath(parsing: String($0)) }

/// One message from bytes to the values of all paths; the result keeps the optimiser honest.
func readOnce(_ bytes: [UInt8], _ paths: [FieldPath]) throws -> Int {
    let message = try Message(parsing: bytes)
    var total = 0
    for path in paths { total &+= message.value(at: path)?.utf8.count ?? 0 }
    return total
}

/// The best of three rounds.
func measure(_ seconds: Double, _ bytes: [UInt8], _ paths: [FieldPath]) throws -> Double {
    let once = try readOnce(bytes, paths)
    var best = 0.0
    for _ in 0..<3 {
        var count = 0
        let start = clock()
        var elapsed = 0.0
        while elapsed < seconds / 3 {
            for _ in 0..<1000 where try readOnce(bytes, paths) != once { exit(1) }
            count += 1000
            elapsed = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        }
        best = max(best, Double(count) / elapsed)
    }
    return best
}

let message = try Message(parsing: bytes)
for path in paths { print("value\t\(path)\t\(message.value(at: path) ?? "")") }
print("rate\t\(Int(try measure(seconds, bytes, paths)))")
