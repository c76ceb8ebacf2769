import DICOM
import HL7v2
import Mapping
import Testing

@Suite("Worked examples of mappings/sites")
struct SiteExampleTests {
    func order(_ site: String) throws -> [OrderCandidate] {
        try Examples.mapping("sites/\(site).yaml").orders(from: Examples.sample(site))
    }

    @Test("a RIS as order filler: steps of one study, its own codes, local times")
    func orderFiller() throws {
        let candidates = try order("order-filler-style")
        #expect(candidates.count == 2)
        for candidate in candidates {
            let order = candidate.order
            #expect(candidate.problems == [] && candidate.warnings == [])
            #expect(order.identity.accession == AssignedIdentifier(assigner: Examples.ris, value: "ACC900"))
            #expect(order.patient.map(\.value) == ["0004711"])
            #expect(order.procedureCode?.code == "TX2E" && order.orderStatus == "SC")
            #expect(order.modality == "DX" && order.bodyPart == "CHEST" && order.priority == "S")
            #expect(order.studyInstanceUID == UID("1.2.826.0.1.3680043.2.1"))
            #expect(order.transactionTime?.stated.description == "20260701085500+0200")
        }
        #expect(candidates.map { $0.order.scheduledTime?.stated.hour } == [9, 9])
        #expect(try routed(candidates) == ["chest-pneumonia-kermany", "chest-pneumonia-kermany"])
    }

    @Test("the RIS's training system has numbers of its own")
    func training() throws {
        let bytes = try Examples.sample("order-filler-style").bytes
        let text = String(decoding: bytes, as: UTF8.self).replacing("|RADSYS|", with: "|RISTRAIN|")
            .replacing("ACC900", with: "TRAIN-900")
        let mapping = try Examples.mapping("sites/order-filler-style.yaml")
        let candidates = try mapping.orders(from: Message(parsing: Array(text.utf8)))
        #expect(candidates.map(\.order.identity.accession?.value) == ["900", "900"])
    }

    @Test("a hospital-wide EHR: accession number in ORC-3, no ZDS, words instead of codes")
    func enterpriseEHR() throws {
        let candidates = try order("enterprise-ehr-style")
        let order = try #require(candidates.first?.order)
        #expect(candidates.count == 1 && candidates[0].problems == [])
        #expect(order.identity.accession == AssignedIdentifier(assigner: Examples.ris, value: "E7001234"))
        #expect(order.identity.filler?.value == "E7001234-1" && order.identity.placer?.value == "5550001")
        #expect(order.patient.map(\.typeCode) == ["EPI", "MR"])
        #expect(order.modality == "DX" && order.bodyPart == "CHEST" && order.priority == "S")
        #expect(order.studyInstanceUID == nil)
        #expect(order.scheduledTime?.stated.description == "20260301150000+0100")
        #expect(try routed(candidates) == ["chest-pneumonia-kermany"])
    }

    private func routed(_ candidates: [OrderCandidate]) throws -> [String?] {
        let routing = try Routing(path: "routing/default.yaml", in: Examples.files())
        return candidates.map { candidate in
            guard case .model(let id, _) = routing.route(candidate.order) else { return nil }
            return id
        }
    }
}
