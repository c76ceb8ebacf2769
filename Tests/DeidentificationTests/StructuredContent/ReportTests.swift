import DICOM
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("PS3.15 §E.3.4 on whole reports", .enabled(if: Conformance.isPresent && Samples.isPresent))
struct ReportTests {
    private static func profile() throws -> DeidentificationProfile {
        try DeidentificationProfile(
            yaml: ProfileFileTests.text(options: "basic, cleanDescriptors, cleanStructuredContent"))
    }

    private func shape(_ items: [DataSet]) -> String {
        items.map { "\($0.string(.valueType) ?? "by reference")(\(shape($0.items(.contentSequence))))" }
            .joined(separator: " ")
    }

    @Test(
        "A report stays a report: dciodvfy finds nothing new, the tree has the same items, each with its value",
        arguments: ["reportsi.dcm", "test-SR.dcm"])
    func samples(name: String) throws {
        let instance = try Instance(parsing: Samples.bytes(name))
        let result = try #require(try Conformance.deidentified(instance, Self.profile()))
        let new = try Conformance.errors(result).subtracting(Conformance.errors(instance))
        #expect(new == [])
        let (before, after) = (instance.dataSet.items(.contentSequence), result.dataSet.items(.contentSequence))
        #expect(!after.isEmpty && shape(after) == shape(before))
        #expect(lacking(after) == lacking(before))
    }

    /// Items of a value type without the value.
    private func lacking(_ items: [DataSet]) -> Int {
        let values: [String: Tag] = [
            "TEXT": .textValue, "PNAME": .personName, "CODE": .conceptCodeSequence, "UIDREF": .uid, "DATE": .date,
            "TIME": .time, "DATETIME": .dateTime, "NUM": .measuredValueSequence, "IMAGE": .referencedSOPSequence,
        ]
        return items.reduce(0) { count, item in
            let value = item.string(.valueType).flatMap { values[$0] }
            return count + (value.map { item[$0] == nil ? 1 : 0 } ?? 0) + lacking(item.items(.contentSequence))
        }
    }

    @Test("What is planted in a content tree is gone from the bytes")
    func planted() throws {
        var instance = try Instance(parsing: Samples.bytes("test-SR.dcm"))
        var items = instance.dataSet.items(.contentSequence)
        for (type, tag, vr, code, meaning) in [
            ("TEXT", Tag.textValue, VR.UT, "121030", "Subject ID"), ("TEXT", .textValue, .UT, "121071", "Finding"),
            ("PNAME", .personName, .PN, "121008", "Person Observer Name"), ("TEXT", .textValue, .UT, "1", "Phone"),
        ] {
            var item = DataSet()
            item.set(.relationshipType, .CS, "CONTAINS")
            item.set(.valueType, .CS, type)
            item.set(.conceptNameCodeSequence, items: [SyntheticDX.code(code, "DCM", meaning)])
            item.set(tag, vr, "Canarywoman^Zebedee")
            items.append(item)
        }
        instance.dataSet.set(.contentSequence, items: items)
        let result = try #require(try Conformance.deidentified(instance, Self.profile()))
        let text = String(decoding: try result.serialized(), as: UTF8.self).lowercased()
        #expect(!text.contains("canarywoman") && !text.contains("zebedee"))
        #expect(result.dataSet.items(.contentSequence).count == items.count)
    }

    @Test("Without the option a report is refused")
    func refused() throws {
        let instance = try Instance(parsing: Samples.bytes("test-SR.dcm"))
        let profile = try DeidentificationProfile(yaml: ProfileFileTests.text(options: "basic"))
        #expect(try Conformance.deidentified(instance, profile) == nil)
    }
}
