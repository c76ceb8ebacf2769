internal import DICOM

/// Where devices of a kind burn in text: a file of `mappings/deidentification/masks/`.
public struct MaskTemplate: Sendable, Hashable {
    /// A rectangle in pixels, or in fractions of the image.
    public enum Area: Sendable, Hashable {
        case pixels(PixelRectangle)
        /// Left, top, width and height, each 0…1; edges are rounded outwards.
        case fraction(left: Double, top: Double, width: Double, height: Double)
    }

    /// For receipts and documentation; never a value of a patient.
    public let name: String
    /// The device.
    public let match: HeaderPattern
    /// Rows (0028,0010) it is made for; nil for any.
    public let rows: Int?
    /// Columns (0028,0011) it is made for; nil for any.
    public let columns: Int?
    /// What is overwritten.
    public let areas: [Area]
    /// Everything outside the Sequence of Ultrasound Regions (0018,6011) is overwritten too.
    public let keepsUltrasoundRegions: Bool

    /// The mask for an image of this header; nil where no template is made for its device. Throws `maskAmbiguous`,
    /// `maskSizeDiffers`, `maskRegionsUnusable`.
    static func mask(for header: DataSet, of templates: [MaskTemplate]) throws(QuarantineReason) -> PixelMask? {
        let ofDevice = templates.filter { $0.match.matches(header) }
        guard !ofDevice.isEmpty else { return nil }
        guard let rows = header.int(.rows), let columns = header.int(.columns) else {
            throw .maskSizeDiffers
        }
        let fitting = ofDevice.filter { ($0.rows ?? rows) == rows && ($0.columns ?? columns) == columns }
        guard let template = fitting.first else { throw .maskSizeDiffers }
        guard fitting.count == 1 else { throw .maskAmbiguous }
        return try template.mask(rows: rows, columns: columns, header: header)
    }

    private func mask(rows: Int, columns: Int, header: DataSet) throws(QuarantineReason) -> PixelMask {
        var kept: [PixelRectangle]?
        if keepsUltrasoundRegions {
            let regions = header.items(Tag(0x0018, 0x6011)).map(Self.region)
            let usable = regions.compactMap { $0 }.filter { $0.lies(within: columns, rows) }
            guard !regions.isEmpty, usable.count == regions.count else { throw .maskRegionsUnusable }
            kept = usable
        }
        let covered = areas.map { Self.rectangle($0, rows: rows, columns: columns) }
        guard let mask = PixelMask(template: name, rows: rows, columns: columns, covered: covered, kept: kept) else {
            throw .maskSizeDiffers
        }
        return mask
    }

    /// Region Location Min X0, Min Y0, Max X1, Max Y1 (PS3.3 C.8.5.5.1.2): both ends belong to the region.
    private static func region(_ item: DataSet) -> PixelRectangle? {
        guard let left = item.int(Tag(0x0018, 0x6018)), let top = item.int(Tag(0x0018, 0x601A)),
            let right = item.int(Tag(0x0018, 0x601C)), let bottom = item.int(Tag(0x0018, 0x601E)),
            left >= 0, top >= 0, right >= left, bottom >= top
        else { return nil }
        return PixelRectangle(left: left, top: top, width: right - left + 1, height: bottom - top + 1)
    }

    private static func rectangle(_ area: Area, rows: Int, columns: Int) -> PixelRectangle {
        switch area {
        case .pixels(let rectangle): return rectangle
        case .fraction(let left, let top, let width, let height):
            let x = Int((left * Double(columns)).rounded(.down))
            let y = Int((top * Double(rows)).rounded(.down))
            let right = min(Int(((left + width) * Double(columns)).rounded(.up)), columns)
            let bottom = min(Int(((top + height) * Double(rows)).rounded(.up)), rows)
            return PixelRectangle(left: x, top: y, width: right - x, height: bottom - y)
        }
    }
}
