extension StoredValues {
    /// A window without the rows and columns at its edges that are padding throughout, however many; empty where all is
    /// padding.
    ///
    /// - Parameter isPadding: for each code.
    func withoutPaddedEdges(_ window: PixelWindow, isPadding: [Bool]) -> PixelWindow {
        guard isPadding.contains(true) else { return window }
        var rest = window
        while !rest.isEmpty, isPadded(rest.row(0), isPadding) { rest.top += 1 }
        while !rest.isEmpty, isPadded(rest.row(rest.rows - 1), isPadding) { rest.bottom -= 1 }
        while !rest.isEmpty, isPadded(rest.column(0), isPadding) { rest.left += 1 }
        while !rest.isEmpty, isPadded(rest.column(rest.columns - 1), isPadding) { rest.right -= 1 }
        return rest
    }

    private func isPadded(_ window: PixelWindow, _ isPadding: [Bool]) -> Bool {
        (window.top..<window.bottom).allSatisfy { row in
            (window.left..<window.right).allSatisfy { isPadding[Int(codes[row * columns + $0])] }
        }
    }
}

extension PixelWindow {
    /// One of its rows.
    fileprivate func row(_ index: Int) -> PixelWindow {
        PixelWindow(top: top + index, left: left, bottom: top + index + 1, right: right)
    }

    /// One of its columns.
    fileprivate func column(_ index: Int) -> PixelWindow {
        PixelWindow(top: top, left: left + index, bottom: bottom, right: left + index + 1)
    }
}
