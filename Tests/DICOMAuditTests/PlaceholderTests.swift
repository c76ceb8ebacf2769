import DICOMAudit
import Testing

@Test func `a code is stable`() {
    #expect(DICOMAuditError.Code.grammar.rawValue == "audit.message.grammar")
}
