import Audit
import Foundation
import HL7v2
import Mapping
import Sealing
import Workflow

/// The intakes alone, on a store in memory: what a message makes of the orders, without worker, peers or disk.
struct IntakeBench: Sendable {
    let store = MemoryStore()
    let clock = ManualClock()
    let trail: AuditTrail
    let intake: OrderIntake
    let notices: StudyNoticeIntake

    init(
        retraction: RetractionPolicy = .keep, binding: SenderBinding? = nil,
        replyType: ReplyType = .acknowledgment, deferredDestination: String? = nil, rejectsWhenBusy: Bool = false
    ) throws {
        trail = AuditTrail(store: store, clock: clock, principal: Principal(kind: .service, name: "imaging-gateway"))
        let rules = try Self.rules.get()
        let source = MessageSource(
            name: "his", mapping: rules.mapping, options: MessageOptions(), processingID: "P", binding: binding,
            replyType: replyType, deferredDestination: deferredDestination, rejectsWhenBusy: rejectsWhenBusy)
        intake = OrderIntake(
            store: store, source: source, routing: rules.routing,
            retraction: retraction,
            names: GatewayNames(application: "IMGATEWAY", facility: "IMGATEWAY") {
                String(randomUUID().filter { $0 != "-" }.prefix(20))
            }, clock: clock, trail: trail)
        notices = StudyNoticeIntake(
            store: store, assigners: rules.assigners, ehrDefaultAssigner: nil, clock: clock, trail: trail)
    }

    private struct Rules: Sendable {
        let assigners: AssignerDirectory
        let mapping: OrderMapping
        let routing: Routing
    }

    /// The mapping files that come with the gateway, read once.
    private static let rules = Result {
        let assigners = try AssignerDirectory([
            AssignerEntry(name: "hospital", hl7: ["HOSP"], fhir: "urn:hospital", dicom: ["HOSP"]),
            AssignerEntry(name: "placer", hl7: ["HIS"], fhir: "urn:placer"),
            AssignerEntry(name: "filler", hl7: ["RIS"], fhir: "urn:filler"),
        ])
        var codes: [String: CodeMap] = [:]
        for name in ["body-part", "modality", "procedure-body-part"] {
            codes[name] = try CodeMap(yaml: file("codes/\(name).yaml"))
        }
        let mapping = try OrderMapping(
            yaml: file("orders/default.yaml"), codes: codes,
            sender: OrderSender(name: "his", assigners: assigners, defaultAssigner: Assigner(name: "hospital")))
        return Rules(
            assigners: assigners, mapping: mapping, routing: try Routing(yaml: file("routing/default.yaml")))
    }

    private static func file(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "mappings/\(path)"), encoding: .utf8)
    }

    /// The whole reply, or nothing.
    func reply(_ text: String, from sender: MessageSenderIdentity? = nil) async -> String {
        guard case .reply(let bytes) = await intake.receive(Array(text.utf8), from: sender).reply else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sends one message; MSA-1 of the reply, or how it was not answered.
    @discardableResult
    func send(_ text: String) async -> String {
        switch await intake.receive(Array(text.utf8)).reply {
        case .silent: return "silent"
        case .withhold: return "withheld"
        case .reply(let bytes):
            let words = String(decoding: bytes, as: UTF8.self).split(separator: "\r").first { $0.hasPrefix("MSA|") }
            return words?.split(separator: "|").dropFirst().first.map(String.init) ?? "unreadable"
        }
    }

    /// The one order there is.
    var order: StoredOrder {
        get throws {
            guard store.orders.count == 1 else { throw Missing() }
            return store.orders[0]
        }
    }

    /// Brings the one order to where the worker and the deliverer would.
    func bring(to state: OrderState, standing: ReportStanding = .none) throws {
        let now = clock.now()
        store.change(try order.id) { order in
            if state == .composed || standing != .none { order.content.frozenKey = "frozen" }
            order.state = state
            order.content.standing = standing
            if state == .parked { order.content.parking = Parking(reason: .patientNotFound, from: .waiting) }
            if state == .held { order.content.heldFrom = .accepted }
            order.updated = now
        }
    }
}
