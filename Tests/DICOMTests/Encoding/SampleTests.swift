import DICOM
import Foundation
import Sealing
import Testing

/// What pydicom saw in the samples: `Vectors/samples.tsv`, made by `Vectors/derive.py`.
struct SampleRow: Sendable, CustomTestStringConvertible {
    let file: String
    let elements: Int
    let uidDigest: String
    let pixels: String

    var testDescription: String { file }

    static let all: [SampleRow] = {
        guard let url = Bundle.module.url(forResource: "samples", withExtension: "tsv", subdirectory: "Vectors"),
            let table = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        return table.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "\t").map(String.init)
            guard columns.count == 4, let elements = Int(columns[1]) else { return nil }
            return SampleRow(file: columns[0], elements: elements, uidDigest: columns[2], pixels: columns[3])
        }
    }()
}

@Suite("PS3.10 §7 and PS3.5 §7: files of many makers", .enabled(if: Shared.isPresent))
struct SampleTests {
    @Test("There is a row of pydicom's for each sample")
    func rows() {
        #expect(SampleRow.all.map(\.file) == Shared.samples.map(\.lastPathComponent))
    }

    @Test("PS3.5 §7: the same elements are seen as by pydicom, and the same SOP Instance UID", arguments: SampleRow.all)
    func elements(row: SampleRow) throws {
        let bytes = try Shared.bytes(row.file)
        guard row.file != "no_meta_group_length.dcm" else {
            #expect(throws: DICOMError(.missingInstanceUID, tag: .sopInstanceUID)) { try Instance(parsing: bytes) }
            return
        }
        let instance = try Instance(parsing: bytes)
        #expect(count(instance.dataSet) == row.elements)
        let uid = try #require(instance.dataSet.string(.sopInstanceUID))
        #expect(Digest.sha256(Array(uid.utf8)).hex == row.uidDigest)
    }

    @Test("What was read, written and read again is the same data set", arguments: SampleRow.all)
    func roundTrip(row: SampleRow) throws {
        guard let instance = try? Instance(parsing: try Shared.bytes(row.file)) else { return }
        let again = try Instance(parsing: try instance.serialized())
        #expect(again.pixelData == instance.pixelData)
        #expect(
            again.dataSet.filter { $0.tag != .specificCharacterSet }.map(\.tag)
                == instance.dataSet.filter { $0.tag != .specificCharacterSet }.map(\.tag))
        let differing = zip(again.dataSet, instance.dataSet).filter { $0 != $1 }.map { $0.0.tag }
        #expect(differing.filter { $0 != .specificCharacterSet && instance.dataSet.items($0).isEmpty } == [])
    }

    private func count(_ dataSet: DataSet) -> Int {
        dataSet.reduce(0) { total, element in
            guard case .sequence(let items) = element.value else { return total + 1 }
            return total + 1 + items.reduce(0) { $0 + count($1) }
        }
    }
}
