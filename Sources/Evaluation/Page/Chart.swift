/// A picture of numbers in a frame with two axes, as SVG for a page.
///
/// Colours are those of Okabe and Ito, which eyes with and without red–green weakness tell apart; lines differ in
/// dashes too, and every line has its name beside it.
struct Chart {
    /// How a line or mark looks; the names are classes of the page's style sheet.
    enum Ink: String {
        /// The first line: blue, solid.
        case first = "c1"
        /// The second: vermilion, dashed.
        case second = "c2"
        /// What a line is compared with: grey, dotted.
        case rule = "c0"
    }

    let title: String
    let description: String
    let horizontal: Axis
    let vertical: Axis
    private var marks: [String] = []
    /// Room for the picture and for what stands around the frame.
    static let width = 400.0
    static let height = 330.0
    static let left = 58.0
    static let right = 14.0
    static let top = 12.0
    static let bottom = 48.0

    /// One axis.
    struct Axis {
        let title: String
        let range: ClosedRange<Double>
        let ticks: [(value: Double, text: String)]

        /// From 0 to 1 in fifths.
        static func share(_ title: String) -> Axis {
            Axis(
                title: title, range: 0...1,
                ticks: (0...5).map { (Double($0) / 5, MarkupText.number(Double($0) / 5, 1)) })
        }

        /// From 0 to a count, in steps of 1, 2 or 5 times a power of ten.
        static func count(_ title: String, upTo most: Int) -> Axis {
            let top = max(most, 1)
            var step = 1
            while top / step > 6 {
                step = String(step).hasPrefix("2") ? step / 2 * 5 : step * 2
            }
            let end = (top + step - 1) / step * step
            return Axis(
                title: title, range: 0...Double(end),
                ticks: stride(from: 0, through: end, by: step).map { (Double($0), String($0)) })
        }
    }

    init(_ title: String, description: String, horizontal: Axis, vertical: Axis) {
        self.title = title
        self.description = description
        self.horizontal = horizontal
        self.vertical = vertical
    }

    func x(_ value: Double) -> Double {
        let share = (value - horizontal.range.lowerBound) / (horizontal.range.upperBound - horizontal.range.lowerBound)
        return Self.left + share * (Self.width - Self.left - Self.right)
    }

    func y(_ value: Double) -> Double {
        let share = (value - vertical.range.lowerBound) / (vertical.range.upperBound - vertical.range.lowerBound)
        return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
    }

    private func place(_ point: (Double, Double)) -> String { "\(Self.short(x(point.0))),\(Self.short(y(point.1)))" }

    static func short(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        guard tenths % 10 != 0 else { return String(tenths / 10) }
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    mutating func line(_ points: [(Double, Double)], _ ink: Ink) {
        guard !points.isEmpty else { return }
        marks.append("<polyline class=\"\(ink.rawValue)\" points=\"\(points.map(place).joined(separator: " "))\"/>")
    }

    mutating func area(_ lower: [(Double, Double)], _ upper: [(Double, Double)], _ ink: Ink) {
        let points = (upper + lower.reversed()).map(place).joined(separator: " ")
        marks.append("<polygon class=\"a \(ink.rawValue)\" points=\"\(points)\"/>")
    }

    mutating func dot(_ point: (Double, Double), _ ink: Ink, radius: Double = 4) {
        marks.append(
            "<circle class=\"d \(ink.rawValue)\" cx=\"\(Self.short(x(point.0)))\" cy=\"\(Self.short(y(point.1)))\" "
                + "r=\"\(Self.short(radius))\"/>")
    }

    mutating func box(_ horizontal: ClosedRange<Double>, _ vertical: ClosedRange<Double>, _ ink: Ink) {
        let (left, right) = (x(horizontal.lowerBound), x(horizontal.upperBound))
        let (top, bottom) = (y(vertical.upperBound), y(vertical.lowerBound))
        marks.append(
            "<rect class=\"b \(ink.rawValue)\" x=\"\(Self.short(left))\" y=\"\(Self.short(top))\" "
                + "width=\"\(Self.short(right - left))\" height=\"\(Self.short(bottom - top))\"/>")
    }

    mutating func text(_ text: String, at point: (Double, Double), _ anchor: String = "start", shift: Double = 0) {
        marks.append(
            "<text class=\"l\" text-anchor=\"\(anchor)\" x=\"\(Self.short(x(point.0)))\" "
                + "y=\"\(Self.short(y(point.1) + shift))\">\(MarkupText.escaped(text))</text>")
    }

    /// The picture; `id` is unique on its page.
    func svg(id: String) -> String {
        let (left, right) = (Self.short(Self.left), Self.short(Self.width - Self.right))
        let (top, bottom) = (Self.short(Self.top), Self.short(Self.height - Self.bottom))
        var parts = [
            "<svg role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\" viewBox=\"0 0 \(Self.short(Self.width)) "
                + "\(Self.short(Self.height))\"><title id=\"\(id)-t\">\(MarkupText.escaped(title))</title>"
                + "<desc id=\"\(id)-d\">\(MarkupText.escaped(description))</desc>"
        ]
        for tick in vertical.ticks {
            let y = Self.short(y(tick.value))
            parts.append("<line class=\"g\" x1=\"\(left)\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\"/>")
            parts.append(
                "<text class=\"k\" text-anchor=\"end\" x=\"\(Self.short(Self.left - 6))\" "
                    + "y=\"\(Self.short(self.y(tick.value) + 4))\">\(tick.text)</text>")
        }
        for tick in horizontal.ticks {
            let x = Self.short(x(tick.value))
            parts.append("<line class=\"g\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(top)\" y2=\"\(bottom)\"/>")
            parts.append(
                "<text class=\"k\" text-anchor=\"middle\" x=\"\(x)\" "
                    + "y=\"\(Self.short(Self.height - Self.bottom + 16))\">\(tick.text)</text>")
        }
        parts += marks
        parts.append(
            "<text class=\"n\" text-anchor=\"middle\" x=\"\(Self.short((Self.left + Self.width - Self.right) / 2))\" "
                + "y=\"\(Self.short(Self.height - 10))\">\(MarkupText.escaped(horizontal.title))</text>")
        let middle = Self.short((Self.top + Self.height - Self.bottom) / 2)
        parts.append(
            "<text class=\"n\" text-anchor=\"middle\" transform=\"translate(15 \(middle)) rotate(-90)\">"
                + "\(MarkupText.escaped(vertical.title))</text></svg>")
        return parts.joined(separator: "\n")
    }
}
