/// One HTTP request as the pretend EHR and the pretend archive see it; what carries it stays outside.
struct HTTPExchangeRequest: Sendable {
    /// In upper case.
    var method: String
    /// Percent-decoded components after the service's root.
    var path: [String]
    /// Decoded, in the order of the URL; names may repeat.
    var query: [(name: String, value: String)] = []
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    /// The first value of a query parameter.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// The answer to an `HTTPExchangeRequest`.
struct HTTPExchangeResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
}
