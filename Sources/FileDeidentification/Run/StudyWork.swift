internal import DICOM
internal import Deidentification
internal import SecondOpinion
internal import Synchronization

/// One study of a run: what its files share, and what has become of them so far. Several tasks work on it at once.
final class StudyWork: Sendable {
    /// The original Study Instance UID.
    let study: UID
    private let settings: RunSettings
    private let patients: [KnownIdentity]
    private let named: StudyPatients
    /// Whether everything that is known of the patients can be looked for.
    private let isSearchable: Bool
    private let state: Mutex<State>

    private struct State {
        /// Nil until somebody asks; where it is more than can be looked for, for good.
        var identity: KnownIdentity?
        var files: Int
        var template: StudyDeidentifier?
        var search: ResidualSearch?
        /// Where dates are moved: by the days that were written.
        var searches: [WrittenDays: ResidualSearch] = [:]
        var made: StudyDeidentifier?
        /// Of one original, for the audit log: whose study it is.
        var header: DataSet?
        var written: [OutputFolder.Place] = []
        var results: [InstanceReceipt] = []
        var leftOut = 0
    }

    /// - Parameters:
    ///   - patients: what headers tell of each patient of the study; nil for one of whom they tell too much.
    ///   - named: whom its files name.
    ///   - files: how many files of the study there are.
    init(
        _ study: UID, patients: [KnownIdentity?], named: StudyPatients = StudyPatients([]), files: Int,
        _ settings: RunSettings
    ) {
        self.study = study
        self.named = named
        self.settings = settings
        self.patients = patients.compactMap { $0 }
        isSearchable = self.patients.count == patients.count
        state = Mutex(State(files: files))
    }

    /// All that is known of the study's patients. Throws `secondOpinion.tooManyIdentifiers`.
    func identity() throws(LeftOut) -> KnownIdentity {
        try state.withLock { state throws(LeftOut) in try identity(&state) }
    }

    private func identity(_ state: inout State) throws(LeftOut) -> KnownIdentity {
        if let identity = state.identity { return identity }
        guard isSearchable else { throw LeftOut(SecondOpinionError(.tooManyIdentifiers)) }
        var identity = settings.identity
        for patient in patients {
            try LeftOut.opinion { () throws(SecondOpinionError) in try identity.merge(patient) }
        }
        state.identity = identity
        return identity
    }

    /// A de-identifier that has seen no object yet.
    func deidentifier() throws(LeftOut) -> StudyDeidentifier {
        try state.withLock { state throws(LeftOut) in
            if let template = state.template { return template }
            let identity = try identity(&state)
            let template = try LeftOut.rules { () throws(DeidentificationError) in
                var deidentifier = try StudyDeidentifier(
                    profile: settings.profile, pseudonyms: settings.pseudonyms, identity: identity,
                    burnedIn: settings.burnedIn)
                try deidentifier.know(named)
                return deidentifier
            }
            state.template = template
            return template
        }
    }

    /// The search for what is known, which is the same for all objects unless dates are moved: then it knows which days
    /// `deidentifier` wrote, and is the same for all objects with the same days.
    func search(for deidentifier: StudyDeidentifier, having days: WrittenDays) throws(LeftOut) -> ResidualSearch {
        guard settings.profile.dates != .shifted else { return try shifted(deidentifier, days) }
        return try state.withLock { state throws(LeftOut) in
            if let search = state.search { return search }
            let search = try LeftOut.rules { () throws(DeidentificationError) in try deidentifier.search() }
            state.search = search
            return search
        }
    }

    private func shifted(
        _ deidentifier: StudyDeidentifier, _ days: WrittenDays
    ) throws(LeftOut) -> ResidualSearch {
        if let search = state.withLock({ $0.searches[days] }) { return search }
        // Not while others wait: a study whose every object has days of its own costs a search for each.
        let search = try LeftOut.rules { () throws(DeidentificationError) in try deidentifier.search() }
        state.withLock { state in
            if state.searches.count >= Self.mostSearches { state.searches = [:] }
            state.searches[days] = search
        }
        return search
    }

    /// How many searches there are for days that were moved.
    var searchesKept: Int { state.withLock { $0.searches.count } }

    /// Searches kept of one study.
    private static let mostSearches = 16

    /// What became of a study when its last file is done.
    struct Made {
        let deidentifier: StudyDeidentifier
        let results: [InstanceReceipt]
        let leftOut: Int
        /// Of one of the originals.
        let header: DataSet
        /// The results that this run made, and not an earlier one.
        let written: [OutputFolder.Place]
    }

    /// What was done to one object, and its receipt.
    struct Result {
        let deidentifier: StudyDeidentifier
        let receipt: InstanceReceipt
        /// Of the original.
        let header: DataSet
        /// Where this run wrote it; nil where an earlier one did.
        let written: OutputFolder.Place?
    }

    /// Notes what became of one file: a result, or none. Whoever reports the last one gets the whole study, if anything
    /// came of it.
    func finish(_ result: Result?) -> Made? {
        state.withLock { state in
            if let result {
                if state.made == nil {
                    (state.made, state.header) = (result.deidentifier, result.header)
                } else {
                    state.made?.merge(result.deidentifier)
                }
                state.results.append(result.receipt)
                state.written += [result.written].compactMap(\.self)
            } else {
                state.leftOut += 1
            }
            state.files -= 1
            guard state.files == 0 else { return nil }
            defer {
                (state.identity, state.template, state.search, state.made, state.header) = (nil, nil, nil, nil, nil)
                (state.results, state.written, state.searches) = ([], [], [:])
            }
            guard let made = state.made, let header = state.header else { return nil }
            return Made(
                deidentifier: made, results: state.results, leftOut: state.leftOut, header: header,
                written: state.written)
        }
    }
}
