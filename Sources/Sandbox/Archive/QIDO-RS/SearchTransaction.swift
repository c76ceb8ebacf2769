import DICOM
import JSON

/// QIDO-RS (PS3.18 §10.6): matches as DICOM JSON.
struct SearchTransaction {
    private let level: ArchiveLevel
    private let scope: ArchiveScope
    private let parameters: SearchParameters
    private let mediaType: String
    private let settings: ArchiveSettings

    init(
        _ request: HTTPExchangeRequest, level: ArchiveLevel, within scope: ArchiveScope, _ settings: ArchiveSettings
    ) throws(ArchiveProblem) {
        parameters = try SearchParameters(
            request.query, level: level, maximumParameters: settings.maximumParameters)
        mediaType = try RetrieveTransaction.dicomJSONType(request)
        self.level = level
        self.scope = scope
        self.settings = settings
    }

    func run(on instances: [StoredInstance]) -> HTTPExchangeResponse {
        let records = SearchRecords(level: level, scope: scope, serviceRoot: settings.serviceRoot)
        let matches = records.all(of: instances).filter { record in parameters.keys.allSatisfy { $0.admits(record) } }
        let page = matches.dropFirst(parameters.offset)
            .prefix(min(parameters.limit ?? settings.maximumResults, settings.maximumResults))
        var warnings: [String] = []
        if parameters.wantsFuzzyMatching {
            warnings.append(
                "The fuzzymatching parameter is not supported. Only literal matching has been performed.")
        }
        // Not `offset + count`, which a hostile offset would make overflow.
        let remaining = max(0, matches.count - page.count - min(parameters.offset, matches.count))
        if remaining > 0 { warnings.append("There are \(remaining) additional results that can be requested") }
        var response = answer(page.map(shown))
        response.headers += warnings.map { (name: "Warning", value: "299 \(settings.serviceRoot): \($0)") }
        return response
    }

    private func answer(_ matches: [JSONValue]) -> HTTPExchangeResponse {
        if matches.isEmpty, settings.emptySearch == .noContent { return HTTPExchangeResponse(status: 204) }
        return ArchiveResponse.json(.array(matches), type: mediaType)
    }

    /// The attributes of one match that the answer shows (§10.6.1.2.3 and §10.6.3.3).
    private func shown(_ record: DataSet) -> JSONValue {
        var shown = DataSet()
        for level in levelsShown {
            for (tag, vr) in AttributeLevel.shown(level) {
                shown[tag] = record[tag] ?? DataElement(tag, vr, .text([]))
            }
            for tag in AttributeLevel.shownIfKnown(level) { shown[tag] = record[tag] ?? shown[tag] }
        }
        for tag in [Tag.studyInstanceUID, .seriesInstanceUID] { shown[tag] = record[tag] ?? shown[tag] }
        for tag in parameters.keys.map(\.path.shown) + parameters.included.map(\.shown) {
            shown[tag] = record[tag] ?? shown[tag]
        }
        if parameters.includesAll {
            for element in record where element.tag != AttributeLevel.availableTransferSyntaxUID {
                shown[element.tag] = element
            }
        }
        return shown.jsonInUTF8
    }

    /// Its own level, and those above it that the path leaves open.
    private var levelsShown: [ArchiveLevel] {
        switch level {
        case .study: [.study]
        case .series: scope.study == nil ? [.study, .series] : [.series]
        case .instance:
            (scope.study == nil ? [.study] : []) + (scope.series == nil ? [.series] : []) + [.instance]
        }
    }
}

extension DataSet {
    /// DICOM JSON, which is UTF-8 whatever the file was; Specific Character Set says so where it matters.
    var jsonInUTF8: JSONValue {
        var copy = self
        copy[.specificCharacterSet] = nil
        let json = copy.json
        guard self[.specificCharacterSet] != nil || json.serialized().contains(where: { $0 >= 0x80 }) else {
            return json
        }
        copy.set(.specificCharacterSet, .CS, "ISO_IR 192")
        return copy.json
    }
}
