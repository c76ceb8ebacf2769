import Audit

extension AuditMessageRenderer {
    /// What stands in place of a name: records hold none.
    private static let noName = "not recorded"

    /// The objects of the record's subjects; the accession number stands with the study too, where there is one.
    func objects(
        of record: AuditRecord, _ description: MessageDescription
    ) -> [AuditMessage.ParticipantObject] {
        let accessionNumbers = record.subjects.filter { $0.type == .accession }.map(\.identifier)
        let instances = record.event == .studyRetrieve ? record.details["count"].flatMap { Int($0) } : nil
        var objects = record.subjects.map { subject in
            var object = object(subject)
            switch subject.type {
            case .study:
                object.lifeCycle = description.lifeCycle
                object.accessionNumbers = accessionNumbers
                object.instances = instances.flatMap { $0 >= 0 ? $0 : nil }
            case .report: object.lifeCycle = description.lifeCycle
            case .patient, .order, .accession, .filler, .placer, .serviceRequest, .message, .model: break
            }
            return object
        }
        for query in (record.details["query"] ?? "").split(separator: "\n") {
            objects.append(
                AuditMessage.ParticipantObject(
                    id: record.event.rawValue, idType: .rfc3881("10", "Search Criteria"), type: 2, role: 24,
                    label: .query(String(query))))
        }
        if record.event == .auditRead || record.event == .auditExport {
            objects.append(
                AuditMessage.ParticipantObject(
                    id: source.name, idType: .rfc3881("12", "URI"), type: 2, role: 13,
                    label: .name("Security Audit Log")))
        }
        return objects
    }

    /// What belongs to the event as a whole: correlation, place in the log, phase and details.
    func job(_ record: AuditRecord, _ index: UInt64?) -> AuditMessage.ParticipantObject {
        var details = record.details.filter { $0.key != "query" }
        details["phase"] = record.phase.name
        details["intent"] = record.phase.intent.map { String($0) }
        details["leaf"] = index.map { String($0) }
        details["class"] = record.accessClass.rawValue
        details["purpose"] = record.purpose.code
        return AuditMessage.ParticipantObject(
            id: "urn:uuid:" + record.correlation.value, idType: .rfc3881("12", "URI"), type: 2, role: 20,
            label: .name(record.event.rawValue),
            details: details.sorted { $0.key < $1.key }.filter { !$0.key.isEmpty }.map { ($0.key, $0.value) })
    }

    private func object(_ subject: Subject) -> AuditMessage.ParticipantObject {
        var object = AuditMessage.ParticipantObject(
            id: subject.identifier.isEmpty ? "-" : subject.identifier, idType: subject.type.idType,
            type: subject.type == .patient ? 1 : 2, role: subject.type.role, label: .name(Self.noName))
        if let system = system(subject.assigner) {
            object.details.append((CodedValue.issuer.meaning, system))
        } else if !subject.assigner.isEmpty {
            object.details.append((CodedValue.issuer.meaning, subject.assigner))
        }
        return object
    }
}

extension CodedValue {
    fileprivate static let issuer = dicom("110190", "Issuer of Identifier")
}

extension Subject.Kind {
    /// What kind of identifier it is: of RFC 3881 or DICOM where they have one.
    fileprivate var idType: CodedValue {
        switch self {
        case .patient: .rfc3881("2", "Patient Number")
        case .report: .rfc3881("9", "Report Number")
        case .study: .dicom("110180", "Study Instance UID")
        case .order, .accession, .filler, .placer, .serviceRequest, .message, .model:
            CodedValue(code: rawValue, system: "urn:imaging-gateway:subject", meaning: rawValue)
        }
    }

    fileprivate var role: Int {
        switch self {
        case .patient: 1
        case .study, .report: 3
        case .model: 13
        case .order, .accession, .filler, .placer, .serviceRequest, .message: 4
        }
    }
}
