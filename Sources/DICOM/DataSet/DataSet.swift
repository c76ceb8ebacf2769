/// A data set (PS3.5 §7): elements in ascending order of their tags, each tag once; sequence items are data sets too.
/// It may hold patient data and therefore prints nothing of it.
public struct DataSet: Hashable, Sendable {
    private(set) var elements: [DataElement]

    /// An empty data set.
    public init() { elements = [] }

    /// Of elements with equal tags the last one stands.
    public init(_ elements: some Sequence<DataElement>) {
        self.elements = []
        for element in elements { self[element.tag] = element }
    }

    /// Elements in the order of a file. Throws `duplicateElement`; another order than ascending is put right.
    init(reading elements: [DataElement]) throws(DICOMError) {
        let ascending = zip(elements, elements.dropFirst()).allSatisfy { $0.tag < $1.tag }
        self.elements = ascending ? elements : elements.sorted { $0.tag < $1.tag }
        guard !ascending else { return }
        for (element, next) in zip(self.elements, self.elements.dropFirst()) where element.tag == next.tag {
            throw DICOMError(.duplicateElement, tag: element.tag)
        }
    }

    /// The element with this tag; setting nil removes it. The element set must carry the same tag, else it is ignored.
    public subscript(tag: Tag) -> DataElement? {
        get {
            let position = position(of: tag)
            return position < elements.count && elements[position].tag == tag ? elements[position] : nil
        }
        set {
            let position = position(of: tag)
            let present = position < elements.count && elements[position].tag == tag
            switch (newValue, present) {
            case (let element?, true): if element.tag == tag { elements[position] = element }
            case (let element?, false): if element.tag == tag { elements.insert(element, at: position) }
            case (nil, true): elements.remove(at: position)
            case (nil, false): break
            }
        }
    }

    /// The place of `tag`, or where it would stand.
    private func position(of tag: Tag) -> Int {
        if let last = elements.last, last.tag < tag { return elements.count }
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].tag < tag { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension DataSet: RandomAccessCollection {
    /// The first position.
    public var startIndex: Int { 0 }
    /// The position after the last element.
    public var endIndex: Int { elements.count }
    /// The element at a position, in the order of tags.
    public subscript(position: Int) -> DataElement { elements[position] }
}

extension DataSet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted data set of \(elements.count) elements>" }
    /// Tells nothing of the content.
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
