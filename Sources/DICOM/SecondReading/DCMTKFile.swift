internal import CDCMTK

/// A DICOM file in DCMTK's memory: an accepted one to be visited, or a new one to be built. The only owner of the native
/// handle.
@safe struct DCMTKFile: ~Copyable {
    /// What a visit meets.
    enum Event: Equatable {
        /// An element with its value in little endian. The VR is nil where DCMTK knows no single one.
        case element(Tag, VR?, [UInt8])
        /// A sequence or encapsulated Pixel Data begins.
        case sequence(Tag, VR?)
        case sequenceEnd
        case item
        case itemEnd
        /// One fragment of encapsulated Pixel Data; the first is the Basic Offset Table.
        case fragment([UInt8])
    }

    private let handle: OpaquePointer

    /// Reads the elements before Pixel Data. Throws `readersDisagree` where DCMTK refuses them, and `libraryFault`.
    init(reading file: AcceptedFile) throws(DICOMError) {
        guard cdcmtk_start() == CDCMTK_OK else { throw DICOMError(.libraryFault) }
        var handle: OpaquePointer?
        let status = unsafe file.bytes.withUnsafeBufferPointer { bytes in
            unsafe cdcmtk_file_read(bytes.baseAddress, file.headerEnd, &handle)
        }
        guard status == CDCMTK_OK, let handle = unsafe handle else {
            throw DICOMError(status == CDCMTK_FAULT ? .libraryFault : .readersDisagree)
        }
        unsafe self.handle = handle
    }

    /// An empty file. Throws `libraryFault`.
    init() throws(DICOMError) {
        var handle: OpaquePointer?
        guard cdcmtk_start() == CDCMTK_OK, unsafe cdcmtk_file_create(&handle) == CDCMTK_OK,
            let handle = unsafe handle
        else { throw DICOMError(.libraryFault) }
        unsafe self.handle = handle
    }

    deinit { unsafe cdcmtk_file_free(handle) }

    /// The next element, item or end, group 0002 first; nil when all were met. Throws `libraryFault`.
    mutating func next() throws(DICOMError) -> Event? {
        var event = unsafe cdcmtk_event()
        guard unsafe cdcmtk_file_next(handle, &event) == CDCMTK_OK else { throw DICOMError(.libraryFault) }
        let tag = unsafe Tag(event.group, event.element)
        let name = unsafe [UInt8(bitPattern: event.vr.0), UInt8(bitPattern: event.vr.1)]
        let vr = VR(rawValue: String(decoding: name, as: UTF8.self))
        return switch unsafe event.kind {
        case .CDCMTK_END_OF_FILE: nil
        case .CDCMTK_ELEMENT: .element(tag, vr, unsafe Self.value(event))
        case .CDCMTK_SEQUENCE: .sequence(tag, vr)
        case .CDCMTK_SEQUENCE_END: .sequenceEnd
        case .CDCMTK_ITEM: .item
        case .CDCMTK_ITEM_END: .itemEnd
        case .CDCMTK_FRAGMENT: .fragment(unsafe Self.value(event))
        }
    }

    private static func value(_ event: cdcmtk_event) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: event.bytes, count: event.count))
    }
}

/// Building: each call throws `valueDoesNotFitVR` where it does not fit what was begun, or the value not its VR.
extension DCMTKFile {
    /// Appends an element, its value in little endian and of even length, to the innermost item or the data set.
    mutating func put(_ tag: Tag, _ vr: VR, _ value: [UInt8]) throws(DICOMError) {
        let status = unsafe value.withUnsafeBufferPointer { bytes in
            unsafe cdcmtk_file_put(handle, tag.group, tag.element, vr.rawValue, bytes.baseAddress, bytes.count)
        }
        try Self.check(status, tag)
    }

    mutating func beginSequence(_ tag: Tag) throws(DICOMError) {
        try Self.check(unsafe cdcmtk_file_begin_sequence(handle, tag.group, tag.element), tag)
    }

    mutating func beginItem() throws(DICOMError) { try Self.check(unsafe cdcmtk_file_begin_item(handle)) }

    mutating func endItem() throws(DICOMError) { try Self.check(unsafe cdcmtk_file_end_item(handle)) }

    mutating func endSequence() throws(DICOMError) { try Self.check(unsafe cdcmtk_file_end_sequence(handle)) }

    /// The file in explicit VR little endian.
    mutating func serialized() throws(DICOMError) -> [UInt8] {
        var buffer = unsafe cdcmtk_buffer(bytes: nil, count: 0)
        let status = unsafe cdcmtk_file_write(handle, &buffer)
        defer { unsafe cdcmtk_buffer_free(buffer) }
        try Self.check(status)
        return unsafe NativeBuffer.bytes(buffer)
    }

    private static func check(_ status: Int32, _ tag: Tag? = nil) throws(DICOMError) {
        guard status != CDCMTK_OK else { return }
        throw DICOMError(status == CDCMTK_FAULT ? .libraryFault : .valueDoesNotFitVR, tag: tag)
    }
}
