import DICOM
import JSON

/// What became of each instance of a request to store (PS3.18 Annex I.2).
struct StoreReport {
    let serviceRoot: String
    var stored: [StoredInstance] = []
    var failed: [(instance: StoredInstance, refusal: StoreRefusal)] = []
    /// Parts that name no instance.
    var otherFailures: [StoreRefusal] = []

    private static let otherFailuresSequence = Tag(0x0008, 0x119A)

    /// 200 where all was stored, 202 where some was, 409 where nothing was (table 10.5.3-1).
    var response: HTTPExchangeResponse {
        let status =
            switch (stored.isEmpty, failed.isEmpty && otherFailures.isEmpty) {
            case (true, _): 409
            case (false, true): 200
            case (false, false): 202
            }
        return ArchiveResponse.json(dataSet.json, status: status)
    }

    private var dataSet: DataSet {
        var dataSet = DataSet()
        let studies = Set(stored.map(\.study))
        if let study = studies.first, studies.count == 1 {
            dataSet.set(.retrieveURL, .UR, serviceRoot + ArchiveScope(study: study).path)
        }
        let referenced = stored.map { instance in
            var item = Self.item(instance)
            item.set(.retrieveURL, .UR, serviceRoot + instance.scope.path)
            return item
        }
        let failures = failed.map { instance, refusal in
            var item = Self.item(instance)
            item.set(.failureReason, .US, refusal.rawValue)
            return item
        }
        let others = otherFailures.map { refusal in
            var item = DataSet()
            item.set(.failureReason, .US, refusal.rawValue)
            return item
        }
        if !failures.isEmpty { dataSet.set(.failedSOPSequence, items: failures) }
        if !referenced.isEmpty { dataSet.set(.referencedSOPSequence, items: referenced) }
        if !others.isEmpty { dataSet.set(Self.otherFailuresSequence, items: others) }
        return dataSet
    }

    private static func item(_ instance: StoredInstance) -> DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, instance.sopClass)
        item.set(.referencedSOPInstanceUID, instance.sopInstance)
        return item
    }
}
