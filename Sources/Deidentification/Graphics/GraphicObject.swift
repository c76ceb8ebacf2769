internal import DICOM

/// One drawn shape of a graphic annotation (PS3.3 C.10.5).
enum GraphicObject {
    /// The shape, or nil where it could be handwriting: an open line of many points, or what is not known.
    static func cleaned(_ item: DataSet) -> DataSet? {
        guard let type = item.string(.graphicType), case .numbers(let points)? = item[.graphicData]?.value,
            points.count % 2 == 0, item.int(dimensions) == 2, item.int(numberOfPoints) == points.count / 2,
            draws(type, points)
        else { return nil }
        return DataSet(item.filter { kept.contains($0.tag) })
    }

    private static func draws(_ type: String, _ points: [Double]) -> Bool {
        let count = points.count / 2
        switch type {
        case "POINT": return count == 1
        case "CIRCLE": return count == 2
        case "ELLIPSE": return count == 4
        case "POLYLINE", "INTERPOLATED":
            // An outline is closed; a distance or an angle has two or three points. Letters are neither.
            let isClosed = count > 3 && points.prefix(2) == points.suffix(2)
            return isClosed || (2...3).contains(count)
        default: return false
        }
    }

    private static let dimensions = Tag(0x0070, 0x0020)
    private static let numberOfPoints = Tag(0x0070, 0x0021)

    /// Units, dimensions, points, data, type, filled, tracking UID.
    private static let kept: Set<Tag> = [
        Tag(0x0070, 0x0005), dimensions, numberOfPoints, .graphicData, .graphicType, Tag(0x0070, 0x0024),
        Tag(0x0062, 0x0021),
    ]
}
