public import Workflow

extension AdapterError {
    /// The error that a status code stands for; the code is `<peer>.http.<status>`.
    init(status: Int, peer: String, retryAfter: Duration?) {
        let category = ErrorCategory(status: status)
        let waits = category == .busy || category == .unavailable
        self.init(category, code: "\(peer).http.\(status)", retryAfter: waits ? retryAfter : nil)
    }
}

extension ErrorCategory {
    /// Redirects are never followed, so a 3xx is a wrong base URL.
    public init(status: Int) {
        self =
            switch status {
            case 401, 403, 407: .forbidden
            case 404, 410: .notFound
            case 405, 406, 415, 501, 505: .unsupported
            case 409, 412: .conflict
            case 425, 429, 503: .busy
            case 408, 500..<600: .unavailable
            default: .incorrect
            }
    }

    /// Whether the peer, rather than the request, is the trouble: such failures in a row open the breaker.
    var isTroubleOfPeer: Bool {
        switch self {
        case .busy, .unavailable, .interrupted, .forbidden: true
        case .conflict, .incorrect, .unsupported, .notFound, .fault: false
        }
    }
}
