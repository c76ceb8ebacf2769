extension AuditMessage {
    /// The message in the order of elements of PS3.15 A.5.1, on one line.
    func xml() throws(DICOMAuditError) -> [UInt8] {
        let document = try XMLDocument()
        try document.element("AuditMessage") { (document) throws(DICOMAuditError) in
            try event.write(to: document)
            for participant in participants { try participant.write(to: document) }
            try source.write(to: document)
            for object in objects { try object.write(to: document) }
        }
        return try document.bytes()
    }
}

extension CodedValue {
    fileprivate func write(_ name: String, to document: borrowing XMLDocument) throws(DICOMAuditError) {
        try document.element(name, ["csd-code": code, "codeSystemName": system, "originalText": meaning])
    }
}

extension AuditMessage.EventIdentification {
    fileprivate func write(to document: borrowing XMLDocument) throws(DICOMAuditError) {
        try document.element(
            "EventIdentification",
            ["EventActionCode": action, "EventDateTime": dateTime, "EventOutcomeIndicator": String(outcome)]
        ) { (document) throws(DICOMAuditError) in
            try id.write("EventID", to: document)
            for type in types { try type.write("EventTypeCode", to: document) }
            guard let outcomeDescription else { return }
            try document.element("EventOutcomeDescription") { (document) throws(DICOMAuditError) in
                try document.text(outcomeDescription)
            }
        }
    }
}

extension AuditMessage.ActiveParticipant {
    fileprivate func write(to document: borrowing XMLDocument) throws(DICOMAuditError) {
        try document.element(
            "ActiveParticipant",
            [
                "UserID": userID, "UserIsRequestor": isRequestor ? "true" : "false", "NetworkAccessPointID": address,
                "NetworkAccessPointTypeCode": address.map { isIPAddress($0) ? "2" : "1" },
            ]
        ) { (document) throws(DICOMAuditError) in
            for role in roles { try role.write("RoleIDCode", to: document) }
        }
    }

    private func isIPAddress(_ address: String) -> Bool {
        address.contains(":") || address.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    }
}

extension AuditMessage.AuditSourceIdentification {
    fileprivate func write(to document: borrowing XMLDocument) throws(DICOMAuditError) {
        try document.element(
            "AuditSourceIdentification", ["AuditEnterpriseSiteID": enterpriseSite, "AuditSourceID": id]
        ) { (document) throws(DICOMAuditError) in
            // An application server.
            try document.element("AuditSourceTypeCode", ["csd-code": "4"])
        }
    }
}

extension AuditMessage.ParticipantObject {
    fileprivate func write(to document: borrowing XMLDocument) throws(DICOMAuditError) {
        try document.element(
            "ParticipantObjectIdentification",
            [
                "ParticipantObjectID": id, "ParticipantObjectTypeCode": String(type),
                "ParticipantObjectTypeCodeRole": String(role),
                "ParticipantObjectDataLifeCycle": lifeCycle.map { String($0) },
            ]
        ) { (document) throws(DICOMAuditError) in
            try idType.write("ParticipantObjectIDTypeCode", to: document)
            switch label {
            case .name(let name):
                try document.element("ParticipantObjectName") { (document) throws(DICOMAuditError) in
                    try document.text(name)
                }
            case .query(let query):
                try document.element("ParticipantObjectQuery") { (document) throws(DICOMAuditError) in
                    try document.text(base64(query))
                }
            }
            for detail in details {
                try document.element("ParticipantObjectDetail", ["type": detail.type, "value": base64(detail.value)])
            }
            try writeDescription(to: document)
        }
    }

    private func writeDescription(to document: borrowing XMLDocument) throws(DICOMAuditError) {
        guard !accessionNumbers.isEmpty || instances != nil else { return }
        try document.element("ParticipantObjectDescription") { (document) throws(DICOMAuditError) in
            for number in accessionNumbers { try document.element("Accession", ["Number": number]) }
            if let instances { try document.element("SOPClass", ["NumberOfInstances": String(instances)]) }
        }
    }
}
