/// What a rest-hook subscription sends (R4 §2.46.5.1): the resource by PUT when it has a payload, else an empty POST.
struct SubscriptionDelivery: Sendable {
    /// Id of the Subscription.
    let subscription: String
    /// The resource that changed, as `Type/id`.
    let resource: String
    let method: String
    /// Absolute.
    let url: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
}
