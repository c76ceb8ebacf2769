/// The profiles of IHE BALP that an event of this gateway can meet.
enum BasicAuditProfile: String {
    case read = "IHE.BasicAudit.Read"
    case patientRead = "IHE.BasicAudit.PatientRead"
    case create = "IHE.BasicAudit.Create"
    case patientCreate = "IHE.BasicAudit.PatientCreate"
    case update = "IHE.BasicAudit.Update"
    case patientUpdate = "IHE.BasicAudit.PatientUpdate"
    case query = "IHE.BasicAudit.Query"
    case patientQuery = "IHE.BasicAudit.PatientQuery"
    case disclosure = "IHE.BasicAudit.PrivacyDisclosure.Source"

    /// The profile's canonical URL.
    var canonical: String { "https://profiles.ihe.net/ITI/BALP/StructureDefinition/" + rawValue }

    /// The profile that an event meets in every element; nil where one is missing, or where something failed or has not
    /// happened yet: these profiles speak of success.
    static func claim(
        _ record: AuditRecord, _ event: EventDescription, _ agents: [EventAgent], _ entities: EventEntities
    ) -> BasicAuditProfile? {
        guard record.phase != .intent, record.outcome == .success else { return nil }
        let ends = agents.filter { $0.part != .user }
        guard ends.count == 2, ends.allSatisfy({ $0.address?.isEmpty == false }) else { return nil }
        let hasPatient = entities.patients.count == 1
        switch (event.pattern, event.action) {
        case (.none, _): return nil
        case (.disclosure, _): return hasPatient && entities.all.count > 1 ? disclosure : nil
        case (.rest, .execute):
            guard entities.queries.count == 1, entities.data.isEmpty else { return nil }
            return hasPatient ? patientQuery : query
        case (.rest, .read), (.rest, .create), (.rest, .update):
            guard entities.data.count == 1, entities.queries.isEmpty, event.interaction != .transaction else {
                return nil
            }
            switch event.action {
            case .read: return hasPatient ? patientRead : read
            case .create: return hasPatient ? patientCreate : create
            case .update: return hasPatient ? patientUpdate : update
            case .execute: return nil
            }
        }
    }
}
