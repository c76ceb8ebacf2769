import Audit
import DICOM
import Sealing

extension OrderWorker {
    /// Retrieves the instances that are wanted, by default those for the model: listed first, each streamed into sealed
    /// scratch, then read.
    ///
    /// `nil` when the archive lists no instance at all. The scratch files are gone when this returns or throws.
    func retrieve(
        _ located: LocatedStudy, only classes: Set<String> = Self.wantedSOPClasses, within limits: StudyLimits? = nil,
        scope: AuditScope
    ) async throws(RunFailure) -> RetrievedStudy? {
        let limits = limits ?? self.limits
        let uid = located.study.studyInstanceUID
        let instances: [InstanceReference]
        let asked = AuditFact.query("studies/\(uid.value)/instances")
        do {
            instances = try await trail.around(
                .studyQuery, scope.peer(located.archive.source.name), intent: [.query: asked],
                facts: { AccessFacts([.query: asked, .count: .count($0.count)]) }
            ) { () async throws(AdapterError) in try await located.archive.source.instances(of: uid)
            }
        } catch {
            throw RunFailure(error)
        }
        guard !instances.isEmpty else { return nil }
        let wanted = instances.filter { classes.contains($0.sopClassUID.value) }
        let leftOut = instances.count - wanted.count
        guard !wanted.isEmpty else {
            return RetrievedStudy(
                study: Study(studyInstanceUID: uid, instances: []), digests: [], leftOut: leftOut)
        }
        guard wanted.count <= limits.instancesPerStudy else {
            throw RunFailure(park: .imagesUnreadable, code: "study.tooManyInstances")
        }
        let sorted = wanted.sorted { $0.sopInstanceUID.value < $1.sopInstanceUID.value }
        var retrieved = try await transfer(sorted, located, within: limits, scope: scope)
        retrieved.leftOut = leftOut
        return retrieved
    }

    private func transfer(
        _ wanted: [InstanceReference], _ located: LocatedStudy, within limits: StudyLimits, scope: AuditScope
    ) async throws(RunFailure) -> RetrievedStudy {
        let transfer: Transfer
        do {
            transfer = try await trail.around(
                .studyRetrieve, scope.peer(located.archive.source.name), intent: [.count: .count(wanted.count)],
                facts: { AccessFacts($0.details, code: $0.failure?.code) }
            ) { () async throws(AdapterError) in
                var transfer = Transfer()
                for reference in wanted {
                    let bytes = try await fetch(reference, located, within: limits)
                    transfer.bytes += bytes.count
                    guard transfer.bytes <= limits.instanceBytes else {
                        transfer.failure = RunFailure(park: .imagesUnreadable, code: "study.tooLarge")
                        return transfer
                    }
                    transfer.digests.append(Digest.sha256(bytes).hex)
                    switch try parse(bytes, reference: reference) {
                    case .success(let instance): transfer.instances.append(instance)
                    case .failure(let error):
                        transfer.failure = RunFailure(error)
                        return transfer
                    }
                }
                return transfer
            }
        } catch {
            throw RunFailure(error)
        }
        if let failure = transfer.failure { throw failure }
        return RetrievedStudy(
            study: Study(studyInstanceUID: located.study.studyInstanceUID, instances: transfer.instances),
            digests: transfer.digests)
    }

    /// What arrived, and why it is not to be used although it did.
    private struct Transfer: Sendable {
        var instances: [Instance] = []
        var digests: [String] = []
        var bytes = 0
        var failure: RunFailure?

        var details: AuditDetails {
            [.count: .count(digests.count), .bytes: .count(bytes), .inputs: .digests(digests)]
        }
    }

    private func fetch(
        _ reference: InstanceReference, _ located: LocatedStudy, within limits: StudyLimits
    ) async throws(AdapterError) -> [UInt8] {
        let limit = limits.instanceBytes
        let file = try await scratch.write { writer async throws(AdapterError) in
            var size = 0
            try await located.archive.source.retrieve(reference, of: located.study.studyInstanceUID) {
                chunk async throws(AdapterError) in
                size += chunk.count
                guard size <= limit else { throw AdapterError(.incorrect, code: "archive.instanceTooLarge") }
                try await writer.append(chunk)
            }
        }
        do {
            let bytes = try await scratch.read(file)
            await scratch.remove(file)
            return bytes
        } catch {
            await scratch.remove(file)
            throw error
        }
    }

    /// What is not the instance that was asked for is the archive's error; what cannot be read arrived all the same.
    private func parse(
        _ bytes: [UInt8], reference: InstanceReference
    ) throws(AdapterError) -> Result<Instance, DICOMError> {
        let instance: Instance
        do {
            instance = try Instance(parsing: bytes)
        } catch {
            return .failure(error)
        }
        guard instance.dataSet.uid(.sopInstanceUID) == reference.sopInstanceUID else {
            throw AdapterError(.incorrect, code: "archive.otherInstance")
        }
        return .success(instance)
    }

    /// What the bundled model looks at: CR and DX for presentation; everything else of a study is left where it is.
    static let wantedSOPClasses: Set<String> = [
        "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1",
    ]
}
