/// Reads a data set without recursion and without trusting any length: bytes → values (PS3.5 §7).
///
/// No byte is read twice and none passes the scope it stands in, so that time and memory are linear in the input. Group
/// lengths and trailing padding are dropped.
struct DataSetReader {
    /// Where reading stands: in the data set or an item, or in a sequence.
    struct Scope {
        enum Kind: Equatable { case elements, sequence(Tag) }

        let kind: Kind
        /// Bytes from here on belong to an outer scope.
        let limit: Int
        /// Undefined length: a delimitation item ends it.
        let isDelimited: Bool
        let encoding: ElementEncoding
        var characters: SpecificCharacterSet
    }

    /// What a scope has brought so far: elements, or the items of a sequence. It stands apart from `Scope` so that a
    /// scope can be passed by value while these arrays, never copied, grow in place.
    private struct Content {
        var elements: [DataElement] = []
        var items: [DataSet] = []
    }

    let dictionary: DataDictionary
    let limits: DICOMLimits
    /// Whether Pixel Data may have undefined length (PS3.5 §A.4).
    let isEncapsulated: Bool
    /// Whether reading ends in front of the value of Pixel Data, to go on behind it (`resume`).
    let stopsAtPixelData: Bool
    var source: ByteSource
    private(set) var scopes: [Scope]
    private var contents: [Content]
    var pixelData: PixelData?
    /// Where the header of `pixelData` stands.
    private(set) var pixelDataOffset: Int?
    /// The header of Pixel Data at which reading has ended.
    private(set) var pixelDataHeader: PixelDataHeader?
    private var isStopped = false
    private var headers = 0
    private var isPixelSigned = false

    /// - Parameter end: Where the data set ends, if `source` holds only its beginning: who runs out of bytes then
    ///   (`truncated`, `lengthBeyondEnd`) tries again with more of them.
    init(
        _ source: ByteSource, end: Int? = nil, encoding: ElementEncoding, isEncapsulated: Bool, limits: DICOMLimits,
        dictionary: DataDictionary, stopsAtPixelData: Bool = false
    ) {
        self.source = source
        self.isEncapsulated = isEncapsulated
        self.stopsAtPixelData = stopsAtPixelData
        self.limits = limits
        self.dictionary = dictionary
        scopes = [
            Scope(
                kind: .elements, limit: end ?? source.bytes.count, isDelimited: false, encoding: encoding,
                characters: SpecificCharacterSet([]))
        ]
        contents = [Content()]
    }

    /// Reads to the end of the bytes, or to Pixel Data.
    mutating func read() throws(DICOMError) -> DataSet {
        while let scope = scopes.last {
            if isStopped { return try DataSet(reading: contents[0].elements) }
            if !scope.isDelimited, source.position == scope.limit {
                if let dataSet = try close() { return dataSet }
                continue
            }
            switch scope.kind {
            case .elements: try readElement(in: scope)
            case .sequence: try readItem(in: scope)
            }
        }
        throw DICOMError(.truncated, offset: source.position)
    }

    /// Reads on behind the value of Pixel Data: `rest` holds all bytes from there to the end. Answers the whole data set.
    mutating func resume(with rest: [UInt8]) throws(DICOMError) -> DataSet {
        isStopped = false
        source = ByteSource(rest)
        scopes[0] = Scope(
            kind: .elements, limit: rest.count, isDelimited: false, encoding: scopes[0].encoding,
            characters: scopes[0].characters)
        return try read()
    }

    /// Ends the innermost scope; the outermost one answers the data set.
    private mutating func close() throws(DICOMError) -> DataSet? {
        guard let scope = scopes.popLast(), let content = contents.popLast() else { throw DICOMError(.truncated) }
        switch scope.kind {
        case .elements:
            let dataSet = try DataSet(reading: content.elements)
            guard !scopes.isEmpty else { return dataSet }
            contents[contents.count - 1].items.append(dataSet)
        case .sequence(let tag):
            append(DataElement(tag, .SQ, .sequence(content.items)))
        }
        return nil
    }

    private mutating func enter(_ scope: Scope) {
        scopes.append(scope)
        contents.append(Content())
    }

    mutating func append(_ element: DataElement) {
        contents[contents.count - 1].elements.append(element)
    }

    /// The next header, which must lie within `scope` with all its value.
    mutating func header(in scope: Scope) throws(DICOMError) -> ElementHeader {
        headers += 1
        guard headers <= limits.elements else { throw DICOMError(.tooManyElements, offset: source.position) }
        let start = source.position
        let header = try ElementHeader(reading: &source, scope.encoding)
        guard source.position <= scope.limit, (header.length ?? 0) <= scope.limit - source.position else {
            throw DICOMError(.lengthBeyondEnd, tag: header.tag, offset: start)
        }
        return header
    }

    private mutating func readItem(in scope: Scope) throws(DICOMError) {
        let start = source.position
        let header = try header(in: scope)
        switch (header.tag, header.length) {
        case (ElementHeader.item, let length):
            let limit = length.map { source.position + $0 } ?? scope.limit
            enter(
                Scope(
                    kind: .elements, limit: limit, isDelimited: length == nil, encoding: scope.encoding,
                    characters: scope.characters))
        case (ElementHeader.sequenceDelimitation, 0) where scope.isDelimited:
            _ = try close()
        default:
            throw DICOMError(.unexpectedDelimiter, tag: header.tag, offset: start)
        }
    }

    private mutating func readElement(in scope: Scope) throws(DICOMError) {
        let start = source.position
        let header = try header(in: scope)
        let tag = header.tag
        guard tag.group != 0xFFFE else {
            guard tag == ElementHeader.itemDelimitation, header.length == 0, scope.isDelimited else {
                throw DICOMError(.unexpectedDelimiter, tag: tag, offset: start)
            }
            _ = try close()
            return
        }
        guard Self.isDataSetTag(tag) else { throw DICOMError(.invalidTag, tag: tag, offset: start) }
        let vr = header.vr ?? implicitVR(tag)
        if tag == .pixelData, scopes.count == 1 {
            pixelDataOffset = start
            if stopsAtPixelData { return try stop(at: header, vr, in: scope) }
        }
        guard let length = header.length else {
            try readUndefinedLength(header, vr, in: scope)
            return
        }
        if vr == .SQ {
            try open(tag, limit: source.position + length, isDelimited: false, encoding: scope.encoding)
            return
        }
        let bytes = try source.take(length)
        if tag.isGroupLength || tag == .dataSetTrailingPadding { return }
        try accept(tag, vr, bytes, in: scope)
    }

    private mutating func stop(at header: ElementHeader, _ vr: VR, in scope: Scope) throws(DICOMError) {
        guard pixelDataHeader == nil else {
            throw DICOMError(.duplicateElement, tag: .pixelData, offset: source.position)
        }
        let known = vr == .UN && scope.encoding.isExplicitVR ? dictionary[.pixelData]?.vr : nil
        pixelDataHeader = try PixelDataHeader(
            vr: known ?? vr, valueOffset: source.position, length: header.length,
            isBigEndian: scope.encoding.isBigEndian && vr != .UN, isEncapsulated: isEncapsulated)
        isStopped = true
    }

    private mutating func accept(_ tag: Tag, _ vr: VR, _ bytes: [UInt8], in scope: Scope) throws(DICOMError) {
        // What an intermediate system sent on as UN is implicit little endian (PS3.5 §6.2.2, note 4).
        let known = vr == .UN && scope.encoding.isExplicitVR ? dictionary[tag]?.vr : nil
        let resolved = known == .SQ ? vr : known ?? vr
        let isBigEndian = scope.encoding.isBigEndian && vr != .UN
        if scopes.count == 1, tag == .pixelData {
            guard pixelData == nil else { throw DICOMError(.duplicateElement, tag: tag, offset: source.position) }
            if case .bytes(let pixels) = ValueDecoder.decode(
                bytes, vr: resolved, bigEndian: isBigEndian, scope.characters)
            {
                pixelData = .native(pixels)
                return
            }
            throw DICOMError(.invalidVR, tag: tag, offset: source.position)
        }
        let value = ValueDecoder.decode(bytes, vr: resolved, bigEndian: isBigEndian, scope.characters)
        if tag == .specificCharacterSet { try changeCharacterSet(value) }
        append(DataElement(tag, resolved, value))
        if scopes.count == 1, tag == .pixelRepresentation { isPixelSigned = value == .integers([1]) }
    }

    private mutating func changeCharacterSet(_ value: DataElement.Value) throws(DICOMError) {
        if let last = contents.last?.elements.last?.tag, last > .specificCharacterSet {
            throw DICOMError(.unorderedCharacterSet, offset: source.position)
        }
        let terms: [String] = if case .text(let terms) = value { terms } else { ["?"] }
        scopes[scopes.count - 1].characters = SpecificCharacterSet(terms)
    }

    mutating func open(_ tag: Tag, limit: Int, isDelimited: Bool, encoding: ElementEncoding) throws(DICOMError) {
        // A sequence and its item are one scope each, the data set is the first.
        guard (scopes.count + 1) / 2 <= limits.depth, let scope = scopes.last else {
            throw DICOMError(.tooDeep, tag: tag, offset: source.position)
        }
        enter(
            Scope(
                kind: .sequence(tag), limit: limit, isDelimited: isDelimited, encoding: encoding,
                characters: scope.characters))
    }

    /// The VR of an element in implicit VR (PS3.5 §A.1); unknown ones are UN, private creators LO (§7.8.1).
    private func implicitVR(_ tag: Tag) -> VR {
        if tag.isPrivate { return (0x10...0xFF).contains(tag.element) ? .LO : .UN }
        guard let entry = dictionary[tag] else { return tag.isGroupLength ? .UL : .UN }
        return entry.dependsOnPixelRepresentation && isPixelSigned && tag != .lutDescriptor ? .SS : entry.vr
    }

    /// Groups below 0008 belong to commands, file meta information and directories, FFFF to nobody (PS3.5 §7.1).
    private static func isDataSetTag(_ tag: Tag) -> Bool { tag.group >= 0x0008 && tag.group != 0xFFFF }
}
