internal import FHIR
internal import Foundation
internal import JSON

/// What the hospital itself does in its EHR, through the same door as everybody else.
extension PretendHospital {
    static func instant() -> FHIRInstant {
        FHIRInstant(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1e6))
    }

    /// The new resource as `Type/id`.
    func create(_ resource: JSONValue) throws -> String {
        let type = resource["resourceType"]?.string ?? ""
        let created = try exchange("POST", [type], body: resource)
        guard let id = created["id"]?.string else { throw SandboxFailure("the EHR gave \(type) no id") }
        return "\(type)/\(id)"
    }

    func update(_ type: String, _ id: String, _ resource: JSONValue) throws {
        _ = try exchange("PUT", [type, id], body: resource)
    }

    func read(_ reference: String) throws -> JSONValue {
        try exchange("GET", reference.split(separator: "/").map(String.init))
    }

    func search(_ type: String, _ query: [(name: String, value: String)]) throws -> [JSONValue] {
        let bundle = try exchange("GET", [type], query: query + [("_count", "200")])
        return (bundle["entry"]?.array ?? []).compactMap { $0["resource"] }
    }

    func patients(of exam: Examination) throws -> [JSONValue] {
        try search("Patient", [("identifier", "\(Hospital.patientSystem)|\(exam.patient.id)")])
    }

    private func exchange(
        _ method: String, _ path: [String], query: [(name: String, value: String)] = [], body: JSONValue? = nil
    ) throws -> JSONValue {
        let answer = answer(
            ehr: HTTPExchangeRequest(
                method: method, path: path, query: query, headers: ["content-type": "application/fhir+json"],
                body: body?.serialized() ?? []))
        guard (200..<300).contains(answer.status) else {
            let outcome = String(decoding: answer.body, as: UTF8.self)
            throw SandboxFailure(
                "the pretend EHR answers \(answer.status) to \(method) \(path.joined(separator: "/")): \(outcome)")
        }
        return try JSONValue(parsing: answer.body)
    }
}
