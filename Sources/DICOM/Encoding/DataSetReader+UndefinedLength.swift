extension DataSetReader {
    /// An element whose end is marked instead of counted: a sequence, UN that hides one, or encapsulated Pixel Data.
    mutating func readUndefinedLength(_ header: ElementHeader, _ vr: VR, in scope: Scope) throws(DICOMError) {
        let tag = header.tag
        if tag == .pixelData {
            guard isEncapsulated, vr == .OB || vr == .OW || vr == .UN else {
                throw DICOMError(.undefinedLengthNotAllowed, tag: tag, offset: source.position)
            }
            try acceptFragments(tag, vr, try readFragments(in: scope))
            return
        }
        switch vr {
        case .SQ:
            try open(tag, limit: scope.limit, isDelimited: true, encoding: scope.encoding)
        case .UN:
            // PS3.5 §6.2.2, note 2: UN of undefined length is a sequence in implicit VR little endian.
            try open(tag, limit: scope.limit, isDelimited: true, encoding: .implicitLittle)
        default:
            throw DICOMError(.undefinedLengthNotAllowed, tag: tag, offset: source.position)
        }
    }

    private mutating func acceptFragments(_ tag: Tag, _ vr: VR, _ fragments: [[UInt8]]) throws(DICOMError) {
        guard scopes.count == 1 else {
            append(DataElement(tag, vr, .pixelFragments(fragments)))
            return
        }
        guard pixelData == nil else { throw DICOMError(.duplicateElement, tag: tag, offset: source.position) }
        pixelData = .encapsulated(offsets: fragments.first ?? [], fragments: Array(fragments.dropFirst()))
    }

    /// Items up to the sequence delimitation (PS3.5 §A.4); the first one is the Basic Offset Table.
    private mutating func readFragments(in scope: Scope) throws(DICOMError) -> [[UInt8]] {
        var fragments: [[UInt8]] = []
        while true {
            let start = source.position
            let header = try header(in: scope)
            switch (header.tag, header.length) {
            case (ElementHeader.item, let length?): fragments.append(try source.take(length))
            case (ElementHeader.sequenceDelimitation, 0): return fragments
            default: throw DICOMError(.unexpectedDelimiter, tag: header.tag, offset: start)
            }
        }
    }
}
