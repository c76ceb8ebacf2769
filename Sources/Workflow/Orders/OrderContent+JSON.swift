import Audit
public import JSON
public import Mapping

/// The form in which the sealed part of an order is stored.
extension OrderContent {
    /// Never written anywhere but into a sealed column.
    public var json: JSONValue {
        var object = JSONObject()
        object["v"] = 1
        object["order"] = order?.json
        object["correlation"] = .string(correlation.value)
        object["frozenKey"] = frozenKey.map { .string($0) }
        object["parking"] = parking?.json
        object["notApplicableReason"] = notApplicableReason.map { .string($0) }
        object["progress"] = progress.json
        object["imagingStudyID"] = imagingStudyID.map { .string($0) }
        object["announcement"] = announcement.map { .string($0) }
        if !formerPatient.isEmpty { object["formerPatient"] = .array(formerPatient.map(\.json)) }
        if generation > 0 { object["generation"] = .number(JSONNumber(generation)) }
        if standing != .none { object["standing"] = .string(standing.rawValue) }
        object["heldFrom"] = heldFrom.map { .string($0.rawValue) }
        object["controlTime"] = controlTime.map(\.json)
        if !deliveries.isEmpty { object["deliveries"] = .array(deliveries.map(\.json)) }
        object["reportedStudy"] = reportedStudy.map { .string($0) }
        object["reportedModel"] = reportedModel.map { .string($0) }
        if !exports.isEmpty { object["exports"] = .array(exports.map(\.json)) }
        return .object(object)
    }

    /// Throws `fault` when the value is not one that `json` made.
    public init(json: JSONValue) throws(AdapterError) {
        let damaged = AdapterError(.fault, code: "store.orderContentInvalid")
        guard json["v"]?.int == 1, let correlation = json["correlation"]?.string else { throw damaged }
        var order: ImagingOrder?
        if let value = json["order"] {
            do {
                order = try ImagingOrder(json: value)
            } catch {
                throw damaged
            }
        }
        var parking: Parking?
        if let value = json["parking"] {
            guard let read = Parking(json: value) else { throw damaged }
            parking = read
        }
        let former = json["formerPatient"]?.array ?? []
        let formerPatient = former.compactMap(AssignedIdentifier.init(json:))
        guard formerPatient.count == former.count else { throw damaged }
        self.init(
            order: order, correlation: CorrelationID(value: correlation), frozenKey: json["frozenKey"]?.string,
            parking: parking, notApplicableReason: json["notApplicableReason"]?.string,
            progress: OrderProgress(json: json["progress"] ?? .object(JSONObject())),
            imagingStudyID: json["imagingStudyID"]?.string, announcement: json["announcement"]?.string,
            formerPatient: formerPatient,
            generation: json["generation"]?.int ?? 0,
            standing: json["standing"]?.string.flatMap(ReportStanding.init(rawValue:)) ?? .none,
            heldFrom: json["heldFrom"]?.string.flatMap(OrderState.init(rawValue:)),
            controlTime: json["controlTime"].flatMap(Timestamp.init(json:)),
            deliveries: (json["deliveries"]?.array ?? []).compactMap(Delivery.init(json:)),
            reportedStudy: json["reportedStudy"]?.string, reportedModel: json["reportedModel"]?.string,
            exports: (json["exports"]?.array ?? []).compactMap(ExportDraft.init(json:)))
    }
}

extension Parking {
    var json: JSONValue {
        var object = JSONObject()
        object["reason"] = .string(reason.rawValue)
        object["code"] = code.map { .string($0) }
        object["from"] = .string(from.rawValue)
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let reason = json["reason"]?.string.flatMap(ParkReason.init(rawValue:)),
            let from = json["from"]?.string.flatMap(OrderState.init(rawValue:))
        else { return nil }
        self.init(reason: reason, code: json["code"]?.string, from: from)
    }
}

extension OrderProgress {
    var json: JSONValue {
        var object = JSONObject()
        object["failures"] = .number(JSONNumber(failures))
        if conflicts > 0 { object["conflicts"] = .number(JSONNumber(conflicts)) }
        object["failingSince"] = failingSince.map(\.json)
        object["polls"] = .number(JSONNumber(polls))
        object["instanceCount"] = instanceCount.map { .number(JSONNumber($0)) }
        object["instanceCountSince"] = instanceCountSince.map(\.json)
        return .object(object)
    }

    init(json: JSONValue) {
        self.init(
            failures: json["failures"]?.int ?? 0, conflicts: json["conflicts"]?.int ?? 0,
            failingSince: json["failingSince"].flatMap(Timestamp.init(json:)),
            polls: json["polls"]?.int ?? 0, instanceCount: json["instanceCount"]?.int,
            instanceCountSince: json["instanceCountSince"].flatMap(Timestamp.init(json:)))
    }
}

extension AssignedIdentifier {
    var json: JSONValue {
        var object = JSONObject()
        object["assigner"] = assigner.map { .string($0.name) }
        object["value"] = .string(value)
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let value = json["value"]?.string else { return nil }
        self.init(assigner: json["assigner"]?.string.map(Assigner.init(name:)), value: value)
    }

    /// The same identifier by assigner and value alone: what it is looked up by.
    public var withoutType: AssignedIdentifier {
        typeCode == nil ? self : AssignedIdentifier(assigner: assigner, value: value)
    }
}

extension Timestamp {
    var json: JSONValue { .number(JSONNumber(Int(microseconds))) }

    init?(json: JSONValue) {
        guard let value = json.int else { return nil }
        self.init(microseconds: Int64(value))
    }
}
