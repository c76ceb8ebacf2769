internal import DICOM

/// Removes from the pixel data of one instance what is no pixel (PS3.15 §E.3.1): `FrameCleaner` for what is in memory.
enum PixelCleaner {
    /// Throws `pixelDataNotCleanable`.
    static func clean(_ instance: Instance, index: Int) throws(DeidentificationError) -> PixelData? {
        guard let pixelData = instance.pixelData else { return nil }
        guard let syntax = instance.transferSyntax else {
            throw DeidentificationError(.pixelDataNotCleanable, instance: index, tag: .transferSyntaxUID)
        }
        do {
            return try FrameCleaner(header: instance.dataSet, transferSyntax: syntax).clean(pixelData)
        } catch {
            throw DeidentificationError(error.code, instance: index, tag: error.tag)
        }
    }
}
