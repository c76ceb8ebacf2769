internal import DICOM

/// Values that stand where a value must stand (PS3.15 §E.1.1, action D): the same for everybody.
enum Dummy {
    static let text = "DEIDENTIFIED"
    static let date = "19000101"

    /// Nil where the VR has no dummy; the element is removed then.
    static func value(_ element: DataElement) -> DataElement.Value? {
        switch element.vr {
        case .LO, .LT, .PN, .SH, .ST, .UC, .UT, .AE, .CS: .text([text])
        case .DA: .text([date])
        case .TM: .text(["000000"])
        case .DT: .text([date + "000000"])
        case .AS: .text(["000Y"])
        case .DS, .IS: .text(["0"])
        case .US, .SS, .UL, .SL, .UV, .SV: .integers([0])
        case .FL, .FD: .numbers([0])
        case .OB, .OW, .OF, .OD, .OL, .OV: .bytes([UInt8](repeating: 0, count: 8))
        case .SQ: .sequence([CodedItem.dummy])
        case .AT, .UI, .UN, .UR: nil
        }
    }
}
