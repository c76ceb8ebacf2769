import FHIR
public import JSON

/// The report for programs. Keys may be added, never renamed.
extension AuditReport {
    /// Identified data.
    public var json: JSONValue {
        [
            "report": .string(kind.rawValue), "notice": .string(Self.notice), "question": questionJSON, "log": logJSON,
            "counts": countsJSON,
            "orders": .object(
                JSONObject(
                    orders.sorted { $0.value.id < $1.value.id }.map { correlation, order in
                        (key: correlation, value: Self.json(order))
                    })),
            "accesses": .array(accesses.map(Self.json)),
        ]
    }

    private var questionJSON: JSONValue {
        var object: JSONObject = [
            "made": .string(question.made.text), "by": .string(question.maker.value),
            "zone": .string(question.zone.name),
        ]
        object["subject"] = question.subject.map(Self.json)
        object["user"] = question.user.map { .string($0) }
        object["from"] = question.period.from.map { .string($0.text) }
        object["until"] = question.period.until.map { .string($0.text) }
        object["site"] = question.site.map { .string($0) }
        object["reading"] = question.reading.map { .number(JSONNumber(Int(clamping: $0))) }
        return .object(object)
    }

    private var logJSON: JSONValue {
        var object: JSONObject = [
            "intact": .bool(log.isIntact), "origin": .string(log.origin), "size": Self.number(log.size),
            "root": .string(log.root), "newerThanOutsideCheckpoint": Self.number(log.newerThanOutside),
            "openIntents": .number(JSONNumber(log.openIntents)), "problemCount": .number(JSONNumber(log.problemCount)),
            "problems": .array(log.problems.map { .string($0) }),
            "restorations": .array(log.restorations.map { .string($0) }), "keyFrom": .string(log.keySource),
        ]
        object["lastOutsideCheckpoint"] = log.lastOutside.map(Self.number)
        return .object(object)
    }

    private var countsJSON: JSONValue {
        func count(_ isMeant: (ReportedAccess) -> Bool) -> JSONValue {
            .number(JSONNumber(accesses.count(where: isMeant)))
        }
        return [
            "all": count { _ in true }, "treatment": count { $0.accessClass == .treatment },
            "operations": count { $0.accessClass == .operations },
            "disclosure": count { $0.accessClass == .disclosure }, "emergencies": count(\.isEmergency),
            "failures": count(\.isFailure), "gaps": count { $0.end == .missing }, "destroyed": count(\.isDestroyed),
        ]
    }

    private static func json(_ access: ReportedAccess) -> JSONValue {
        var object: JSONObject = [
            "leaves": .array(access.leaves.map(number)), "event": .string(access.event),
            "words": .string(access.words), "time": .string(access.time.text), "end": .string(access.end.rawValue),
            "principal": .string(access.principal.value), "roles": .array(access.roles.map { .string($0.value) }),
            "purpose": .string(access.purpose.code), "class": .string(access.accessClass.rawValue),
            "correlation": .string(access.correlation), "subjects": .array(access.subjects.map(json)),
            "emergency": .bool(access.isEmergency), "destroyed": .bool(access.isDestroyed),
            "unreadable": .bool(access.isUnreadable),
        ]
        object["ended"] = access.ended.map { .string($0.text) }
        // What was announced and has no end has no outcome.
        object["outcome"] = access.end == .missing ? nil : .number(JSONNumber(access.outcome.rawValue))
        object["code"] = access.code.map { .string($0) }
        if let peer = access.peer {
            var json: JSONObject = ["name": .string(peer.name)]
            json["address"] = peer.address.map { .string($0) }
            object["peer"] = .object(json)
        }
        if !access.details.isEmpty {
            object["details"] = .object(
                JSONObject(access.details.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
        }
        return .object(object)
    }

    private static func json(_ subject: Subject) -> JSONValue {
        [
            "type": .string(subject.type.rawValue), "assigner": .string(subject.assigner),
            "identifier": .string(subject.identifier),
        ]
    }

    private static func json(_ order: ReportedOrder) -> JSONValue {
        var object: JSONObject = ["order": .string(order.id)]
        object["accession"] = order.accession.map { .string($0) }
        object["study"] = order.study.map { .string($0) }
        return .object(object)
    }

    private static func number(_ value: UInt64) -> JSONValue { .number(JSONNumber(Int(clamping: value))) }
}
