import Audit
import DICOM
import Sealing

extension OrderWorker {
    /// Retrieves the instances the model wants: listed first, each streamed into sealed scratch, then read.
    ///
    /// The scratch files are gone when this returns or throws.
    func retrieve(_ located: LocatedStudy, scope: AuditScope) async throws(RunFailure) -> RetrievedStudy {
        let uid = located.study.studyInstanceUID
        let instances: [InstanceReference]
        do {
            instances = try await trail.around(.studyQuery, scope.peer(located.archive.source.name)) {
                () async throws(AdapterError) in try await located.archive.source.instances(of: uid)
            }
        } catch {
            throw RunFailure(error)
        }
        let wanted = instances.filter { Self.wantedSOPClasses.contains($0.sopClassUID.value) }
        guard !wanted.isEmpty else { return RetrievedStudy(study: Study(studyInstanceUID: uid, instances: []), digests: []) }
        guard wanted.count <= limits.instancesPerStudy else {
            throw RunFailure(park: .imagesUnreadable, code: "study.tooManyInstances")
        }
        return try await transfer(wanted.sorted { $0.sopInstanceUID.value < $1.sopInstanceUID.value }, located, scope: scope)
    }

    private func transfer(
        _ wanted: [InstanceReference], _ located: LocatedStudy, scope: AuditScope
    ) async throws(RunFailure) -> RetrievedStudy {
        var instances: [Instance] = []
        var digests: [String] = []
        do {
            try await trail.around(.studyRetrieve, scope.peer(located.archive.source.name)) {
                () async throws(AdapterError) in
                for reference in wanted {
                    let bytes = try await fetch(reference, located)
                    digests.append(Digest.sha256(bytes).hex)
                    instances.append(try parse(bytes, reference: reference))
                }
            }
        } catch {
            throw RunFailure(error)
        }
        return RetrievedStudy(
            study: Study(studyInstanceUID: located.study.studyInstanceUID, instances: instances), digests: digests)
    }

    private func fetch(
        _ reference: InstanceReference, _ located: LocatedStudy
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

    /// An instance that cannot be read, or is not the one that was asked for, is the archive's error.
    private func parse(_ bytes: [UInt8], reference: InstanceReference) throws(AdapterError) -> Instance {
        let instance: Instance
        do {
            instance = try Instance(parsing: bytes)
        } catch {
            throw AdapterError(.incorrect, code: "dicom.\(error.code.rawValue)")
        }
        guard instance.dataSet.uid(.sopInstanceUID) == reference.sopInstanceUID else {
            throw AdapterError(.incorrect, code: "archive.otherInstance")
        }
        return instance
    }

    /// What the bundled model looks at: CR and DX for presentation; everything else of a study is left where it is.
    static let wantedSOPClasses: Set<String> = [
        "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1",
    ]
}
