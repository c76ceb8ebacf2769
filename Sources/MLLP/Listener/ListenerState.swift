internal import NIOCore
internal import Synchronization

/// What the connections of one listener share: counts, admission and the list for an orderly stop.
final class ListenerState: Sendable {
    private struct Shared {
        var counters = ListenerCounters()
        var perAddress: [String: Int] = [:]
        var connections: [ObjectIdentifier: any Channel] = [:]
        var server: (any Channel)?
        var isStopping = false
    }

    private let shared = Mutex(Shared())

    var counters: ListenerCounters { shared.withLock { $0.counters } }

    func count(_ change: (inout ListenerCounters) -> Void) {
        shared.withLock { change(&$0.counters) }
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

    func stop() {
        let (server, connections) = shared.withLock {
            $0.isStopping = true
            return ($0.server, Array($0.connections.values))
        }
        server?.close(promise: nil)
        for channel in connections {
            channel.triggerUserOutboundEvent(FrameHandler.FinishAndClose(), promise: nil)
        }
    }
}
