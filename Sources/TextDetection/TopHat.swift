/// What is lighter than its surroundings and thinner than `window`: the picture less its opening. Removes anatomy and
/// backgrounds, keeps the strokes of letters.
enum TopHat {
    /// Wider than the strokes of letters up to 40 pixels high.
    static let window = 9

    static func of(_ picture: GreyPicture) -> GreyPicture {
        let opened = extreme(extreme(picture, window, least: true), window, least: false)
        var result = picture
        for index in result.pixels.indices {
            let light = picture.pixels[index]
            let ground = opened.pixels[index]
            result.pixels[index] = light > ground ? light - ground : 0
        }
        return result
    }

    /// The least or greatest value in a square of `size` pixels around each pixel.
    static func extreme(_ picture: GreyPicture, _ size: Int, least: Bool) -> GreyPicture {
        let across = alongRows(picture, size, least: least)
        return alongRows(across.transposed, size, least: least).transposed
    }

    /// By doubling: the extreme of 2, 4, 8 … neighbours, and two overlapping ones for what is left.
    private static func alongRows(_ picture: GreyPicture, _ size: Int, least: Bool) -> GreyPicture {
        let width = picture.width
        var result = picture
        let before = size / 2
        var row = [UInt8](repeating: 0, count: width + size)
        for start in stride(from: 0, to: picture.pixels.count, by: width) {
            // The edge is repeated outwards.
            for index in row.indices {
                row[index] = picture.pixels[start + min(max(index - before, 0), width - 1)]
            }
            var covered = 1
            while covered < size {
                let shift = min(covered, size - covered)
                let end = row.count - shift
                if least {
                    for index in 0..<end { row[index] = min(row[index], row[index + shift]) }
                } else {
                    for index in 0..<end { row[index] = max(row[index], row[index + shift]) }
                }
                covered += shift
            }
            for index in 0..<width { result.pixels[start + index] = row[index] }
        }
        return result
    }
}
