import DICOM
import DICOMweb
import Testing
import Workflow

@Suite("Search for studies and instances (PS3.18 §10.6)", .timeLimit(.minutes(1)))
struct SearchTests {
    private let type = "application/dicom+json"
    private let uid = UID("1.2.840.1")

    @Test("No match is 204, an empty list or an empty body", arguments: [204, 200, 201])
    func empty(kind: Int) async throws {
        let uid = try #require(uid)
        try await withArchive { _ in
            switch kind {
            case 204: .answer(204)
            case 200: .json("[]", type: "application/dicom+json")
            default: .answer(200)
            }
        } body: { archive, _ in
            let found = try await archive.studies(studyInstanceUID: uid)
            #expect(found.isEmpty)
        }
    }

    @Test("A study is read from numbers or text, whatever the case of the keys")
    func reading() async throws {
        let answer = #"""
            [{"0020000D":{"vr":"UI","Value":["1.2.840.1"]},"00080050":{"vr":"SH","Value":["ACC1 "]},
              "00080051":{"vr":"SQ","Value":[{"00400031":{"vr":"UT","Value":["HOSP"]}}]},
              "00080061":{"vr":"CS","Value":["DX",null,"SR"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]},
              "00100020":{"vr":"LO","Value":["4711"]},"00100030":{"vr":"DA"},"0020120e":{"vr":"IS","Value":[1]},
              "00201206":{"vr":"IS","Value":["2"]},"00201208":{"vr":"IS","Value":[5]}}]
            """#
        try await withArchive { _ in
            .json(answer, type: "application/json; charset=utf-8")
        } body: { archive, _ in
            let found = try await archive.studies(accessionNumber: "ACC1")
            #expect(found.count == 1)
            let study = try #require(found.first)
            #expect(study.accessionNumber == "ACC1" && study.issuerOfAccessionNumber == "HOSP")
            #expect(study.modalitiesInStudy == ["DX", "SR"] && study.patientID == "4711")
            #expect(study.patientName == "A^B" && study.patientBirthDate == nil)
            #expect(study.instanceCount == 5 && study.seriesCount == 2)
        }
    }

    @Test("The request encodes only what it must and names nothing of the patient")
    func request() async throws {
        try await withArchive { _ in
            .answer(204)
        } body: { archive, server in
            _ = try await archive.studies(accessionNumber: "RAD/24:1 A&B")
            let request = try #require(server.requests.first)
            #expect(request.path == "/dicom-web/studies")
            #expect(request.query.hasPrefix("AccessionNumber=RAD/24:1%20A%26B&"))
            #expect(request.headers["accept"] == "application/dicom+json")
            for keyword in ["PatientID=", "PatientName=", "PatientBirthDate=", "00100020=", "00100010="] {
                #expect(!request.query.contains(keyword))
            }
        }
    }

    @Test(
        "A number that would be a wildcard, a list or no text is never sent",
        arguments: [
            "*", "ACC?", "A\\B", "", "  ", "A\nB", String(repeating: "9", count: 65),
        ])
    func unsearchable(number: String) async throws {
        try await withArchive { _ in
            .answer(204)
        } body: { archive, server in
            let error = await adapterError { () throws(AdapterError) in
                _ = try await archive.studies(accessionNumber: number)
            }
            #expect(error == AdapterError(.incorrect, code: "peer.accession.invalid"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test(
        "An answer about another study or number is refused",
        arguments: [
            study("1.2.840.2"), study("1.2.840.1") + "," + study("1.2.840.2", accession: "ACC1"),
        ])
    func mismatch(matches: String) async throws {
        let uid = try #require(uid)
        try await withArchive { _ in
            .json("[\(matches)]", type: "application/dicom+json")
        } body: { archive, _ in
            let expected = AdapterError(.incorrect, code: "peer.qido.mismatch")
            let byUID = await adapterError { () throws(AdapterError) in
                _ = try await archive.studies(studyInstanceUID: uid)
            }
            #expect(byUID == expected)
            let byNumber = await adapterError { () throws(AdapterError) in
                _ = try await archive.studies(accessionNumber: "ACC1")
            }
            #expect(byNumber == expected)
        }
    }

    @Test("A number that differs only in case is left out: it is another number")
    func caseInsensitive() async throws {
        let matches = "[\(study("1.2", accession: "acc1")),\(study("1.3", accession: "ACC1"))]"
        try await withArchive { _ in
            .json(matches, type: "application/dicom+json")
        } body: { archive, _ in
            let found = try await archive.studies(accessionNumber: "ACC1")
            #expect(found.map(\.studyInstanceUID.value) == ["1.3"])
        }
    }

    @Test("A full page and a Warning both mean that the next page is asked for")
    func paging() async throws {
        try await withArchive(searchLimits: SearchLimits(page: 2, matches: 10)) { request in
            let all = (1...5).map { study("1.2.\($0)", accession: "A") }
            let offset = request.query.split(separator: "&").first { $0.hasPrefix("offset=") }
            let start = offset.flatMap { Int($0.dropFirst(7)) } ?? 0
            let page = all.dropFirst(start).prefix(start == 0 ? 1 : 2)
            let headers = start == 0 ? ["Warning: 299 x: There are 4 additional results"] : []
            return .json("[\(page.joined(separator: ","))]", type: "application/dicom+json", headers: headers)
        } body: { archive, server in
            let found = try await archive.studies(accessionNumber: "A")
            #expect(found.map(\.studyInstanceUID.value) == ["1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5"])
            #expect(server.requests.count == 4)
        }
    }

    @Test("An archive that ignores offset is noticed; with a Warning its answer is refused as partial")
    func ignoredOffset() async throws {
        let page = "[\(study("1.2.1", accession: "A")),\(study("1.2.2", accession: "A"))]"
        let limits = SearchLimits(page: 2, matches: 10)
        try await withArchive(searchLimits: limits) { _ in
            .json(page, type: "application/dicom+json")
        } body: { archive, _ in
            let found = try await archive.studies(accessionNumber: "A")
            #expect(found.count == 2)
        }
        try await withArchive(searchLimits: limits) { _ in
            .json(page, type: "application/dicom+json", headers: ["Warning: 299 x: more"])
        } body: { archive, _ in
            let error = await adapterError { () throws(AdapterError) in
                _ = try await archive.studies(accessionNumber: "A")
            }
            #expect(error?.code == "peer.qido.partial")
        }
    }

    @Test("More matches than the limit are refused instead of read")
    func tooMany() async throws {
        try await withArchive(searchLimits: SearchLimits(page: 2, matches: 3)) { _ in
            .json(
                "[\((1...4).map { study("1.2.\($0)", accession: "A") }.joined(separator: ","))]",
                type: "application/json")
        } body: { archive, _ in
            let error = await adapterError { () throws(AdapterError) in
                _ = try await archive.studies(accessionNumber: "A")
            }
            #expect(error?.code == "peer.qido.tooMany")
        }
    }

    @Test(
        "What is not the promised JSON is refused",
        arguments: [
            ("text/html", "<html>", "mediaType"), ("application/dicom+json", "{", "malformed"),
            ("application/dicom+json", "{}", "malformed"), ("application/dicom+json", "[1]", "malformed"),
            ("application/dicom+json", #"[{"0020000D":{"vr":"UI","Value":["../x"]}}]"#, "malformed"),
        ])
    func malformed(type: String, text: String, code: String) async throws {
        try await withArchive { _ in
            .json(text, type: type)
        } body: { archive, _ in
            let error = await adapterError { () throws(AdapterError) in
                _ = try await archive.studies(accessionNumber: "A")
            }
            #expect(error == AdapterError(.incorrect, code: "peer.qido.\(code)"))
        }
    }

    @Test("Instances are listed with their series, class and modality; an unknown study has none")
    func instances() async throws {
        let uid = try #require(uid)
        let answer = #"""
            [{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.1.1"]},"00080018":{"vr":"UI","Value":["1.2.3"]},
              "00080060":{"vr":"CS","Value":["DX"]},"0020000E":{"vr":"UI","Value":["1.2"]},
              "0020000D":{"vr":"UI","Value":["1.2.840.1"]}}]
            """#
        try await withArchive { _ in
            .json(answer, type: "application/dicom+json")
        } body: { archive, server in
            let found = try await archive.instances(of: uid)
            let instance = try #require(found.first)
            #expect(instance.sopInstanceUID.value == "1.2.3" && instance.seriesInstanceUID.value == "1.2")
            #expect(instance.sopClassUID == .digitalXRayImageStorageForPresentation && instance.modality == "DX")
            #expect(server.requests.first?.path == "/dicom-web/studies/1.2.840.1/instances")
        }
        try await withArchive { _ in
            .answer(404)
        } body: { archive, _ in
            let found = try await archive.instances(of: uid)
            #expect(found.isEmpty)
        }
        let foreign = answer.replacing(
            #""0020000D":{"vr":"UI","Value":["1.2.840.1"]}"#, with: #""0020000D":{"vr":"UI","Value":["1.9"]}"#)
        try await withArchive { _ in
            .json(foreign, type: "application/dicom+json")
        } body: { archive, _ in
            let error = await adapterError { () throws(AdapterError) in _ = try await archive.instances(of: uid) }
            #expect(error?.code == "peer.qido.mismatch")
        }
    }

    @Test("An inquiry tells a refusal, a list, an empty list and what is none", arguments: [200, 204, 401, 404])
    func inquiry(_ status: Int) async throws {
        try await withArchive { _ in
            status == 200 ? .json("[{}]", type: "application/dicom+json") : .answer(status)
        } body: { archive, server in
            let inquiry = try await archive.inquireSearch(.accessionNumber, "NONE")
            #expect(inquiry.refusal?.code == (status >= 400 ? "peer.http.\(status)" : nil))
            #expect(inquiry.isEmpty == (status != 200))
            #expect(server.requests.first?.target.contains("AccessionNumber=NONE&limit=1") == true)
        }
    }
}
