internal import Mapping

extension MaskTemplate {
    /// Reads a file of `masks/` (`docs/integrate/burned-in-text.md`). Throws `pixelRulesInvalid` with key path and line.
    public init(yaml: String) throws(DeidentificationError) {
        self = try PixelRuleFile.read { () throws in
            let root = try YAMLNode(parsing: yaml)
            _ = try root.members(
                allowed: ["version", "name", "match", "rows", "columns", "covered", "keepUltrasoundRegions"])
            try root.requireVersion1()
            let areas = try root.member("covered")?.elements().map(Self.area) ?? []
            let keeps = try root.member("keepUltrasoundRegions")?.boolean() ?? false
            guard !areas.isEmpty || keeps else { throw root.error(.missingKey) }
            let rows = try root.member("rows").map(Self.side)
            let columns = try root.member("columns").map(Self.side)
            // Pixels of another size would be elsewhere.
            let isSized = rows != nil && columns != nil
            for case .pixels in areas where !isSized { throw root.error(.missingKey) }
            return MaskTemplate(
                name: try root.required("name").text(),
                match: HeaderPattern(try PixelRuleFile.patterns(try root.required("match"))), rows: rows,
                columns: columns, areas: areas, keepsUltrasoundRegions: keeps)
        }
    }

    private static func side(_ node: YAMLNode) throws -> Int {
        let number = try node.number()
        guard (1...65_535).contains(number) else { throw node.error(.invalidValue) }
        return number
    }

    /// `{left, top, width, height}`: whole numbers are pixels; with `unit: fraction` parts of the image.
    private static func area(_ node: YAMLNode) throws -> Area {
        _ = try node.members(allowed: ["left", "top", "width", "height", "unit"])
        let parts = try ["left", "top", "width", "height"].map { try node.required($0) }
        guard let unit = try node.member("unit") else {
            let numbers = try parts.map { try $0.number() }
            let rectangle = PixelRectangle(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
            guard rectangle.lies(within: 65_535, 65_535) else { throw node.error(.invalidValue) }
            return .pixels(rectangle)
        }
        guard try unit.text() == "fraction" else { throw unit.error(.invalidValue) }
        let numbers = try parts.map { part in
            guard let number = Double(try part.text()), (0...1).contains(number) else {
                throw part.error(.invalidValue)
            }
            return number
        }
        guard numbers[2] > 0, numbers[3] > 0, numbers[0] + numbers[2] <= 1.000_001, numbers[1] + numbers[3] <= 1.000_001
        else { throw node.error(.invalidValue) }
        return .fraction(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
    }
}
