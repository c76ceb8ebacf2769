import Audit
import Foundation
import Testing

@testable import DICOMAudit

private let grammarFile = "Sources/DICOMAudit/Grammar/audit-message.rng"

/// A message that is right, and changes that make it wrong.
private let right = """
    <?xml version="1.0" encoding="UTF-8"?><AuditMessage><EventIdentification EventActionCode="E" \
    EventDateTime="2026-11-21T10:00:00.000001Z" EventOutcomeIndicator="0"><EventID csd-code="110112" \
    codeSystemName="DCM" originalText="Query"/><EventTypeCode csd-code="ITI-47" codeSystemName="IHE Transactions" \
    originalText="PDQ"/></EventIdentification><ActiveParticipant UserID="a" UserIsRequestor="true" \
    NetworkAccessPointID="h" NetworkAccessPointTypeCode="1"><RoleIDCode csd-code="110153" codeSystemName="DCM" \
    originalText="Source Role ID"/></ActiveParticipant><AuditSourceIdentification AuditSourceID="x">\
    <AuditSourceTypeCode csd-code="4"/></AuditSourceIdentification><ParticipantObjectIdentification \
    ParticipantObjectID="1" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode \
    csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/><ParticipantObjectName>n\
    </ParticipantObjectName><ParticipantObjectDetail type="t" value="dg=="/></ParticipantObjectIdentification>\
    </AuditMessage>
    """

private let slips: [(String, String)] = [
    ("EventActionCode=\"E\"", "EventActionCode=\"X\""), (".000001Z", ""), ("2026-11-21T", "2026-13-21T"),
    ("EventOutcomeIndicator=\"0\"", "EventOutcomeIndicator=\"1\""), ("EventOutcomeIndicator=\"0\"", ""),
    ("csd-code=\"110112\"", "code=\"110112\""), ("originalText=\"Query\"", ""), ("=\"110112\"", "=\"\""),
    ("UserIsRequestor=\"true\"", ""), ("UserIsRequestor=\"true\"", "UserIsRequestor=\"yes\""),
    ("UserID=\"a\"", "UserID=\"\""), ("NetworkAccessPointTypeCode=\"1\"", ""),
    ("NetworkAccessPointTypeCode=\"1\"", "NetworkAccessPointTypeCode=\"6\""), ("AuditSourceID=\"x\"", ""),
    ("AuditSourceTypeCode csd-code=\"4\"", "AuditSourceTypeCode csd-code=\"44\""),
    ("ParticipantObjectTypeCode=\"1\"", "ParticipantObjectTypeCode=\"5\""),
    ("ParticipantObjectTypeCodeRole=\"1\"", "ParticipantObjectTypeCodeRole=\"27\""),
    ("<ParticipantObjectName>n</ParticipantObjectName>", ""),
    (
        "</ParticipantObjectName>",
        "</ParticipantObjectName><ParticipantObjectQuery>dg==</ParticipantObjectQuery>"
    ),
    ("value=\"dg==\"", "value=\"d\""), ("<AuditMessage>", "<!DOCTYPE AuditMessage><AuditMessage>"),
    ("<AuditMessage>", "<AuditMessage xmlns=\"urn:x\">"), ("ParticipantObjectID=\"1\"", ""),
    ("<AuditSourceTypeCode csd-code=\"4\"/>", "<AuditSourceTypeCode/>"), ("ActiveParticipant", "Participant"),
    // Last, for Jing stops at it.
    ("</AuditMessage>", ""),
]

@Suite struct GrammarTests {
    @Test func `The grammar takes a message of PS3.15 A_5 and refuses each slip`() throws {
        let grammar = try AuditMessageGrammar.shipped.get()
        try grammar.validate(Array(right.utf8))
        for (good, bad) in slips {
            let slipped = right.replacing(good, with: bad)
            #expect(slipped != right, "\(good)")
            #expect(throws: DICOMAuditError(.grammar), "\(good)") { try grammar.validate(Array(slipped.utf8)) }
        }
    }

    @Test func `What is no document, and what is no grammar, is refused`() throws {
        let grammar = try AuditMessageGrammar.shipped.get()
        for bytes in [[], Array("no XML".utf8), [0xFF, 0xFE], Array("<a>".utf8)] as [[UInt8]] {
            #expect(throws: DICOMAuditError(.grammar)) { try grammar.validate(bytes) }
            #expect(throws: DICOMAuditError(.grammarFile)) { try AuditMessageGrammar(parsing: bytes) }
        }
        #expect(throws: DICOMAuditError(.grammarFile)) {
            try AuditMessageGrammar(parsing: Array("<grammar xmlns='http://relaxng.org/ns/structure/1.0'/>".utf8))
        }
    }

    /// Of an engine that none of us wrote and that is not libxml2.
    @Test func `Jing agrees with libxml2 on the grammar, on every event and on every slip`() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/jing") else {
            return print("SKIPPED: no jing on this machine; install the package jing")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "jing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var valid: [String] = []
        for event in AuditEventType.allCases {
            let file = folder.appending(path: "\(event.rawValue).xml")
            try Data(renderer.auditMessage(for: record(event), index: 1).xml).write(to: file)
            valid.append(file.path)
        }
        let (status, output) = try jing(valid)
        #expect(status == 0, "\(output)")
        var wrong: [String] = []
        for (index, (good, bad)) in slips.enumerated() {
            let file = folder.appending(path: "slip-\(index).xml")
            try Data(right.replacing(good, with: bad).utf8).write(to: file)
            wrong.append(file.path)
        }
        // One document type declaration is well-formed and valid to Jing; we refuse it all the same.
        let (_, errors) = try jing(wrong)
        let blamed = wrong.filter { errors.contains($0 + ":") }
        #expect(Set(wrong).subtracting(blamed).count == 1, "\(Set(wrong).subtracting(blamed))")
    }

    private func jing(_ files: [String]) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/jing")
        process.arguments = [grammarFile] + files
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
