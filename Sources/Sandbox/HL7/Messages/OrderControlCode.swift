/// Codes of table 0119 that the pretend hospital sends.
enum OrderControlCode: String, Sendable, CaseIterable {
    /// A new order.
    case new = "NW"
    /// The order is changed.
    case change = "XO"
    /// Cancel the order.
    case cancel = "CA"
    /// Discontinue the order.
    case discontinue = "DC"
    /// Hold the order, and release it.
    case hold = "HD"
    case release = "RL"
    /// The status has changed: with ORC-5 = CM the images are there.
    case statusChanged = "SC"
    /// The order replaces another one.
    case replace = "RP"
    /// The filler changed the order, or cancelled it, unasked.
    case fillerChanged = "XX"
    case fillerCancelled = "OC"
}
