/// The marker segments of a codestream that say how it is decoded (ISO 15444-1 §A.5, §A.6, ISO 15444-15 §A): each once
/// for what it defines, as long as that, and for components that there are. Another one would be replaced or read over,
/// and could hold anything.
struct JPEG2000Parameters {
    private struct Definition: Hashable {
        let marker: Int
        /// Nil for all components.
        let component: UInt8?
        /// Nil in the main header; a change of progression can be in each tile-part.
        let tile: Int?
        let part: Int?
    }

    private let components: Int
    private var definitions: Set<Definition> = []
    /// The most decompositions of a tile-component.
    private var levels = 0
    /// The most subbands for which there are step sizes.
    private var subbands = 1

    init(components: Int) { self.components = components }

    /// Whether there are a default coding style and quantisation, and no more step sizes than subbands.
    var isComplete: Bool {
        let needed = [0xFF52, 0xFF5C].map { Definition(marker: $0, component: nil, tile: nil, part: nil) }
        return definitions.isSuperset(of: needed) && subbands <= 3 * levels + 1
    }

    /// Reads a segment of the main header (no tile) or of a tile-part's.
    /// - Parameter content: what follows the length.
    mutating func read(_ marker: Int, _ content: [UInt8], tile: (index: Int, part: Int)?) -> Bool {
        guard let first = content.first else { return false }
        let isOfComponent = [0xFF53, 0xFF5D, 0xFF5E].contains(marker)
        guard !isOfComponent || Int(first) < components else { return false }
        let definition = Definition(
            marker: marker, component: isOfComponent ? first : nil, tile: tile?.index,
            part: marker == 0xFF5F ? tile?.part : nil)
        guard definitions.insert(definition).inserted else { return false }
        return switch marker {
        // CAP: a word for each part of the standard that it names.
        case 0xFF50: content.count == 4 + 2 * content.prefix(4).reduce(0) { $0 + $1.nonzeroBitCount }
        // PRF, CPF: a number in words; the profiles that there are take one.
        case 0xFF56, 0xFF59: content.count == 2 || content.count == 4
        case 0xFF52: coding(content.dropFirst(5), hasPrecincts: first & 1 == 1) && content.count >= 10
        case 0xFF53: coding(content.dropFirst(2), hasPrecincts: content.count > 1 && content[1] & 1 == 1)
        case 0xFF5C: quantisation(content[...])
        case 0xFF5D: quantisation(content.dropFirst())
        case 0xFF5E: content.count == 3 && content[1] == 0
        case 0xFF5F: isProgression(content)
        default: false
        }
    }

    /// SPcod and SPcoc (§A.6.1): five bytes, and a precinct size for each resolution.
    private mutating func coding(_ style: ArraySlice<UInt8>, hasPrecincts: Bool) -> Bool {
        guard let first = style.first, first <= 32 else { return false }
        levels = max(levels, Int(first))
        return style.count == 5 + (hasPrecincts ? Int(first) + 1 : 0)
    }

    /// Sqcd and SPqcd (§A.6.4): a byte or a word for each subband, or one word for all.
    private mutating func quantisation(_ style: ArraySlice<UInt8>) -> Bool {
        guard let first = style.first else { return false }
        let rest = style.count - 1
        switch first & 0x1F {
        case 0: subbands = max(subbands, rest)
        case 1: return rest == 2
        case 2:
            guard rest % 2 == 0 else { return false }
            subbands = max(subbands, rest / 2)
        default: return false
        }
        return rest > 0
    }

    /// POC (§A.6.6), for fewer than 257 components.
    private func isProgression(_ content: [UInt8]) -> Bool {
        guard content.count % 7 == 0 else { return false }
        return stride(from: 0, to: content.count, by: 7).allSatisfy { at in
            let (from, to) = (content[at], content[at + 4])
            let (first, behind) = (Int(content[at + 1]), Int(content[at + 5]))
            return from < to && to <= 33 && first < components && (behind == 0 || behind > first)
                && content.uint16(at: at + 2) != 0 && content[at + 6] <= 4
        }
    }
}
