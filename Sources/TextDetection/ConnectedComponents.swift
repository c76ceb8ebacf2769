/// A set of touching pixels (eight neighbours).
struct Component: Sendable, Hashable {
    var box: Box
    /// Pixels that belong to it.
    var count: Int
}

/// The components of a mask, found in one pass over runs of pixels.
enum ConnectedComponents {
    private struct Run {
        let start: Int
        let end: Int
        let label: Int
    }

    static func of(_ mask: [Bool], width: Int, height: Int) -> [Component] {
        var parents: [Int] = []
        var components: [Component] = []
        var above: [Run] = []
        for row in 0..<height {
            var runs: [Run] = []
            var first = 0
            var column = 0
            let base = row * width
            while column < width {
                guard mask[base + column] else {
                    column += 1
                    continue
                }
                let start = column
                while column < width, mask[base + column] { column += 1 }
                let box = Box(left: start, top: row, right: column, bottom: row + 1)
                let label = parents.count
                parents.append(label)
                components.append(Component(box: box, count: column - start))
                while first < above.count, above[first].end < start { first += 1 }
                var index = first
                while index < above.count, above[index].start <= column {
                    join(label, above[index].label, &parents, &components)
                    index += 1
                }
                runs.append(Run(start: start, end: column, label: label))
            }
            above = runs
        }
        return components.indices.filter { parents[$0] == $0 }.map { components[$0] }
    }

    private static func root(_ label: Int, _ parents: inout [Int]) -> Int {
        var label = label
        while parents[label] != label {
            parents[label] = parents[parents[label]]
            label = parents[label]
        }
        return label
    }

    private static func join(_ one: Int, _ other: Int, _ parents: inout [Int], _ components: inout [Component]) {
        let a = root(one, &parents)
        let b = root(other, &parents)
        guard a != b else { return }
        parents[max(a, b)] = min(a, b)
        components[min(a, b)].box.include(components[max(a, b)].box)
        components[min(a, b)].count += components[max(a, b)].count
    }
}
