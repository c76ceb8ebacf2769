import Audit
import Mapping
import Sealing
import Testing
import Workflow

extension OrderStoreContract {
    static let finding = [
        OrderStoreContract("One message with keys and studies of several orders finds each once, oldest first") {
            store in
            let (first, second, third) = (storedOrder("1", at: 1), storedOrder("2", at: 2), storedOrder("3", at: 3))
            for order in [second, third, first] { try await accept(order, by: store, study: "1.2.\(order.id.value)") }
            let keys = [first, second].flatMap { $0.content.order?.identity.keys ?? [] }
            let studies = [second, third].map { "1.2.\($0.id.value)" }
            let found = try await findings(Intake(message: message("m"), keys: keys, studies: studies), by: store)
            #expect(found.orders == [first, second, third])
            #expect(found.keys == [keys[0]: first.id, keys[1]: second.id])
            #expect(found.studies == [studies[0]: [second.id], studies[1]: [third.id]])
        },
        OrderStoreContract("Orders of a patient are found only where the message asks for them") { store in
            let mine = [storedOrder("1", at: 1, patients: ["A", "B"]), storedOrder("2", at: 2, patients: ["A"])]
            for order in mine + [storedOrder("3", at: 3, patients: ["C"])] { try await accept(order, by: store) }
            let all = try await patients([identifier("A"), identifier("B"), identifier("X")], by: store)
            #expect(all.orders == mine)
            #expect(all.patients == [identifier("A"): mine.map(\.id), identifier("B"): [mine[0].id]])
            let order = Intake(message: message("o"), keys: [], patients: [identifier("A")])
            #expect(try await findings(order, by: store).orders.isEmpty)
        },
        OrderStoreContract("An unknown assigner equals nothing, and a type code says nothing") { store in
            let unknown = AssignedIdentifier(assigner: nil, value: "A")
            var order = storedOrder("1")
            order.content.order?.patient = [
                unknown, AssignedIdentifier(assigner: hospital, value: "B", typeCode: "MR"),
            ]
            try await accept(order, by: store)
            let found = try await patients(
                [unknown, AssignedIdentifier(assigner: hospital, value: "B", typeCode: "PI")], by: store)
            #expect(found.patients == [identifier("B"): [order.id]])
        },
        OrderStoreContract("An order is found by the patients that it names now") { store in
            let order = storedOrder("1", patients: ["A"])
            try await accept(order, by: store)
            _ = try await store.update(order.id) { current in
                var moved = current
                moved.content.order?.patient = [identifier("B")]
                return (moved, [])
            }
            let found = try await patients([identifier("A"), identifier("B")], by: store)
            #expect(found.patients == [identifier("B"): [order.id]])
        },
        OrderStoreContract("A merge is remembered for later orders, chains to their end") { store in
            try await merge(("A", "B"), by: store)
            try await merge(("B", "C"), by: store)
            let found = try await findings(
                Intake(message: message("o"), keys: [], patients: ["A", "B", "C", "X"].map { identifier($0) }),
                by: store)
            #expect(found.survivors == [identifier("A"): identifier("C"), identifier("B"): identifier("C")])
        },
        OrderStoreContract("Orders of the patient into whom one was merged are that patient's too") { store in
            let order = storedOrder("1", patients: ["B"])
            try await accept(order, by: store)
            try await merge(("A", "B"), by: store)
            let found = try await patients([identifier("A")], by: store)
            #expect(found.patients == [identifier("A"): [order.id]])
        },
        OrderStoreContract("A merge that is turned round counts as it was said last, and a circle does no harm") {
            store in
            try await merge(("A", "B"), by: store)
            try await merge(("B", "A"), by: store)
            let turned = try await survivors(of: ["A", "B", "C"], by: store)
            #expect(turned == [identifier("B"): identifier("A")])
            try await merge(("A", "C"), by: store)
            try await merge(("C", "B"), by: store)
            // C → B → A, and A no longer → C: nobody is merged into itself.
            let circle = try await survivors(of: ["A", "B", "C"], by: store)
            #expect(circle.allSatisfy { $0.key != $0.value })
        },
        OrderStoreContract("A merge is said once more: nothing changes; of two the later one counts") { store in
            for _ in 0..<2 { try await merge(("A", "B"), by: store) }
            try await merge(("A", "C"), by: store)
            let found = try await findings(
                Intake(message: message("o"), keys: [], patients: [identifier("A")]), by: store)
            #expect(found.survivors == [identifier("A"): identifier("C")])
        },
    ]

    private static func merge(_ pair: (String, String), by store: any OrderStore) async throws {
        let merge = PatientMerge(prior: identifier(pair.0), surviving: identifier(pair.1))
        _ = try await store.accept(Intake(message: message(randomUUID()), keys: [])) { _ in
            IntakeDecision(merges: [merge], records: [record(.patientMerge)])
        }
    }

    private static func survivors(
        of values: [String], by store: any OrderStore
    ) async throws -> [AssignedIdentifier: AssignedIdentifier] {
        let intake = Intake(message: message(randomUUID()), keys: [], patients: values.map { identifier($0) })
        return try await findings(intake, by: store).survivors
    }

    private static func patients(
        _ patients: [AssignedIdentifier], by store: any OrderStore
    ) async throws -> IntakeFindings {
        try await findings(
            Intake(message: message(randomUUID()), keys: [], patients: patients, wantsOrdersOfPatients: true), by: store
        )
    }
}
