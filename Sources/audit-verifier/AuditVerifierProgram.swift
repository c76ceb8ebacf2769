import Audit
import Glibc
import MerkleLog

/// Verifies an exported audit bundle on a machine that has nothing else of the gateway.
@main
enum AuditVerifierProgram {
    static let usage = """
        usage: audit-verifier BUNDLE [--key KEY] [--witness KEY]... [--json]

        Verifies a bundle made by `imaging-gateway audit export`: signatures, proofs, records and digest.

          BUNDLE         the file; - for standard input
          --key KEY      the log's public key (name+id+base64) or a file that holds it, from a source that you trust;
                         without it the bundle is compared only with itself
          --witness KEY  a witness's public key, or a file that holds it; the checkpoint must carry its cosignature
          --json         the result as one JSON object

        exit status: 0 nothing is wrong, 1 problems, 2 the input or the arguments cannot be used

        """

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        if words == ["--help"] || words == ["-h"] {
            print(usage, terminator: "")
            exit(0)
        }
        do throws(Unusable) {
            let arguments = try Arguments(words)
            let result = try verify(arguments)
            print(arguments.isJSON ? result.json : result.report, terminator: "")
            // An answer that did not arrive whole is no answer.
            guard fflush(nil) == 0 else { throw Unusable(text: "the result could not be written whole") }
            exit(result.isIntact ? 0 : 1)
        } catch {
            writeError("audit-verifier: \(error.text)\n")
            exit(2)
        }
    }

    private static func verify(_ arguments: Arguments) throws(Unusable) -> BundleVerification {
        var verifier = BundleVerifier(trusted: arguments.key, witnesses: arguments.witnesses)
        var lines = try LineReader(path: arguments.bundle)
        while let line = try lines.next(limit: BundleVerifier.lineLimit) { verifier.add(line: line) }
        return verifier.finish()
    }
}

/// Why nothing could be verified.
struct Unusable: Error {
    let text: String
}
