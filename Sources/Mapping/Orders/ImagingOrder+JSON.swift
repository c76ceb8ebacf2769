import DICOM
import HL7v2
public import JSON

extension ImagingOrder {
    /// For the sealed store only: identified data.
    public var json: JSONValue {
        var object = JSONObject()
        object["v"] = 1
        object["keys"] = .array(
            identity.keys.map { Self.object($0.identifier, ("kind", .string($0.kind.rawValue))) })
        object["patient"] = .array(patient.map { Self.object($0) })
        object["patientName"] = patientName.map(\.json)
        object["birthDate"] = birthDate.map { .string($0.description) }
        object["orderControl"] = .string(orderControl.rawValue)
        object["procedureCode"] = procedureCode.map(\.json)
        object["studyInstanceUID"] = studyInstanceUID.map { .string($0.value) }
        object["scheduledTime"] = scheduledTime.map(\.json)
        object["transactionTime"] = transactionTime.map(\.json)
        object["source"] = .string(source)
        for (name, value) in [
            ("sex", sex), ("orderStatus", orderStatus), ("modality", modality), ("bodyPart", bodyPart),
            ("requestedProcedureID", requestedProcedureID), ("priority", priority),
            ("messageControlID", messageControlID), ("mappingVersion", mappingVersion),
        ] {
            object[name] = value.map { .string($0) }
        }
        if !cleared.isEmpty { object["cleared"] = .array(cleared.map { .string($0) }) }
        return .object(object)
    }

    private static func object(_ identifier: AssignedIdentifier, _ first: (String, JSONValue)? = nil) -> JSONValue {
        var object = JSONObject()
        if let first { object[first.0] = first.1 }
        object["assigner"] = identifier.assigner.map { .string($0.name) }
        object["value"] = .string(identifier.value)
        object["type"] = identifier.typeCode.map { .string($0) }
        return .object(object)
    }

    /// - Throws: `storedOrderInvalid` unless it is what `json` gives.
    public init(json: JSONValue) throws(MappingError) {
        guard json["v"]?.int == 1, let source = json["source"]?.string,
            let control = json["orderControl"]?.string.flatMap(OrderControl.init(rawValue:)),
            let keys = json["keys"]?.array, let patient = json["patient"]?.array
        else { throw MappingError(.storedOrderInvalid) }
        func text(_ name: String) -> String? { json[name]?.string }
        self.init(
            identity: OrderIdentity(keys: try keys.map { key throws(MappingError) in try Self.key(key) }),
            patient: try patient.map { item throws(MappingError) in try Self.identifier(item) },
            patientName: json["patientName"].map(PersonName.init(json:)),
            birthDate: try json["birthDate"].map { value throws(MappingError) in try Self.dtm(value) },
            sex: text("sex"), orderControl: control, orderStatus: text("orderStatus"),
            procedureCode: try json["procedureCode"].map { value throws(MappingError) in try CodedConcept(json: value)
            },
            modality: text("modality"), bodyPart: text("bodyPart"),
            studyInstanceUID: try json["studyInstanceUID"].map { value throws(MappingError) in try Self.uid(value) },
            scheduledTime: try json["scheduledTime"].map { value throws(MappingError) in try Self.time(value) },
            transactionTime: try json["transactionTime"].map { value throws(MappingError) in try Self.time(value) },
            requestedProcedureID: text("requestedProcedureID"), priority: text("priority"),
            cleared: json["cleared"]?.array?.compactMap(\.string) ?? [], source: source,
            messageControlID: text("messageControlID"), mappingVersion: text("mappingVersion"))
    }

    private static func identifier(_ json: JSONValue) throws(MappingError) -> AssignedIdentifier {
        guard let value = json["value"]?.string else { throw MappingError(.storedOrderInvalid) }
        return AssignedIdentifier(
            assigner: json["assigner"]?.string.map(Assigner.init(name:)), value: value, typeCode: json["type"]?.string)
    }

    private static func key(_ json: JSONValue) throws(MappingError) -> OrderKey {
        guard let kind = json["kind"]?.string.flatMap(OrderKey.Kind.init(rawValue:)),
            let key = OrderKey(kind, try identifier(json))
        else { throw MappingError(.storedOrderInvalid) }
        return key
    }

    private static func uid(_ json: JSONValue) throws(MappingError) -> UID {
        guard let uid = json.string.flatMap({ UID($0) }) else { throw MappingError(.storedOrderInvalid) }
        return uid
    }

    private static func dtm(_ json: JSONValue) throws(MappingError) -> DTM {
        guard let text = json.string, let time = try? DTM(parsing: text) else {
            throw MappingError(.storedOrderInvalid)
        }
        return time
    }

    private static func time(_ json: JSONValue) throws(MappingError) -> OrderTime {
        guard let stated = json["stated"], let seconds = json["seconds"]?.int else {
            throw MappingError(.storedOrderInvalid)
        }
        return OrderTime(stated: try dtm(stated), secondsSinceEpoch: Int64(seconds))
    }
}

extension OrderTime {
    var json: JSONValue {
        .object(["stated": .string(stated.description), "seconds": .number(JSONNumber(Int(secondsSinceEpoch)))])
    }
}

extension PersonName {
    var json: JSONValue {
        var object = JSONObject()
        for (name, part) in [
            ("family", family), ("given", given), ("middle", middle), ("suffix", suffix), ("prefix", prefix),
        ] {
            object[name] = part.map { .string($0) }
        }
        return .object(object)
    }

    init(json: JSONValue) {
        self.init(
            family: json["family"]?.string, given: json["given"]?.string, middle: json["middle"]?.string,
            suffix: json["suffix"]?.string, prefix: json["prefix"]?.string)
    }
}

extension CodedConcept {
    var json: JSONValue {
        var object = JSONObject()
        object["codings"] = .array(
            codings.map { coding in
                var item = JSONObject()
                item["code"] = .string(coding.code)
                item["display"] = coding.display.map { .string($0) }
                item["system"] = coding.system.map { .string($0) }
                return .object(item)
            })
        object["text"] = text.map { .string($0) }
        return .object(object)
    }

    init(json: JSONValue) throws(MappingError) {
        guard let items = json["codings"]?.array else { throw MappingError(.storedOrderInvalid) }
        let codings = items.compactMap { item in
            item["code"]?.string.map {
                Coding(code: $0, display: item["display"]?.string, system: item["system"]?.string)
            }
        }
        guard codings.count == items.count else { throw MappingError(.storedOrderInvalid) }
        self.init(codings: codings, text: json["text"]?.string)
    }
}
