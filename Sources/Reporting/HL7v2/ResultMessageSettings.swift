public import HL7v2

/// How one peer wants its results as HL7 v2 messages.
public struct ResultMessageSettings: Sendable, Hashable {
    /// MSH-12.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        case v231 = "2.3.1"
        case v24 = "2.4"
        case v251 = "2.5.1"
    }

    /// Whether the heat map goes along.
    public enum Picture: Sendable, Hashable {
        case none
        /// As PNG in an ED; made smaller to keep within the bytes, then left out with a note.
        case png(maximumBytes: Int)
    }

    /// Which answer is asked for (HL7 v2.5.1 §2.9).
    public enum Acknowledgment: String, Sendable, Hashable, CaseIterable {
        /// MSH-15 and MSH-16 empty: one answer, AA, AE or AR.
        case original
        /// MSH-15 AL, MSH-16 NE: one answer, CA, CE or CR.
        case commit
    }

    /// MSH-3 and MSH-4: who we are for this peer.
    public var sendingApplication: String
    public var sendingFacility: String
    /// MSH-5 and MSH-6.
    public var receivingApplication: String
    public var receivingFacility: String
    public var version: Version
    /// MSH-11.
    public var processingID: String
    public var characterSet: MessageCharacterSet
    public var picture: Picture
    public var acknowledgment: Acknowledgment
    /// Name of the coding system for codes that no public system has (table 0396: 99 and letters).
    public var localCodeSystem: String

    public init(
        sendingApplication: String = "IMGATEWAY", sendingFacility: String = "IMGATEWAY", receivingApplication: String,
        receivingFacility: String, version: Version = .v251, processingID: String = "P",
        characterSet: MessageCharacterSet = .utf8, picture: Picture = .none, acknowledgment: Acknowledgment = .original,
        localCodeSystem: String = "99IMGW"
    ) {
        self.sendingApplication = sendingApplication
        self.sendingFacility = sendingFacility
        self.receivingApplication = receivingApplication
        self.receivingFacility = receivingFacility
        self.version = version
        self.processingID = processingID
        self.characterSet = characterSet
        self.picture = picture
        self.acknowledgment = acknowledgment
        self.localCodeSystem = localCodeSystem
    }
}

extension ResultMessageSettings.Version {
    /// CWE came with 2.5; before it a coded value is a CE (table 0125).
    var codedType: String { self == .v251 ? "CWE" : "CE" }

    /// MSH-9.3, OBX-18 and OBX-19 came with 2.4.
    var isBefore24: Bool { self == .v231 }
}
