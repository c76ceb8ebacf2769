import Audit
import Foundation
import Logging
import Mapping
import Persistence
import Sealing
import Workflow

@testable import Gateway

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
    let path = "/tmp/gateway-tests-" + randomUUID()

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// What the HTTP listeners stand on.
struct ListenerFixture {
    static let secret = "a-secret-of-24-characters"

    let folder: TemporaryFolder
    let keys: KeyRing
    let store: SQLiteStore
    let metrics = Metrics()
    let signal = WorkSignal()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        folder = try TemporaryFolder()
        keys = try KeyRingFixture.ring()
        store = try SQLiteStore.open(DataFolder(creating: folder.path + "/data"), keys: keys)
    }

    func freeSpace(_ isEnough: Bool) -> FreeSpace {
        FreeSpace(folder: folder.path, minimumBytes: isEnough ? 0 : Int.max)
    }

    /// Changes the last byte of a sealed body, as somebody with a database tool does.
    func spoilBody(of index: Int) throws {
        try onDatabase(Self.spoil, String(index))
    }

    /// From now on the store fails with every record, or no longer.
    func refuseLeaves(_ isRefusing: Bool) throws {
        let trigger = "CREATE TRIGGER refused BEFORE INSERT ON leaves BEGIN SELECT RAISE(ABORT, 'no'); END"
        try onDatabase(
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()",
            isRefusing ? trigger : "DROP TRIGGER refused")
    }

    private func onDatabase(_ script: String, _ argument: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, folder.path + "/data/store.sqlite", argument]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private static let spoil = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1], timeout=30)
        names = "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='leaves'"
        for (name,) in db.execute(names).fetchall():
            db.execute("DROP TRIGGER " + name)
        (body,) = db.execute("SELECT body FROM leaves WHERE idx = ?", (sys.argv[2],)).fetchone()
        db.execute("UPDATE leaves SET body = ? WHERE idx = ?", (body[:-1] + bytes([body[-1] ^ 1]), sys.argv[2]))
        db.commit()
        """

    private var trail: AuditTrail {
        AuditTrail(store: store, clock: SystemClock(), principal: Principal(kind: .service, name: "test"))
    }

    var refusals: RefusalLog {
        RefusalLog(store: store, trail: trail, clock: SystemClock(), metrics: metrics, logger: logger)
    }

    /// The way in of a source that sends as the mappings that ship expect it.
    func gate(isSpaceEnough: Bool = true) throws -> MessageGate {
        let mappings =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/mappings"
        let text = ConfigurationTests.complete.replacingOccurrences(of: "mapping: ihe-rad", with: "mapping: default")
        let configuration = try Configuration.parse("\(text)\nmappings: \(mappings)\n", folder: folder.path)
        let read = try Mappings(configuration, assigners: try configuration.assignerDirectory())
        guard let source = read.sources["his"] else { throw CocoaError(.fileNoSuchFile) }
        let (store, trail) = (store, trail)
        return MessageGate(
            source: "his",
            intake: {
                OrderIntake(
                    store: store, source: source, routing: read.routing,
                    names: GatewayNames(application: "GW", facility: "GW") { "A1" }, clock: SystemClock(), trail: trail)
            }, freeSpace: freeSpace(isSpaceEnough), signal: signal, metrics: metrics)
    }

    func fhir(isSpaceEnough: Bool = true, bodyLimit: Int = 4096, hl7BodyLimit: Int = 65_536) throws -> FHIRListener {
        FHIRListener(
            section: FHIRListenerSection(endpoint: EndpointSection(host: "127.0.0.1", port: 0)),
            intake: StudyNoticeIntake(
                store: store, assigners: try AssignerDirectory([]), ehrDefaultAssigner: nil, clock: SystemClock(),
                trail: trail),
            secret: try SharedSecret(file: folder.file("secret", Self.secret), at: "secretFile"), bodyLimit: bodyLimit,
            hl7: HL7Route(
                gates: ["his": try gate(isSpaceEnough: isSpaceEnough)], bodyLimit: hl7BodyLimit, refusals: refusals),
            tls: nil, refusals: refusals, freeSpace: freeSpace(isSpaceEnough), signal: signal, metrics: metrics,
            logger: logger)
    }

    func admin(isSpaceEnough: Bool = true) -> AdminListener {
        AdminListener(
            endpoint: EndpointSection(host: "127.0.0.1", port: 0), store: store, freeSpace: freeSpace(isSpaceEnough),
            metrics: metrics, logger: logger)
    }
}
