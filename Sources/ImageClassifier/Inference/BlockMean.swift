/// Means of square blocks: the numbers of a block are added row by row in single precision, then divided.
struct BlockMean: NetworkStep {
    let source: MapStorage
    let target: MapStorage
    let size: Int

    func callAsFunction(_ numbers: UnsafeMutablePointer<Float>) {
        unsafe target.clearBorder(numbers)
        for row in 0..<target.rows {
            for column in 0..<target.columns {
                for channel in 0..<target.channels {
                    var sum: Float = 0
                    for y in 0..<size {
                        for x in 0..<size {
                            sum += unsafe numbers[
                                source.offset(row: row * size + y, column: column * size + x) + channel]
                        }
                    }
                    unsafe numbers[target.offset(row: row, column: column) + channel] = sum / Float(size * size)
                }
            }
        }
    }
}
