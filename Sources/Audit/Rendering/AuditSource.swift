/// Who tells of events: this gateway as outside audit repositories know it, and where it and its peers are.
public struct AuditSource: Sendable {
    /// The gateway's name: the log's origin.
    public let name: String
    /// The site, where one is configured.
    public let site: String?
    /// The gateway's own host name or IP address; without it no profile is claimed that asks for it.
    public let address: String?
    /// Host names or IP addresses of peers by configured name, for records that hold none.
    public let peers: [String: String]

    /// A source.
    public init(name: String, site: String? = nil, address: String? = nil, peers: [String: String] = [:]) {
        self.name = name
        self.site = site
        self.address = address
        self.peers = peers
    }
}
