import DICOM

/// A property that an input broke.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What holds for every input of the reader.
enum FileProperties {
    struct Tally: CustomStringConvertible {
        var inputs = 0
        var read = 0
        var written = 0
        var codes: [DICOMError.Code: Int] = [:]

        static func + (one: Tally, other: Tally) -> Tally {
            Tally(
                inputs: one.inputs + other.inputs, read: one.read + other.read, written: one.written + other.written,
                codes: one.codes.merging(other.codes, uniquingKeysWith: +))
        }

        var description: String {
            let refused = codes.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \($0.value)" }
            return "\(inputs) inputs, \(read) read, \(written) written and read again; refused: "
                + refused.joined(separator: ", ")
        }
    }

    static func check(_ file: [UInt8], _ tally: inout Tally) throws(BrokenPromise) {
        tally.inputs += 1
        let instance: Instance
        do {
            instance = try Instance(parsing: file)
        } catch {
            tally.codes[error.code, default: 0] += 1
            // Offsets in an inflated data set are its own.
            guard (error.offset ?? 0) <= file.count || isDeflated(file) else {
                throw BrokenPromise("an error behind the end")
            }
            return
        }
        tally.read += 1
        try checkSize(instance, of: file)
        try checkWriting(instance, &tally)
        _ = instance.dataSet.json
        _ = try? instance.encodedFrame()
    }

    private static func isDeflated(_ file: [UInt8]) -> Bool {
        String(decoding: file.prefix(400), as: UTF8.self).contains("1.2.840.10008.1.2.1.99")
    }

    /// Work and memory are linear: each header was read once, of eight bytes at least, and each byte is in one value.
    private static func checkSize(_ instance: Instance, of file: [UInt8]) throws(BrokenPromise) {
        guard !isDeflated(file) else { return }
        var weight = weight(instance.dataSet)
        switch instance.pixelData {
        case .native(let bytes)?: weight.bytes += bytes.count
        case .encapsulated(let offsets, let fragments)?:
            weight.headers += fragments.count + 1
            weight.bytes += offsets.count + fragments.reduce(0) { $0 + $1.count }
        case nil: break
        }
        guard weight.headers * 8 + weight.bytes <= file.count else {
            throw BrokenPromise("more was read than there was: \(weight) of \(file.count)")
        }
    }

    private static func weight(_ dataSet: DataSet) -> (headers: Int, bytes: Int) {
        var total = (headers: 0, bytes: 0)
        for element in dataSet {
            total.headers += 1
            switch element.value {
            // A character takes no more than four bytes, and one at least where it came from.
            case .text(let values):
                total.bytes += values.reduce(max(values.count - 1, 0)) { $0 + $1.utf8.count / 4 }
            case .undecodedText(let bytes), .bytes(let bytes): total.bytes += bytes.count
            case .integers(let values): total.bytes += 2 * values.count
            case .numbers(let values): total.bytes += 4 * values.count
            case .tags(let tags): total.bytes += 4 * tags.count
            case .sequence(let items):
                for item in items {
                    let inner = weight(item)
                    total.headers += 1 + inner.headers
                    total.bytes += inner.bytes
                }
            case .pixelFragments(let fragments):
                total.headers += fragments.count
                total.bytes += fragments.reduce(0) { $0 + $1.count }
            }
        }
        return total
    }

    /// What can be written reads back as what was written, and its second writing is the first one.
    private static func checkWriting(_ instance: Instance, _ tally: inout Tally) throws(BrokenPromise) {
        let written: [UInt8]
        do {
            written = try instance.serialized()
        } catch {
            let named: Set<DICOMError.Code> = [
                .undecodedText, .valueDoesNotFitVR, .unsupportedTransferSyntax, .missingInstanceUID,
            ]
            guard named.contains(error.code) else { throw BrokenPromise("writing ended with \(error.code.rawValue)") }
            return
        }
        let again: Instance
        do throws(DICOMError) {
            again = try Instance(parsing: written)
            guard try again.serialized() == written else { throw DICOMError(.libraryFault) }
        } catch {
            throw BrokenPromise("what was written is not read, or written otherwise: \(error)")
        }
        guard tags(again.dataSet) == tags(instance.dataSet.declared(like: again)) else {
            throw BrokenPromise("another structure was written")
        }
        tally.written += 1
    }

    /// Tags and VRs in their order, in depth.
    private static func tags(_ dataSet: DataSet) -> [String] {
        dataSet.flatMap { element -> [String] in
            guard case .sequence(let items) = element.value else { return ["\(element.tag)\(element.vr.rawValue)"] }
            return ["\(element.tag)["] + items.flatMap { ["{"] + tags($0) + ["}"] } + ["]"]
        }
    }
}

extension DataSet {
    /// Without Specific Character Set in items, and with one where `written` has one: text is written in UTF-8.
    fileprivate func declared(like written: Instance) -> DataSet {
        var result = DataSet(map { $0.withoutCharacterSets() })
        result[.specificCharacterSet] = written.dataSet[.specificCharacterSet]
        return result
    }
}

extension DataElement {
    fileprivate func withoutCharacterSets() -> DataElement {
        guard case .sequence(let items) = value else { return self }
        return DataElement(
            tag, vr,
            .sequence(
                items.map { item in
                    DataSet(item.filter { $0.tag != .specificCharacterSet }.map { $0.withoutCharacterSets() })
                }))
    }
}
