/// Texts of URLs.
enum PercentEncoding {
    /// The bytes that stand for themselves and those that `%` introduces; nil where there are none.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard bytes.contains(0x25) else { return nil }
        var result: [UInt8] = []
        var index = bytes.startIndex
        var isChanged = false
        while index < bytes.endIndex {
            if bytes[index] == 0x25, index + 2 < bytes.endIndex, let high = EncodedText.hexDigit(bytes[index + 1]),
                let low = EncodedText.hexDigit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
                isChanged = true
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return isChanged ? result : nil
    }
}
