import Foundation

/// Whether the listeners' ports can be had: bound for a moment, without accepting anything.
struct PortChecks {
    let listeners: ListenersSection
    /// Whether a `serve` of this data folder runs: then it is expected to hold the ports.
    let isServed: Bool

    func items() -> [CheckItem] {
        var items = listeners.mllp.enumerated().map { index, section in
            item("listeners.mllp[\(index)]", section.endpoint)
        }
        if let fhir = listeners.fhir { items.append(item("listeners.fhir", fhir.endpoint)) }
        if let admin = listeners.admin { items.append(item("listeners.admin", admin)) }
        return items
    }

    private func item(_ name: String, _ endpoint: EndpointSection) -> CheckItem {
        guard endpoint.port != 0 else { return .ok(name, "any free port of \(endpoint.host)") }
        let place = "port \(endpoint.port) of \(endpoint.host)"
        switch Self.bind(endpoint) {
        case 0 where isServed:
            return .warning(
                name, .portNotHeld, "\(place) is free although a gateway serves this data folder",
                remedy: "restart `serve` if the configuration was changed after its start")
        case 0: return .ok(name, "\(place) is free")
        case EADDRINUSE where isServed: return .ok(name, "\(place) is held by the gateway that is serving now")
        case EADDRINUSE:
            return .problem(
                name, .portTaken, "another program holds \(place)",
                remedy: "find it with `ss -ltnp 'sport = :\(endpoint.port)'` and stop it, or configure another port")
        case EACCES:
            return .problem(
                name, .portForbidden, "\(place) may only be opened with a privilege",
                remedy: "take a port from 1024 on, or give the service CAP_NET_BIND_SERVICE")
        default:
            return .problem(
                name, .portAddress, "\(endpoint.host) is no address of this machine",
                remedy: "name one of its own under `host`")
        }
    }

    /// 0, or the error with which the system refuses the port.
    private static func bind(_ endpoint: EndpointSection) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found = unsafe UnsafeMutablePointer<addrinfo>?.none
        let status = unsafe getaddrinfo(endpoint.host, String(endpoint.port), &hints, &found)
        guard status == 0, let first = unsafe found else { return EADDRNOTAVAIL }
        defer { unsafe freeaddrinfo(first) }
        let descriptor = unsafe socket(first.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // As the listeners do it: a connection that ended a moment ago does not count.
        var reuse: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe Glibc.bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else { return errno }
        guard listen(descriptor, 1) == 0 else { return errno }
        return 0
    }
}
