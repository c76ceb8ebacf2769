public import DICOM

/// The reversible way of PS3.15 §E.1.1: what a de-identified object lost travels with it in Encrypted Attributes
/// Sequence (0400,0500, PS3.3 C.12.1.1.4), readable by the holders of some certificates and by nobody else.
public enum EncryptedAttributes {
    /// Adds to a de-identified data set everything that the original had otherwise, sealed for `recipients`: one item,
    /// whose envelope opens for each of them.
    ///
    /// Pixels are not in it: what was covered or cleared there does not come back.
    /// - Throws: `originalNotSealed` where the original cannot be written or the seal fails; then the object must not
    ///   leave as one that can be reversed.
    public static func seal(
        _ original: DataSet, into result: inout DataSet, for recipients: EnvelopeRecipients
    ) throws(DeidentificationError) {
        let lost = original.filter { element in
            !ofPixelData.contains(element.tag) && (element != result[element.tag] || always.contains(element.tag))
        }
        var content = DataSet()
        // The item holds its own text in the character set that `encoded` writes.
        content.set(Self.modifiedAttributesSequence, items: [DataSet(lost)])
        let bytes: [UInt8]
        do {
            bytes = try content.encoded()
        } catch {
            throw DeidentificationError(.originalNotSealed, tag: error.tag)
        }
        var item = DataSet()
        item.set(Self.encryptedContentTransferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        var envelope = try recipients.seal(bytes)
        if envelope.count % 2 == 1 { envelope.append(0) }
        item[Self.encryptedContent] = DataElement(Self.encryptedContent, .OB, .bytes(envelope))
        result.set(.encryptedAttributesSequence, items: [item])
    }

    /// The data set with its original attributes (§E.1.2): Patient Identity Removed says NO, and what de-identification
    /// wrote about itself is gone, unless the original had it.
    /// - Throws: `notReversible` without Encrypted Attributes, `envelopeUnreadable` where no item opens with this key
    /// or   holds no Modified Attributes.
    public static func restore(_ dataSet: DataSet, with key: EnvelopeKey) throws(DeidentificationError) -> DataSet {
        let items = dataSet.items(.encryptedAttributesSequence)
        guard !items.isEmpty else { throw DeidentificationError(.notReversible, tag: .encryptedAttributesSequence) }
        for item in items {
            guard item.uid(encryptedContentTransferSyntaxUID) == TransferSyntax.explicitVRLittleEndian.uid,
                let envelope = item.bytes(encryptedContent), let bytes = try? key.open(envelope),
                let content = try? DataSet(encoded: bytes),
                let original = content.items(modifiedAttributesSequence).first
            else { continue }
            var result = dataSet
            result[.encryptedAttributesSequence] = nil
            Reidentified.mark(&result)
            // An original that stated its own age has it among the sealed ones, and no other has one.
            result[.patientAge] = nil
            for element in original { result[element.tag] = element }
            return result
        }
        throw DeidentificationError(.envelopeUnreadable, tag: .encryptedAttributesSequence)
    }

    private static let encryptedContentTransferSyntaxUID = Tag(0x0400, 0x0510)
    private static let encryptedContent = Tag(0x0400, 0x0520)
    private static let modifiedAttributesSequence = Tag(0x0400, 0x0550)

    /// They describe the pixels as they are encoded now and as they look now, identify nobody, and would be wrong for
    /// pixels that were decoded or covered.
    private static let ofPixelData: Set<Tag> = [
        .extendedOffsetTable, .extendedOffsetTableLengths, .pixelData, .samplesPerPixel, .photometricInterpretation,
        .planarConfiguration, .bitsAllocated, .bitsStored, .highBit, .pixelRepresentation, .burnedInAnnotation,
    ]

    /// They come back even if they are the same now: whoever restores takes away what de-identification may have written.
    private static let always: Set<Tag> = [
        .patientIdentityRemoved, .deidentificationMethod, .deidentificationMethodCodeSequence,
        .longitudinalTemporalInformationModified, .contributingEquipmentSequence, .patientAge,
    ]
}
