import Testing

@testable import DICOM

@Suite("PS3.10 §7: a file written frame by frame is the file written as a whole")
struct InstanceWriterTests {
    private func bytes(_ instance: Instance) throws -> [UInt8] {
        switch instance.pixelData {
        case nil:
            let writer = try InstanceWriter(instance.dataSet, pixelData: .none)
            return writer.head() + writer.tail()
        case .native(let pixels)?:
            let writer = try InstanceWriter(instance.dataSet, pixelData: .native(length: pixels.count))
            return writer.head() + pixels + writer.tail()
        case .encapsulated(_, let fragments)?:
            let syntax = try #require(instance.transferSyntax)
            let writer = try InstanceWriter(instance.dataSet, pixelData: .encapsulated(syntax))
            let frames = fragments.flatMap { fragment in
                let around = InstanceWriter.fragment(fragment.count)
                return around.before + fragment + around.after
            }
            return writer.head() + frames + writer.tail()
        }
    }

    @Test("All samples", .enabled(if: Shared.isPresent), arguments: SampleRow.all)
    func samples(row: SampleRow) throws {
        guard var instance = try? Instance(parsing: try Shared.bytes(row.file)) else { return }
        instance.dataSet[.extendedOffsetTable] = nil
        instance.dataSet[.extendedOffsetTableLengths] = nil
        if case .encapsulated(_, let fragments)? = instance.pixelData {
            instance.pixelData = .encapsulated(offsets: [], fragments: fragments)
        }
        guard let whole = try? instance.serialized() else {
            #expect(throws: DICOMError.self) { try bytes(instance) }
            return
        }
        #expect(try bytes(instance) == whole)
        #expect(try Instance(parsing: whole).pixelData == instance.pixelData)
    }

    @Test("An odd number of bytes is padded, in native pixels and in a fragment")
    func odd() throws {
        var instance = try Generated.instance()
        instance.dataSet.set(.bitsAllocated, .US, 8)
        instance.pixelData = .native([1, 2, 3])
        // `serialized` pads the value itself.
        #expect(try bytes(instance) == instance.serialized())
        let around = InstanceWriter.fragment(5)
        #expect(around.before == [0xFE, 0xFF, 0x00, 0xE0, 6, 0, 0, 0] && around.after == [0])
        #expect(InstanceWriter.fragment(6).after.isEmpty)
    }

    @Test("Fragments need a compressed syntax, and a length that fits 32 bits")
    func refused() throws {
        let dataSet = try Generated.instance().dataSet
        #expect(throws: DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)) {
            try InstanceWriter(dataSet, pixelData: .encapsulated(.implicitVRLittleEndian))
        }
        #expect(throws: DICOMError(.valueDoesNotFitVR, tag: .pixelData)) {
            try InstanceWriter(dataSet, pixelData: .native(length: 1 << 32))
        }
    }
}
