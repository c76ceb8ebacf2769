internal import DICOM

/// The Clean Graphics Option (PS3.15 §E.3.3, DCM 113103): drawn shapes stay, words go. Without the option all of this
/// is removed by the table. Overlay planes: `OverlaySearch`.
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

    /// Overlay Activation Layer (60xx,1001) of planes that are shown in a layer which is left in the rewritten
    /// presentation state (PS3.3 C.11.7).
    static func activations(_ header: DataSet, _ rewritten: DataSet) -> [DataElement] {
        let layers = Set(rewritten.items(Self.graphicLayerSequence).compactMap { $0.string(Self.graphicLayer) })
        return header.filter { element in
            guard (0x6000...0x601E).contains(element.tag.group), element.tag.element == 0x1001, element.vr == .CS,
                case .text(let values) = element.value
            else { return false }
            return values.count == 1 && layers.contains(values[0])
        }
    }

    /// Whether something drawn is left in a rewritten object.
    static func isLeft(in rewritten: DataSet) -> Bool {
        !rewritten.items(Self.annotationSequence).isEmpty || rewritten.contains { $0.tag.group & 0xFF00 == 0x6000 }
    }

    /// Graphic Annotation Sequence.
    private static let annotationSequence = Tag(0x0070, 0x0001)
    private static let graphicLayerSequence = Tag(0x0070, 0x0060)
    private static let graphicLayer = Tag(0x0070, 0x0002)
    private static let graphicObjectSequence = Tag(0x0070, 0x0009)
}
