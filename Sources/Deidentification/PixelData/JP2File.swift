/// The boxes of a JP2 file (ISO 15444-1 Annex I).
enum JP2File {
    /// Where its contiguous codestream lies. Nil without one, and where the boxes say how to make colours of the
    /// samples (palette, component mapping, channel definition), which a bare codestream cannot.
    static func codestream(in file: [UInt8]) -> Range<Int>? {
        var position = 0
        while let box = box(at: position, limit: file.count, in: file) {
            switch box.type {
            case type("jp2h"): guard isPlain(header: box.content, in: file) else { return nil }
            case type("jp2c"): return box.content
            default: break
            }
            position = box.content.upperBound
        }
        return nil
    }

    private static func isPlain(header: Range<Int>, in file: [UInt8]) -> Bool {
        var position = header.lowerBound
        while position < header.upperBound {
            guard let box = box(at: position, limit: header.upperBound, in: file),
                ![type("pclr"), type("cmap"), type("cdef")].contains(box.type)
            else { return false }
            position = box.content.upperBound
        }
        return true
    }

    /// The box at an offset: length of 32 or 64 bits, or to the end (§I.4).
    private static func box(at start: Int, limit: Int, in file: [UInt8]) -> (type: Int, content: Range<Int>)? {
        guard start + 8 <= limit, let stated = file.uint32(at: start), let type = file.uint32(at: start + 4) else {
            return nil
        }
        switch stated {
        case 0: return (type, (start + 8)..<limit)
        case 1:
            guard start + 16 <= limit, file.uint32(at: start + 8) == 0, let length = file.uint32(at: start + 12),
                length >= 16, length <= limit - start
            else { return nil }
            return (type, (start + 16)..<(start + length))
        default:
            guard stated >= 8, stated <= limit - start else { return nil }
            return (type, (start + 8)..<(start + stated))
        }
    }

    private static func type(_ name: StaticString) -> Int { name.description.utf8.reduce(0) { $0 << 8 | Int($1) } }
}
