/// What a place still has to get, and when it is tried.
struct PlaceSchedule: Sendable {
    let keepsCosignatures: Bool
    /// The newest checkpoint that the place has.
    private(set) var taken: CheckpointNote?
    private var outage = Outage()

    init(keepsCosignatures: Bool) { self.keepsCosignatures = keepsCosignatures }

    /// Why it does not take any now.
    var trouble: String? { outage.trouble }

    /// One second passes.
    /// - Returns: what is to be brought to the place now.
    mutating func tick(_ latest: CheckpointNote?) -> CheckpointNote? { outage.tick() ? wanted(latest) : nil }

    /// What the place has not got of the newest checkpoint, pause or not.
    func wanted(_ latest: CheckpointNote?) -> CheckpointNote? {
        guard let latest else { return nil }
        guard let taken, taken.checkpoint == latest.checkpoint else { return latest }
        return keepsCosignatures && taken.note != latest.note ? latest : nil
    }

    /// The place has it.
    mutating func succeeded(_ note: CheckpointNote) -> Outage.Change? {
        taken = note
        return outage.succeeded()
    }

    /// The place did not take it.
    mutating func failed(_ code: String) -> Outage.Change? { outage.failed(code) }
}
