import DICOM

/// What there is to match at one level: one data set for each study, series or instance, with what is computed.
struct SearchRecords {
    let level: ArchiveLevel
    let scope: ArchiveScope
    let serviceRoot: String

    /// In the order in which the first instance of each arrived.
    func all(of instances: [StoredInstance]) -> [DataSet] {
        let byStudy = Dictionary(grouping: instances, by: \.study)
        var seen: Set<ArchiveScope> = []
        var records: [DataSet] = []
        for stored in instances where scope.contains(stored) {
            var entity = stored.scope
            if level < .instance { entity.instance = nil }
            if level < .series { entity.series = nil }
            guard seen.insert(entity).inserted, let study = byStudy[stored.study] else { continue }
            records.append(record(of: stored, entity, in: study))
        }
        return records
    }

    private func record(of stored: StoredInstance, _ entity: ArchiveScope, in study: [StoredInstance]) -> DataSet {
        var record = DataSet(
            stored.header.filter { element in
                if case .bytes = element.value { return false }
                return AttributeLevel.level(of: element.tag) <= level
            })
        func set(_ tag: Tag, _ vr: VR, _ values: [String]) { record[tag] = DataElement(tag, vr, .text(values)) }
        func different(_ values: [String]) -> [String] { Set(values).sorted() }

        set(.instanceAvailability, .CS, ["ONLINE"])
        set(.retrieveURL, .UR, [serviceRoot + entity.path])
        set(.modalitiesInStudy, .CS, different(study.compactMap { $0.header.string(.modality) }))
        set(AttributeLevel.sopClassesInStudy, .UI, different(study.map(\.sopClass.value)))
        set(.numberOfStudyRelatedSeries, .IS, [String(Set(study.map(\.series)).count)])
        set(.numberOfStudyRelatedInstances, .IS, [String(study.count)])
        if level >= .series {
            let count = study.count { $0.series == stored.series }
            set(.numberOfSeriesRelatedInstances, .IS, [String(count)])
        }
        if level == .instance {
            set(AttributeLevel.availableTransferSyntaxUID, .UI, [stored.transferSyntax.uid.value])
        }
        return record
    }
}
