/// For each code of the stored values the brightness 0…1: modality, VOI, polarity.
struct PresentationTable: Sendable, Equatable {
    let brightness: [Double]
    let codes: StoredValues

    init(_ codes: StoredValues, header: ImageHeader) {
        self.codes = codes
        let padding = header.padding
        let isPadding = (0..<codes.codeCount).map { padding?.contains(codes.value($0)) ?? false }
        let values = (0..<codes.codeCount).map { header.modalityTransform(codes.value($0)) }
        let voi = header.voiTransform ?? Self.percentiles(values, codes.histogram(), isPadding)
        let isInverted = header.polarity.isInverted
        brightness = values.indices.map { code in
            // Padding is outside the patient and of no brightness of its own: black in either polarity.
            if isPadding[code] { return 0 }
            let value = voi(values[code])
            return isInverted ? 1 - value : value
        }
    }

    private static func percentiles(_ values: [Double], _ counts: [Int], _ isPadding: [Bool]) -> VOITransform {
        let bins = values.indices.filter { counts[$0] > 0 && !isPadding[$0] }.map { (values[$0], counts[$0]) }
        let range = Percentile.range(bins.map { (value: $0.0, count: $0.1) }) ?? (0, 0)
        return .range(low: range.low, high: range.high)
    }

    /// The brightness of each pixel, reduced to a size.
    func resized(rows: Int, columns: Int) -> [Double] {
        Resize.apply(
            brightness, codes: codes.codes, rows: codes.rows, columns: codes.columns, toRows: rows, columns: columns)
    }

    /// For the reader: shape kept, at most `limit` pixels a side, 8 bit.
    func rendering(limit: Int) -> GrayImage? {
        let scale = min(1, Double(limit) / Double(max(codes.rows, codes.columns)))
        let rows = max(1, Int((Double(codes.rows) * scale).rounded()))
        let columns = max(1, Int((Double(codes.columns) * scale).rounded()))
        let pixels = resized(rows: rows, columns: columns).map { UInt8(min(max($0 * 255, 0), 255).rounded()) }
        return GrayImage(rows: rows, columns: columns, pixels: pixels)
    }
}
