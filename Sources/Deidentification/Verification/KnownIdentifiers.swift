internal import DICOM

/// The identifiers that the original names, to be looked for in what is kept: a second net below the rules.
struct KnownIdentifiers {
    /// Values of identifying elements, folded to lower case, at least four characters.
    private var texts: Set<String> = []
    /// Parts of names, likewise: compared in free text only, because a part of a name can be a code ("HAND").
    private var nameParts: Set<String> = []
    private var uids: Set<String> = []

    /// Each kept value is compared with each identifier, so their number is bounded: throws `tooManyIdentifiers`.
    init(_ study: Study) throws(DeidentificationError) {
        for (index, instance) in study.instances.enumerated() {
            collect(instance.dataSet)
            guard texts.count + nameParts.count <= 1_000 else {
                throw DeidentificationError(.tooManyIdentifiers, instance: index)
            }
        }
    }

    private static let identifying: Set<Tag> = [
        .patientID, .patientName, .otherPatientIDs, .otherPatientNames, .accessionNumber, .patientBirthDate,
        Tag(0x0010, 0x1005), Tag(0x0010, 0x1060), Tag(0x0010, 0x1040), Tag(0x0010, 0x2154), Tag(0x0038, 0x0010),
        .placerOrderNumberImagingServiceRequest, .fillerOrderNumberImagingServiceRequest,
    ]

    private mutating func collect(_ dataSet: DataSet) {
        for element in dataSet {
            switch element.value {
            case .sequence(let items): for item in items { collect(item) }
            case .text(let values):
                if element.vr == .UI { uids.formUnion(values.filter { UID($0)?.isRegistered == false }) }
                guard Self.identifying.contains(element.tag) || element.vr == .PN else { continue }
                for value in values { add(value, isName: element.vr == .PN) }
            default: continue
            }
        }
    }

    private mutating func add(_ value: String, isName: Bool) {
        let folded = value.lowercased()
        // A dummy is in many files before us, and says nothing.
        guard folded != Dummy.date, folded != Dummy.text.lowercased() else { return }
        if folded.unicodeScalars.count >= 4 { texts.insert(folded) }
        guard isName else { return }
        for part in folded.split(whereSeparator: { "^= ".contains($0) })
        where part.unicodeScalars.count >= 4 && part != Dummy.text.lowercased() {
            nameParts.insert(String(part))
        }
    }

    /// Whether a kept value holds one of them.
    func occur(in element: DataElement) -> Bool {
        switch element.value {
        case .text(let values): values.contains { occur(in: $0, vr: element.vr) }
        case .bytes(let bytes): bytes.count <= 1 << 16 && occur(in: bytes)
        // Walked on its own.
        case .sequence, .integers, .numbers, .tags: false
        case .undecodedText, .pixelFragments: true
        }
    }

    private func occur(in value: String, vr: VR) -> Bool {
        if vr == .UI { return uids.contains(value) }
        let folded = value.lowercased()
        // Short digits stand in many measured values by chance.
        let least = vr == .DS || vr == .IS ? 8 : 4
        if texts.contains(where: { $0.utf8.count >= least && folded.contains($0) }) { return true }
        return vr != .CS && vr != .DS && vr != .IS && nameParts.contains { folded.contains($0) }
    }

    /// In binary values only longer identifiers count: short ones stand there by chance.
    private func occur(in bytes: [UInt8]) -> Bool {
        let candidates = (texts.union(uids)).filter { $0.utf8.count >= 6 }
        guard !candidates.isEmpty else { return false }
        let folded = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let text = String(decoding: folded, as: UTF8.self)
        return candidates.contains { text.contains($0) }
    }
}
