@testable import DICOM

/// Instances made here, without any file.
enum Generated {
    /// One with an element of every VR, and sequences inside one another; its text is Latin, Greek and Japanese.
    static func instance() throws -> Instance {
        var dataSet = DataSet()
        dataSet.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.1.1")
        dataSet.set(.sopInstanceUID, .UI, "1.2.3.4.5")
        dataSet.set(.patientName, .PN, "Müller^Δι=山田")
        dataSet.set(.patientID, .LO, "4711")
        dataSet.set(.rows, .US, 2)
        dataSet.set(.columns, .US, 3)
        dataSet.set(.bitsAllocated, .US, 16)
        for (index, vr) in VR.allCases.enumerated() {
            let tag = Tag(0x0011, 0x1000 + UInt16(index))
            dataSet[tag] = DataElement(tag, vr, value(vr))
        }
        dataSet.set(Tag(0x0011, 0x0010), .LO, "TEST 1.0")
        var inner = DataSet()
        inner.set(.codeMeaning, .LO, "Übersicht")
        var item = DataSet()
        item.set(.codeValue, .SH, "A")
        item.set(Tag(0x0040, 0xA730), items: [inner, DataSet(), inner])
        dataSet.set(.procedureCodeSequence, items: [item, DataSet(), item])
        return Instance(fileMeta: DataSet(), dataSet: dataSet)
    }

    private static func value(_ vr: VR) -> DataElement.Value {
        switch vr.kind {
        case .ascii: .text(vr.isMultiValued ? ["1.2", "3"] : ["1.2"])
        case .text: .text(vr.isMultiValued ? ["Ä", "", "ß"] : ["Ä\\ß"])
        case .integers(_, let signed): .integers(signed ? [-2, 7] : [2, 7])
        case .floats: .numbers([1.5, -0.25, .infinity])
        case .tags: .tags([.patientID, .rows])
        case .bytes: .bytes([1, 2, 3, 4, 5, 6, 7, 8])
        case .sequence: .sequence([])
        }
    }
}

extension Generated {
    /// A native file of many frames, each with bytes of its own.
    static func multiFrame(frames: Int, rows: Int, columns: Int) -> [UInt8] {
        func us(_ tag: Tag, _ value: Int) -> [UInt8] { Build.explicit(tag, "US", Build.uint16(UInt16(value))) }
        var dataSet = Build.sopInstance
        dataSet += us(.samplesPerPixel, 1) + Build.text(.photometricInterpretation, "CS", "MONOCHROME2")
        dataSet += Build.text(.numberOfFrames, "IS", "\(frames)") + us(.rows, rows) + us(.columns, columns)
        dataSet += us(.bitsAllocated, 16) + us(.bitsStored, 12) + us(.highBit, 11) + us(.pixelRepresentation, 0)
        let pixels = (0..<(frames * rows * columns * 2)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) }
        return Build.file(dataSet + Build.explicit(.pixelData, "OW", pixels))
    }
}
