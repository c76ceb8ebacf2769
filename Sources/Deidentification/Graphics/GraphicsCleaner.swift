internal import DICOM

/// The Clean Graphics Option (PS3.15 §E.3.3, DCM 113103): drawn shapes stay, words go. Without the option all of this
/// is removed by the table.
///
/// What it returns still goes through the rules for every element: UIDs are replaced there, free text is removed.
enum GraphicsCleaner {
    /// The items of Graphic Annotation Sequence (0070,0001) with their shapes and without text objects. Empty where
    /// nothing is left: the element is then removed.
    static func annotations(_ items: [DataSet]) -> [DataSet] {
        items.compactMap { item in
            let shapes = item.items(Self.graphicObjectSequence).compactMap(GraphicObject.cleaned)
            guard !shapes.isEmpty else { return nil }
            var result = DataSet()
            result[Self.graphicLayer] = item[Self.graphicLayer]
            result[.referencedImageSequence] = item[.referencedImageSequence]
            result.set(Self.graphicObjectSequence, items: shapes)
            return result
        }
    }

    /// The data set without curves (50xx), and without overlays (60xx) but those whose group is in `searched`: planes
    /// that were rendered (`OverlayPlane.frame(_:)`) and in which no text was found. Of these only what draws them
    /// stays.
    static func planes(of dataSet: DataSet, searched: Set<UInt16>) -> DataSet {
        var result = DataSet(dataSet.filter { !isPlane($0.tag) })
        for group in searched where (0x6000...0x601E).contains(group) && group % 2 == 0 {
            for element in OverlayPlane(dataSet, group: group)?.elements ?? [] { result[element.tag] = element }
        }
        return result
    }

    private static func isPlane(_ tag: Tag) -> Bool {
        (0x5000...0x50FF).contains(tag.group) || (0x6000...0x60FF).contains(tag.group)
    }

    private static let graphicLayer = Tag(0x0070, 0x0002)
    private static let graphicObjectSequence = Tag(0x0070, 0x0009)
}
