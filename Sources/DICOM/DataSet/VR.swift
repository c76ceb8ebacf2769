/// The value representation of a data element (PS3.5 §6.2).
public enum VR: String, Hashable, Sendable, CaseIterable {
    case AE, AS, AT, CS, DA, DS, DT, FL, FD, IS, LO, LT, OB, OD, OF, OL, OV, OW, PN, SH, SL, SQ, SS, ST, SV, TM, UC, UI,
        UL, UN, UR, US, UT, UV

    /// How values of this representation are held in `DataElement.Value`.
    enum Kind {
        /// Characters of the default repertoire.
        case ascii
        /// Characters of the data set's Specific Character Set (PS3.5 §6.1.2.3).
        case text
        case integers(width: Int, signed: Bool)
        case floats(width: Int)
        case tags
        /// Bytes, in words of `width` where the byte order matters.
        case bytes(width: Int)
        case sequence
    }

    var kind: Kind {
        switch self {
        case .AE, .AS, .CS, .DA, .DS, .DT, .IS, .TM, .UI, .UR: .ascii
        case .LO, .LT, .PN, .SH, .ST, .UC, .UT: .text
        case .US: .integers(width: 2, signed: false)
        case .SS: .integers(width: 2, signed: true)
        case .UL: .integers(width: 4, signed: false)
        case .SL: .integers(width: 4, signed: true)
        case .UV: .integers(width: 8, signed: false)
        case .SV: .integers(width: 8, signed: true)
        case .FL: .floats(width: 4)
        case .FD: .floats(width: 8)
        case .AT: .tags
        case .OB, .UN: .bytes(width: 1)
        case .OW: .bytes(width: 2)
        case .OF, .OL: .bytes(width: 4)
        case .OD, .OV: .bytes(width: 8)
        case .SQ: .sequence
        }
    }

    /// Whether a backslash separates values (PS3.5 §6.4); in LT, ST, UR and UT it is a character.
    var isMultiValued: Bool {
        switch self {
        case .LT, .ST, .UR, .UT: false
        default: true
        }
    }

    /// Whether the explicit header has a 32-bit length (PS3.5 §7.1.2).
    var hasLongLength: Bool {
        switch self {
        case .OB, .OD, .OF, .OL, .OV, .OW, .SQ, .SV, .UC, .UN, .UR, .UT, .UV: true
        default: false
        }
    }

    /// Whether values are characters.
    public var isCharacterString: Bool {
        switch kind {
        case .ascii, .text: true
        default: false
        }
    }

    /// Whether values are characters of the Specific Character Set.
    public var usesSpecificCharacterSet: Bool {
        if case .text = kind { return true }
        return false
    }
}
