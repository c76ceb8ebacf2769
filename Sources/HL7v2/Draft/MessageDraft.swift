/// A message to be written (HL7 v2.5.1 §2.6): plain values in, bytes out.
///
/// What is written reads back as the same draft in its normal form. MSH-1 and MSH-2 are written from `delimiters`;
/// MSH-18 always tells the truth: it is set from `characterSet` where it is empty or names another set.
public struct MessageDraft: Sendable, Hashable {
    /// What the message is cut with.
    public var delimiters: Delimiters
    /// What text is written in.
    public var characterSet: MessageCharacterSet
    /// The segments in order, MSH first.
    public var segments: [SegmentDraft]

    /// An empty draft; append MSH and the rest.
    public init(
        delimiters: Delimiters = .usual, characterSet: MessageCharacterSet = .utf8, segments: [SegmentDraft] = []
    ) {
        self.delimiters = delimiters
        self.characterSet = characterSet
        self.segments = segments
    }

    /// The message, each segment ended by CR.
    ///
    /// Delimiters and the escape character become their letters, a line feed `\.br\`, other control characters
    /// `\Xdd\`; in MSH so is every character whose bytes look like a delimiter, because MSH-18 must be found before the
    /// set is known. Text that the character set cannot express is refused, not replaced: `\Xdd\` is in the message's own
    /// set (§2.7.5) and cannot say it either.
    ///
    /// - Throws: `headerUnreadable` unless MSH is first and only there, `segmentNameInvalid`, `textInexpressible`,
    ///   `draftInvalid` for parts nested deeper than sub-components or delimiters that the draft lacks.
    public func encoded() throws(HL7v2Error) -> [UInt8] {
        guard segments.first?.name == "MSH", !segments.dropFirst().contains(where: { $0.name == "MSH" }) else {
            throw HL7v2Error(.headerUnreadable)
        }
        var encoder = DraftEncoder(delimiters, characterSet)
        for segment in segments { try encoder.append(segment) }
        return encoder.bytes
    }

    /// Every segment in its normal form, MSH-18 as it is written.
    public var normalized: MessageDraft {
        MessageDraft(
            delimiters: delimiters, characterSet: characterSet,
            segments: segments.map { $0.declaring(characterSet, delimiters).normalized })
    }
}

extension MessageDraft: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
