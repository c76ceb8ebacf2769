internal import DICOM
internal import Sealing

/// SHA-256 over the values of a study: tag, VR, number and length of each value, then the value, in order. Unlike a
/// digest of file bytes it does not depend on transfer syntax, padding or character set.
struct ValueDigest {
    private var hasher = SHA256Hasher()

    /// Lower-case hexadecimal digits.
    static func hex(_ study: Study) -> String {
        var digest = ValueDigest()
        digest.add(Array(study.studyInstanceUID.value.utf8))
        for instance in study.instances {
            digest.add(instance.dataSet)
            switch instance.pixelData {
            case .native(let bytes)?: digest.add(bytes)
            case .encapsulated(_, let fragments)?: for fragment in fragments { digest.add(fragment) }
            case nil: digest.add(count: 0)
            }
        }
        return digest.hasher.finalize().hex
    }

    private mutating func add(_ dataSet: DataSet) {
        add(count: dataSet.count)
        for element in dataSet {
            add(count: Int(element.tag.rawValue))
            add(Array(element.vr.rawValue.utf8))
            add(element.value)
        }
    }

    private mutating func add(_ value: DataElement.Value) {
        switch value {
        case .text(let values): for value in values { add(Array(value.utf8)) }
        case .undecodedText(let bytes), .bytes(let bytes): add(bytes)
        case .integers(let values): for value in values { add(count: Int(value)) }
        case .numbers(let values): for value in values { add(count: Int(truncatingIfNeeded: value.bitPattern)) }
        case .tags(let tags): for tag in tags { add(count: Int(tag.rawValue)) }
        case .sequence(let items): for item in items { add(item) }
        case .pixelFragments(let fragments): for fragment in fragments { add(fragment) }
        }
    }

    private mutating func add(_ bytes: [UInt8]) {
        add(count: bytes.count)
        hasher.update(bytes)
    }

    private mutating func add(count: Int) {
        hasher.update((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
    }
}
