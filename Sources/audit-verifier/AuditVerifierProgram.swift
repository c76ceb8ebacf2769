import Audit

/// Verifies an exported audit bundle on a machine that has nothing else of the gateway.
@main
enum AuditVerifierProgram {
    static func main() {
        print("usage: audit-verifier BUNDLE [--key KEY]")
    }
}
