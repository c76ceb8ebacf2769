/// The names of the facts that an audit record may carry beside its fixed elements; the table of which event carries
/// which is `docs/comply/recorded.md`. A name is added here first: a record has no room for any other.
public enum AuditDetail: String, Sendable, Hashable, CaseIterable {
    // MARK: Messages and orders
    /// SHA-256 of the bytes as they came, in hex.
    case messageSHA256
    /// MSH-3, MSH-4 and MSH-10, as far as they are plain identifiers; else a digest.
    case sendingApplication, sendingFacility, messageControlID
    /// MSA-1 of the answer.
    case acknowledgment
    /// The common name and SHA-256 of the peer's client certificate.
    case certificate, certificateSHA256
    /// How the peer showed who it is: `certificate`, `token` or `address`.
    case authentication
    /// How many tries a delivery took.
    case attempts
    /// An order's state; before and after a change.
    case state, from, to
    /// What became of a report that is out: `retracted`.
    case report
    /// The state of an outbox entry, its kind, or of a deferred reply.
    case outbox, kind, reply
    /// A step of a procedure, such as `adopted`.
    case step
    /// `possible` where something of a copy may have reached a research archive although it does not count as sent.
    case outside
    /// How many orders a message or command touched.
    case orders

    // MARK: Exchange with peers
    /// What a search asked for, as a FHIR or QIDO-RS query: the one detail with identifiers of patient and order.
    case query
    /// How many resources, studies or instances, how many bytes, and what kind of resource.
    case count, bytes, resource
    /// HTTP's ETag as FHIR's version id, before and after a write.
    case version, formerVersion
    /// How often a report was made anew under other names.
    case generation
    /// How many requests it took, and how many objects were there already or were stored with a warning.
    case requests, duplicates, warnings
    /// Which transaction of IHE or which interaction of FHIR, such as `ITI-81` or `WADO-RS`.
    case transaction

    // MARK: De-identification and classification
    case profile, edition, rules, methods, kept, removed, replaced, uids, actions, uidKey, burnedIn, age
    /// SHA-256 of what went in and of what came out.
    case input, output, inputs
    /// What becomes of what a model says: `report` or `shadow`.
    case mode
    case model, modelVersion, weights, preprocessing, decision, probability, threshold, refusal, device
    /// How long the step took, in milliseconds.
    case duration

    // MARK: The program and its files
    /// A part of the configuration, a file's configured name or key, and a digest of its contents; what it was before.
    case part, file, key, sha256, formerSHA256
    /// A program's version.
    case program
    /// A listener's place in the configuration and why it refused.
    case listener, reason
    /// A moment.
    case since, until, notBefore, notAfter
    /// The subcommand that somebody used.
    case command
    /// A configured destination, repository or checkpoint keeper.
    case destination

    // MARK: Access
    /// Under which role access was asked for.
    case role
    /// The code of an emergency, the ticket that belongs to it, and its id.
    case emergency, ticket, emergencyID
    /// The account's number with the operating system.
    case uid

    // MARK: The log itself
    /// Size, root and origin of a log; how many records were shown or exported.
    case size, root, origin, formerOrigin, records, lost
    /// The state of the clock and how far it is off, in microseconds.
    case clock, offset
    /// Ids of keys, before and after.
    case keyID, formerKeyID
    /// Which leaves a segment or an expiry covers, and before which moment.
    case first, last, before, indexes
    /// SHA-256 of a segment's file; data keys that were destroyed: how many, and a digest of their ids.
    case digest, keys, identifiers, keysDigest
    /// The leaf that a repository refused.
    case refusedLeaf
    /// A query's words, without identifiers: names of filters.
    case filters
}
