import CPNG
import Foundation

/// A picture in the terminal: two pixels a character, the upper one as the colour of U+2580, the lower one behind it.
struct TerminalPicture {
    /// How colours are written.
    enum Colors: Sendable {
        /// 24 bits (`COLORTERM=truecolor`).
        case direct
        /// The 6×6×6 cube of 256-colour terminals.
        case indexed
    }

    private let width: Int
    private let height: Int
    private let pixels: [UInt8]

    /// Nil when `png` is no PNG or has a side above 4096.
    init?(png: [UInt8]) {
        var output: UnsafeMutablePointer<UInt8>?
        var columns: UInt32 = 0
        var rows: UInt32 = 0
        let status = unsafe png.withUnsafeBufferPointer {
            unsafe cpng_decode($0.baseAddress, $0.count, 4096, &output, &columns, &rows)
        }
        defer { unsafe cpng_free(output) }
        guard UInt32(bitPattern: status) == CPNG_OK.rawValue, let output = unsafe output else { return nil }
        let all = unsafe Array(UnsafeBufferPointer(start: output, count: Int(columns) * Int(rows) * 3))
        let row = Int(columns) * 3
        // The notice above the image is too small to read here, and stands in the text.
        let notice = (0..<Int(rows)).prefix { number in
            all[(number * row)..<(number * row + row)].allSatisfy { $0 == 0 || $0 == 255 }
        }.count
        width = Int(columns)
        height = Int(rows) - notice
        pixels = Array(all.dropFirst(notice * row))
    }

    /// What standard output can show, nil when it is no terminal or one without colours.
    static func colors(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Colors? {
        guard Terminal.hasColour, Terminal.hasUnicode else { return nil }
        return ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") ? .direct : .indexed
    }

    /// Lines of `columns` characters, each of which ends with a reset.
    func lines(columns: Int, colors: Colors) -> [String] {
        let rows = max(height * columns / max(width, 1) / 2, 1)
        return (0..<rows).map { row in
            (0..<columns).map { column in
                let upper = mean(column, row * 2, of: (columns, rows * 2))
                let lower = mean(column, row * 2 + 1, of: (columns, rows * 2))
                return "\u{1B}[\(code(38, upper, colors));\(code(48, lower, colors))m\u{2580}"
            }.joined() + "\u{1B}[0m"
        }
    }

    /// The mean colour of one cell of a grid laid over the picture.
    private func mean(_ x: Int, _ y: Int, of grid: (columns: Int, rows: Int)) -> [Int] {
        let columns = (x * width / grid.columns)..<max((x + 1) * width / grid.columns, x * width / grid.columns + 1)
        let rows = (y * height / grid.rows)..<max((y + 1) * height / grid.rows, y * height / grid.rows + 1)
        var sum = [0, 0, 0]
        for row in rows {
            for column in columns {
                for channel in 0..<3 { sum[channel] += Int(pixels[(row * width + column) * 3 + channel]) }
            }
        }
        return sum.map { $0 / (rows.count * columns.count) }
    }

    private func code(_ layer: Int, _ color: [Int], _ colors: Colors) -> String {
        switch colors {
        case .direct: return "\(layer);2;\(color[0]);\(color[1]);\(color[2])"
        case .indexed:
            if (color.max() ?? 0) - (color.min() ?? 0) < 14 { return "\(layer);5;\(232 + color[1] * 23 / 255)" }
            let steps = color.map { ($0 * 5 + 127) / 255 }
            return "\(layer);5;\(16 + 36 * steps[0] + 6 * steps[1] + steps[2])"
        }
    }
}
