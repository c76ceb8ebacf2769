/// An image turned upright, with its brightness and its exposed field.
struct PresentedImage: Sendable {
    let codes: StoredValues
    let orientation: Orientation
    let table: PresentationTable
    /// The exposed field of the turned image.
    let field: PixelWindow

    /// Stages 3 to 7. Throws `imageUnusable` for an image that is too small, or of which shutter and padding leave too
    /// little.
    init(_ stored: StoredValues, header: ImageHeader) throws(Rejection) {
        if case .frontal(let turn) = header.patientOrientation { orientation = turn } else { orientation = .asStored }
        let open = header.shutters.window(rows: stored.rows, columns: stored.columns)
        guard min(open.rows, open.columns) >= Preprocessing.leastSide else { throw Rejection(code: .imageUnusable) }
        codes = stored.turned(orientation)
        let modality = ModalityTable(codes, header: header)
        let window = codes.withoutPaddedEdges(
            orientation.turned(open, rows: stored.rows, columns: stored.columns), isPadding: modality.isPadding)
        guard min(window.rows, window.columns) >= Preprocessing.leastSide else {
            throw Rejection(code: .imageUnusable)
        }
        let histogram = Histogram(codes, in: window)
        let isInverted = header.polarity.isInverted
        let searched = modality.searched(header.voiTransform)
        let plain = PresentationTable(searched, voi: searched.percentiles(histogram), isInverted: isInverted)
        let grid = CellGrid(codes, in: window, levels: plain.brightness.map(CellGrid.level))
        field = ExposedField(grid).window(of: grid, in: window)
        let voi =
            header.voiTransform
            ?? modality.percentiles(histogram.narrowed(codes, from: window, to: field))
        table = PresentationTable(modality, voi: voi, isInverted: isInverted)
    }

    var placement: Placement {
        Placement(orientation: orientation, field: field, rows: codes.rows, columns: codes.columns)
    }

    /// One pass over the picture: each window reduced to a square, and the whole for the reader, its shape and stored
    /// orientation kept, at most `limit` pixels a side, 8 bit.
    func reduced(
        _ windows: [PixelWindow], side: Int, renderingLimit limit: Int
    ) -> (inputs: [[Double]], rendering: GrayImage?) {
        let scale = min(1, Double(limit) / Double(max(codes.rows, codes.columns)))
        let rows = max(1, Int((Double(codes.rows) * scale).rounded()))
        let columns = max(1, Int((Double(codes.columns) * scale).rounded()))
        var inputs = windows.map { Resize($0, toRows: side, columns: side) }
        var rendering = Resize(
            .whole(rows: codes.rows, columns: codes.columns), toRows: rows, columns: columns)
        var line = [Double](repeating: 0, count: codes.columns)
        for row in 0..<codes.rows {
            Brightness.look(codes.codes, row: row, in: table.brightness, to: &line)
            for index in inputs.indices { inputs[index].add(line, row: row) }
            rendering.add(line, row: row)
        }
        let pixels = rendering.result.map { UInt8(min(max($0 * 255, 0), 255).rounded()) }
        let undone = orientation.inverse
        return (
            inputs.map(\.result),
            GrayImage(
                rows: undone.isTransposed ? columns : rows, columns: undone.isTransposed ? rows : columns,
                pixels: undone.turned(pixels, rows: rows, columns: columns))
        )
    }
}
