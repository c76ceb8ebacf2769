import DICOM
import HL7v2
import JSON
import Testing

@testable import Sandbox

/// An archive with three studies of invented patients: two radiographs of children, a CT of two series.
struct ArchiveFixture {
    static let root = "http://archive.example/dicom-web"
    static let rows = 6
    static let columns = 5

    var archive = ArchiveServer(settings: ArchiveSettings(serviceRoot: root))
    let first: Examination
    let second: Examination
    let third: Examination
    /// The third study's other series, with two instances.
    let otherSeries: UID

    init() throws {
        var registry = SyntheticPatientRegistry(seed: 4711, today: try DTM(parsing: "20260301"))
        first = registry.examination(of: registry.patient(age: 2, sex: .female))
        var child = registry.patient(age: 3)
        child.family = "Wölbling"
        child.given = "Ficta"
        second = registry.examination(of: child, .chestPA)
        third = registry.examination(of: registry.patient(age: 44), .chestCT)
        otherSeries = registry.uid()
        try archive.store(try Self.file(first))
        try archive.store(try Self.file(second) { $0.set(.studyDate, .DA, "20251224") })
        try archive.store(try Self.file(third))
        for number in 1...2 {
            let instance = registry.uid()
            let series = otherSeries
            try archive.store(
                try Self.file(third) {
                    $0.set(.seriesInstanceUID, series)
                    $0.set(.sopInstanceUID, instance)
                    $0.set(.modality, .CS, "SR")
                    $0.set(.seriesNumber, .IS, "2")
                    $0.set(.instanceNumber, .IS, String(number))
                })
        }
    }

    /// A 12-bit image whose values are all different.
    static func file(_ exam: Examination, _ change: (inout DataSet) -> Void = { _ in }) throws -> [UInt8] {
        var header = exam.identifyingHeader()
        change(&header)
        let pixels = (0..<rows * columns).flatMap { [UInt8($0 * 7 & 0xFF), UInt8($0 * 7 >> 8)] }
        let frame = try #require(
            Frame(
                rows: rows, columns: columns, bitsAllocated: 16, bitsStored: 12,
                photometricInterpretation: "MONOCHROME2", pixels: pixels))
        return try Instance(header: header, frame: frame).serialized()
    }

    /// To retrieve changes nothing, so a copy of the archive answers.
    func get(
        _ path: String, _ query: [(name: String, value: String)] = [], accept: String? = nil
    ) -> HTTPExchangeResponse {
        var archive = archive
        return archive.respond(
            to: HTTPExchangeRequest(
                method: "GET", path: path.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
                query: query, headers: accept.map { ["accept": $0] } ?? [:]))
    }

    mutating func post(_ path: String, _ body: [UInt8], type: String?) -> HTTPExchangeResponse {
        archive.respond(
            to: HTTPExchangeRequest(
                method: "POST", path: path.split(separator: "/").map(String.init),
                headers: type.map { ["content-type": $0] } ?? [:], body: body))
    }

    /// The path of an examination's image.
    static func instancePath(_ exam: Examination) -> String {
        "studies/\(exam.studyInstanceUID.value)/series/\(exam.seriesInstanceUID.value)/instances/"
            + exam.sopInstanceUID.value
    }
}

extension HTTPExchangeResponse {
    /// The first header of a name.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The matches of a search, read by the reader of DICOM JSON.
    func matches() throws -> [DataSet] {
        let list = try #require(try JSONValue(parsing: body).array)
        return try list.map { try DataSet(json: $0) }
    }

    /// The parts of a multipart body.
    func parts() throws -> [MultipartPart] {
        let type = try #require(header("Content-Type").flatMap { DICOMMediaRange(Substring($0)) })
        return try MultipartBody(body, boundary: type.parameters["boundary"]).parts()
    }
}

extension SplitMix64 {
    /// A few bytes changed, removed, repeated or put in.
    mutating func mutated(_ input: [UInt8], dictionary: [String]) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let at = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2: bytes.insert(contentsOf: (dictionary.randomElement(using: &self) ?? "").utf8, at: at)
            case 3: bytes.removeLast(bytes.count - at)
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 8)], at: at)
            }
        }
        return bytes
    }
}
