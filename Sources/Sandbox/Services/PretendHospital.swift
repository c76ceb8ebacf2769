internal import DICOM
internal import Foundation
internal import HL7v2
internal import JSON
internal import MLLP
internal import Synchronization

/// A pretend EHR and a pretend archive with invented patients, on loopback and in memory only.
///
/// It is there to show the gateway and to try it out. That the gateway gets along with it proves nothing about other
/// software: the tests for that run against programs that others wrote.
public actor PretendHospital {
    let settings: SandboxSettings
    var registry: SyntheticPatientRegistry
    var records: RecordServer
    var images: ArchiveServer
    private var results = ResultReceiver()
    private(set) var received: [ReceivedResult] = []
    private(set) var archiveRequests = 0
    /// How many announcements a subscriber took.
    private(set) var arrivedDeliveries = 0
    private var boundListeners = 0
    private var messages = 0
    let outages = Outages()
    private let deliveries = AsyncStream.makeStream(
        of: SubscriptionDelivery.self, bufferingPolicy: .bufferingOldest(10_000))

    /// A hospital that is not open yet.
    public init(_ settings: SandboxSettings) {
        self.settings = settings
        registry = SyntheticPatientRegistry(seed: settings.seed, today: Self.now())
        records = RecordServer(base: settings.ehrBase)
        images = ArchiveServer(settings: ArchiveSettings(serviceRoot: settings.archiveBase))
    }

    /// All listeners take connections.
    public var isOpen: Bool { boundListeners == 3 }

    /// Serves until the task is cancelled. Throws when a port is taken or a TLS file cannot be read.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.ehrListener.run { _ in await self.noteBound() } }
            group.addTask { try await self.archiveListener.run { _ in await self.noteBound() } }
            group.addTask { try await self.resultListener.run { _ in await self.noteBound() } }
            let courier = Courier(
                tls: settings.tls, isWanted: { await self.wants($0) },
                onOutcome: { await self.note($0, hasArrived: $1) })
            group.addTask { await courier.carry(self.deliveries.stream) }
            defer { boundListeners = 0 }
            try await group.next()
            group.cancelAll()
        }
    }

    private func noteBound() { boundListeners += 1 }

    /// Whether its subscription is still active.
    private func wants(_ delivery: SubscriptionDelivery) -> Bool {
        (try? read("Subscription/\(delivery.subscription)"))?["status"]?.string == "active"
    }

    private func note(_ delivery: SubscriptionDelivery, hasArrived: Bool) {
        guard !hasArrived else { return arrivedDeliveries += 1 }
        guard wants(delivery) else { return }
        records.deliveryFailed(
            subscription: delivery.subscription, reason: "The endpoint does not take it.", now: Self.instant())
    }

    static func now() -> DTM { DTM(secondsSinceEpoch: Int64(Date().timeIntervalSince1970)) }

    // MARK: - Listeners

    private nonisolated var ehrListener: ExchangeListener {
        ExchangeListener(
            port: settings.ehrPort, tls: settings.tls, root: ["fhir"], outage: { [outages] in outages.ehr },
            onRefusal: { [outages] in outages.noteRefusal() },
            respond: { await self.answer(ehr: $0) }, elsewhere: { await self.page($0) })
    }

    private nonisolated var archiveListener: ExchangeListener {
        ExchangeListener(
            port: settings.archivePort, tls: settings.tls, root: ["dicom-web"],
            outage: { [outages] in outages.archive }, onRefusal: { [outages] in outages.noteRefusal() },
            respond: { await self.answer(archive: $0) })
    }

    private nonisolated var resultListener: MLLPListener {
        MLLPListener(
            configuration: ListenerConfiguration(port: settings.resultPort, tls: settings.tls?.mllpListener),
            onFrame: { frame in
                await self.receive(frame.bytes).map { .reply($0) } ?? .none
            })
    }

    @discardableResult
    func answer(ehr request: HTTPExchangeRequest) -> HTTPExchangeResponse {
        let (response, notifications) = records.respond(to: request, now: Self.instant())
        for notification in notifications { deliveries.continuation.yield(notification) }
        return response
    }

    private func answer(archive request: HTTPExchangeRequest) -> HTTPExchangeResponse {
        archiveRequests += 1
        return images.respond(to: request)
    }

    private func receive(_ message: [UInt8]) -> [UInt8]? {
        let receipt = results.receive(message, time: Self.now())
        if let result = receipt.result { received = received.suffix(499) + [result] }
        return receipt.reply
    }

    func nextMessageControlID() -> String {
        messages += 1
        return "SBX\(messages)T\(Int64(Date().timeIntervalSince1970 * 1000) % 1_000_000_000)"
    }
}

/// What does not answer at the moment.
final class Outages: Sendable {
    private let state = Mutex<(outages: [Scenario.Service: Outage], refusals: Int)>(([:], 0))

    var ehr: Outage { state.withLock { $0.outages[.ehr] ?? .none } }
    var archive: Outage { state.withLock { $0.outages[.archive] ?? .none } }
    /// How many requests met one.
    var refusals: Int { state.withLock { $0.refusals } }

    func set(_ outage: Outage, of service: Scenario.Service) {
        state.withLock { $0.outages[service] = outage }
    }

    func noteRefusal() {
        state.withLock { $0.refusals += 1 }
    }
}
