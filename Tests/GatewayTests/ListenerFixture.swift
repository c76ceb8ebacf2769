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
    let store: SQLiteStore
    let metrics = Metrics()
    let signal = WorkSignal()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteStore.open(DataFolder(creating: folder.path + "/data"), keys: KeyRingFixture.ring())
    }

    func freeSpace(_ isEnough: Bool) -> FreeSpace {
        FreeSpace(folder: folder.path, minimumBytes: isEnough ? 0 : Int.max)
    }

    func fhir(isSpaceEnough: Bool = true, bodyLimit: Int = 4096) throws -> FHIRListener {
        let clock = SystemClock()
        let trail = AuditTrail(store: store, clock: clock, principal: Principal(kind: .service, name: "test"))
        return FHIRListener(
            section: FHIRListenerSection(endpoint: EndpointSection(host: "127.0.0.1", port: 0)),
            intake: StudyNoticeIntake(
                store: store, assigners: try AssignerDirectory([]), ehrDefaultAssigner: nil, clock: clock, trail: trail),
            secret: try SharedSecret(file: folder.file("secret", Self.secret), at: "secretFile"), bodyLimit: bodyLimit,
            freeSpace: freeSpace(isSpaceEnough), signal: signal, metrics: metrics, logger: logger)
    }

    func admin(isSpaceEnough: Bool = true) -> AdminListener {
        AdminListener(
            endpoint: EndpointSection(host: "127.0.0.1", port: 0), store: store, freeSpace: freeSpace(isSpaceEnough),
            metrics: metrics, logger: logger)
    }
}
