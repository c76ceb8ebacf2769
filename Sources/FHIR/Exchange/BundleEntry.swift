public import JSON

/// One entry of a bundle.
public struct BundleEntry: Equatable, Redacted, ElementValue {
    public var fullURL: String?
    public var resource: Resource?
    /// `match`, `include` or `outcome` in a searchset.
    public var searchMode: String?
    public var request: BundleRequest?
    public var response: BundleResponse?

    public init(
        fullURL: String? = nil, resource: Resource? = nil, request: BundleRequest? = nil,
        response: BundleResponse? = nil, searchMode: String? = nil
    ) {
        self.fullURL = fullURL
        self.resource = resource
        self.request = request
        self.response = response
        self.searchMode = searchMode
    }

    public init?(json: JSONValue) {
        guard let entry = json.object else { return nil }
        fullURL = entry["fullUrl"]?.string
        resource = entry["resource"].flatMap { try? Resource($0) }
        searchMode = entry["search"]?["mode"]?.string
        request = entry["request"].flatMap(BundleRequest.init(json:))
        response = entry["response"].flatMap(BundleResponse.init(json:))
    }

    public var json: JSONValue {
        JSONObject(elements: [
            "fullUrl": fullURL, "resource": resource, "search": JSONObject(elements: ["mode": searchMode]),
            "request": request, "response": response,
        ]).json
    }
}

/// What a transaction asks of the server for one entry.
public struct BundleRequest: Hashable, Sendable, ElementValue {
    public var method: String
    public var url: String
    public var ifNoneExist: String?
    public var ifMatch: String?

    /// POST of a new resource, unless one with the identifier is there already (R4 §3.1.0.8.1).
    public static func create(_ type: String, ifNoneExist identifier: Identifier) -> BundleRequest {
        BundleRequest(method: "POST", url: type, ifNoneExist: "identifier=\(percentEncoded(identifier.searchToken))")
    }

    /// PUT under an id, of one version only when that is given.
    public static func update(_ type: String, id: String, version: String? = nil) -> BundleRequest {
        BundleRequest(method: "PUT", url: "\(type)/\(id)", ifMatch: version.map { "W/\"\($0)\"" })
    }

    public init(method: String, url: String, ifNoneExist: String? = nil, ifMatch: String? = nil) {
        self.method = method
        self.url = url
        self.ifNoneExist = ifNoneExist
        self.ifMatch = ifMatch
    }

    public init?(json: JSONValue) {
        guard let method = json["method"]?.string, let url = json["url"]?.string else { return nil }
        self.init(
            method: method, url: url, ifNoneExist: json["ifNoneExist"]?.string, ifMatch: json["ifMatch"]?.string)
    }

    public var json: JSONValue {
        JSONObject(elements: ["method": method, "url": url, "ifMatch": ifMatch, "ifNoneExist": ifNoneExist]).json
    }
}

/// What the server did with one entry.
public struct BundleResponse: Equatable, Redacted, ElementValue {
    /// The HTTP status line's text, such as `201 Created`.
    public var status: String
    public var location: String?
    public var etag: String?
    public var outcome: OperationOutcome?

    public init(status: String, location: String? = nil, etag: String? = nil, outcome: OperationOutcome? = nil) {
        self.status = status
        self.location = location
        self.etag = etag
        self.outcome = outcome
    }

    public init?(json: JSONValue) {
        guard let status = json["status"]?.string else { return nil }
        self.init(
            status: status, location: json["location"]?.string, etag: json["etag"]?.string,
            outcome: json["outcome"].flatMap { try? OperationOutcome($0) })
    }

    public var json: JSONValue {
        JSONObject(elements: ["status": status, "location": location, "etag": etag, "outcome": outcome]).json
    }

    /// The number at the start of the status; nil when there is none.
    public var statusCode: Int? {
        let digits = status.prefix { $0.isASCII && $0.isNumber }
        return digits.count == 3 ? Int(digits) : nil
    }

    /// The resource that the location names.
    public var target: ReferenceTarget? { location.flatMap(ReferenceTarget.init) }
}

/// Percent-encodes a query value (RFC 3986 §2): unreserved characters, `:` and `/` stay.
public func percentEncoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
        switch byte {
        case 0x2D, 0x2E, 0x5F, 0x7E, 0x2F, 0x3A, 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
            result.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let hex = String(byte, radix: 16, uppercase: true)
            result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
        }
    }
}
