/// For each code of the stored values the modality's value, and whether the code is padding.
struct ModalityTable: Sendable, Equatable {
    private(set) var values: [Double]
    let isPadding: [Bool]

    init(_ codes: StoredValues, header: ImageHeader) {
        let padding = header.padding
        isPadding = (0..<codes.codeCount).map { padding?.contains(codes.value($0)) ?? false }
        values = (0..<codes.codeCount).map { header.modalityTransform(codes.value($0)) }
    }

    /// The table in which the exposed field is searched.
    ///
    /// A window in the header plays no part in it, so that an image with and without one has one field; a VOI table
    /// does, because it may bend the values.
    func searched(_ voi: VOITransform?) -> ModalityTable {
        guard let voi, case .table = voi else { return self }
        var result = self
        result.values = values.map { voi($0) }
        return result
    }

    /// Clipping to the percentiles of the values that are not padding; stands in for a window that the header lacks.
    func percentiles(_ histogram: Histogram) -> VOITransform {
        let codes = values.indices.filter { histogram.counts[$0] > 0 && !isPadding[$0] }
        let isFalling = codes.first.flatMap { first in codes.last.map { values[first] > values[$0] } } ?? false
        let bins = (isFalling ? codes.reversed() : codes).map { (value: values[$0], count: histogram.counts[$0]) }
        let range = Percentile.range(bins) ?? (0, 0)
        return .range(low: range.low, high: range.high)
    }
}
