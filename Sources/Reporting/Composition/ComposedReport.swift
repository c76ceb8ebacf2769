public import FHIR

/// A transaction that brings one report into the EHR, and the two resources in it that later readers compare.
public struct ComposedReport: Sendable, Equatable {
    public let bundle: Bundle
    public let report: DiagnosticReport
    public let observation: Observation

    /// Takes a bundle that was composed and stored.
    ///
    /// - Throws: `bundleInvalid` unless it is a transaction with exactly one report and one observation.
    public init(_ bundle: Bundle) throws(ReportingError) {
        let resources = bundle.entries.compactMap(\.resource)
        let reports = resources.compactMap { $0.as(DiagnosticReport.self) }
        let observations = resources.compactMap { $0.as(Observation.self) }
        guard bundle.type == "transaction", reports.count == 1, observations.count == 1, let report = reports.first,
            let observation = observations.first
        else { throw ReportingError(.bundleInvalid) }
        self.bundle = bundle
        self.report = report
        self.observation = observation
    }
}
