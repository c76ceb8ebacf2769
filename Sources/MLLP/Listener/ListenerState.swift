internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// What the connections of one listener share: counts, admission, the TLS context and the list for the stop.
///
/// Every connection that is admitted stands in the list until it is closed. So none is lost, whatever happens to the
/// tasks that serve them.
final class ListenerState: Sendable {
    private struct Shared {
        var counters = ListenerCounters()
        var perAddress: [String: Int] = [:]
        var connections: [ObjectIdentifier: any Channel] = [:]
        var server: (any Channel)?
        var isStopping = false
        var tls: NIOSSLContext?
    }

    private let shared = Mutex(Shared())

    var counters: ListenerCounters { shared.withLock { $0.counters } }

    func count(_ change: (inout ListenerCounters) -> Void) {
        shared.withLock { change(&$0.counters) }
    }

    /// What the next handshake uses.
    var tls: NIOSSLContext? {
        get { shared.withLock { $0.tls } }
        set { shared.withLock { $0.tls = newValue } }
    }

    /// False when the listener was told to stop before it was bound.
    func bound(_ server: any Channel) -> Bool {
        shared.withLock {
            $0.server = server
            return !$0.isStopping
        }
    }

    func admit(_ channel: any Channel, from address: String, within configuration: ListenerConfiguration) -> Bool {
        shared.withLock {
            let ofAddress = $0.perAddress[address, default: 0]
            guard !$0.isStopping, $0.connections.count < configuration.maximumConnections,
                ofAddress < configuration.maximumConnectionsPerAddress
            else {
                $0.counters.refusedConnections += 1
                return false
            }
            $0.perAddress[address] = ofAddress + 1
            $0.connections[ObjectIdentifier(channel)] = channel
            $0.counters.acceptedConnections += 1
            $0.counters.openConnections += 1
            return true
        }
    }

    func release(_ channel: any Channel, from address: String) {
        shared.withLock {
            guard $0.connections.removeValue(forKey: ObjectIdentifier(channel)) != nil else { return }
            $0.counters.openConnections -= 1
            let left = $0.perAddress[address, default: 1] - 1
            $0.perAddress[address] = left > 0 ? left : nil
        }
    }

    /// No new connections; those that are open answer what is in work, then close.
    func stop() {
        for channel in stopAccepting() {
            channel.triggerUserOutboundEvent(FrameHandler.FinishAndClose(), promise: nil)
        }
    }

    /// No new connections; those that are open close.
    func abort() {
        for channel in stopAccepting() { channel.close(promise: nil) }
    }

    /// Aborts, and returns once the server and every connection are closed.
    func closeAll() async {
        let open = stopAccepting()
        for channel in open { channel.close(promise: nil) }
        let server = shared.withLock { $0.server }
        for channel in open + [server].compactMap({ $0 }) { try? await channel.closeFuture.get() }
    }

    private func stopAccepting() -> [any Channel] {
        let (server, connections) = shared.withLock {
            $0.isStopping = true
            return ($0.server, Array($0.connections.values))
        }
        server?.close(promise: nil)
        return connections
    }
}
