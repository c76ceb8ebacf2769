import Workflow

/// Lets so much of what one address sends in vain be kept and recorded one by one; what is over the limit is gathered
/// into one record a minute.
struct GatheredRefusals: RefusalGathering {
    /// The place of the listener or feed in the configuration.
    let listener: String
    let limit = KeepLimit()
    let refusals: RefusalLog
    let clock: any WallClock

    func keeps(refusalOf source: String, from address: String?, code: String) async -> Bool {
        // A file stays where its sender put it: nothing is gained by keeping less of it.
        guard let address, !limit.allows(address, at: clock.now()) else { return true }
        await refusals.note(AccessRefusal(listener: listener, address: address, code: code))
        return false
    }
}
