/// Components beside each other that may be the letters of one line.
struct TextLine: Sendable {
    var box: Box
    /// From left to right.
    var letters: [Component]

    /// The middle of the letters' heights.
    var letterHeight: Int { letters.map(\.box.height).sorted()[letters.count / 2] }
}

/// Puts components of like height beside each other into lines.
enum LineGrouping {
    /// Sizes of what may be a letter, in pixels of the level: smaller ones are noise, larger ones belong to the next
    /// level.
    static let heights = 5...44

    static func mayBeLetter(_ component: Component) -> Bool {
        let box = component.box
        guard heights.contains(box.height), box.width >= 1, box.width <= 14 * box.height else { return false }
        let fill = Double(component.count) / Double(box.area)
        // Letters that touch make a wide component; a bar fills its box.
        return fill >= 0.12 && (fill <= 0.9 || box.width <= box.height / 2)
    }

    static func lines(of components: [Component]) -> [TextLine] {
        let letters = components.filter(mayBeLetter).sorted { $0.box.left < $1.box.left }
        var parents = Array(letters.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while parents[index] != index {
                parents[index] = parents[parents[index]]
                index = parents[index]
            }
            return index
        }
        // By rows, so that only near ones are compared.
        let band = heights.upperBound
        var bands: [Int: [Int]] = [:]
        for (index, letter) in letters.enumerated() {
            let middle = (letter.box.top + letter.box.bottom) / 2 / band
            for near in (middle - 1)...(middle + 1) {
                for other in (bands[near] ?? []).reversed() {
                    // Sorted by their left edges; a wide component may still reach here from further away.
                    if letter.box.left - letters[other].box.left > 16 * band { break }
                    if isNeighbour(letters[other].box, letter.box) { parents[root(index)] = root(other) }
                }
            }
            bands[middle, default: []].append(index)
        }
        var lines: [Int: TextLine] = [:]
        for (index, letter) in letters.enumerated() {
            let key = root(index)
            if lines[key] == nil {
                lines[key] = TextLine(box: letter.box, letters: [letter])
            } else {
                lines[key]?.box.include(letter.box)
                lines[key]?.letters.append(letter)
            }
        }
        return Array(lines.values)
    }

    /// `right` begins not before `left`.
    private static func isNeighbour(_ left: Box, _ right: Box) -> Bool {
        let low = min(left.height, right.height)
        let high = max(left.height, right.height)
        guard 10 * low >= 5 * high else { return false }
        let shared = min(left.bottom, right.bottom) - max(left.top, right.top)
        guard 2 * shared >= low else { return false }
        return 10 * (right.left - left.right) <= 9 * high
    }
}
