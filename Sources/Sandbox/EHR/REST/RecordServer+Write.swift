internal import FHIR
internal import JSON

/// A write whose resource is found: where it goes and what happens there.
struct PlannedWrite: Sendable {
    enum Effect: Sendable {
        case create, replace, delete
        /// A conditional create found the resource, or there is nothing to delete.
        case none
    }

    var write: RecordWrite
    /// Nil only for a conditional delete that finds nothing.
    let key: ResourceKey?
    let effect: Effect
}

extension RecordServer {
    /// Carries out all writes or none: DELETE, POST, PUT in this order (R4 §3.1.0.11.2). The answers are in the order
    /// of the writes.
    ///
    /// - Throws: the fault of the first write that cannot be done; then nothing has changed.
    mutating func write(_ writes: [RecordWrite], now: FHIRInstant) throws(RecordFault) -> [RecordAnswer] {
        var draft = self
        var planned = try draft.plan(writes)
        let references = BundleReferences(planned, server: self)
        for index in planned.indices where planned[index].write.action != .delete && planned[index].write.place != nil {
            let write = planned[index].write
            do throws(RecordFault) {
                planned[index].write.resource = try references.rewritten(write.resource, in: write)
            } catch {
                throw error.inside(write.place ?? "")
            }
        }
        let order: [RecordWrite.Action] = [.delete, .create, .update]
        for action in order {
            for one in planned where one.write.action == action { try draft.apply(one, now: now) }
        }
        try draft.checkIntegrity(planned)
        self = draft
        return planned.map(answer)
    }

    private mutating func apply(_ planned: PlannedWrite, now: FHIRInstant) throws(RecordFault) {
        guard let key = planned.key else { return }
        switch planned.effect {
        case .none: return
        case .delete: store.delete(key, now: now)
        case .create, .replace:
            guard !store.isFull else { throw RecordFault(507, "no-store", "The sandbox is full.") }
            do throws(RecordFault) {
                try ResourceValidator(planned.write.resource, type: key.type).throwIssues()
                if key.type == "Subscription" { try checkSubscription(planned.write.resource, at: key) }
            } catch {
                throw planned.write.place.map(error.inside) ?? error
            }
            store.put(planned.write.resource, at: key, now: now)
            changed.append(key)
        }
    }

    /// References must hold when everything is done: entries of one transaction may refer to each other.
    private func checkIntegrity(_ planned: [PlannedWrite]) throws(RecordFault) {
        let integrity = ReferenceIntegrity(store: store, base: base)
        for one in planned where one.effect == .create || one.effect == .replace {
            let resource = one.write.resource
            do throws(RecordFault) {
                try integrity.check(ResourceValidator(resource, type: one.write.type).references, in: resource)
            } catch {
                throw one.write.place.map(error.inside) ?? error
            }
        }
        for one in planned where one.effect == .delete {
            guard let key = one.key, let user = integrity.user(of: [key]) else { continue }
            let fault = RecordFault(409, "conflict", "A \(user.type) still refers to the resource.")
            throw one.write.place.map(fault.inside) ?? fault
        }
    }

    private func answer(_ planned: PlannedWrite) -> RecordAnswer {
        guard let key = planned.key, let version = store.latest(key) else {
            return RecordAnswer(status: 204, isWrite: true)
        }
        switch planned.effect {
        case .create: return RecordAnswer(status: 201, key: key, version: version, isWrite: true)
        case .replace: return RecordAnswer(status: 200, key: key, version: version, isWrite: true)
        case .delete, .none:
            guard planned.write.action == .create else {
                var answer = RecordAnswer(status: 204, isWrite: true)
                answer.etag = version.etag
                return answer
            }
            return RecordAnswer(status: 200, key: key, version: version, isWrite: true)
        }
    }
}
