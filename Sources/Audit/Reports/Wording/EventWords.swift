/// What an event is called on a report, in words that need no training. A test demands words for every event type; an
/// event of a newer program is told by its name.
struct EventWords: Sendable, Equatable {
    /// Which way data went.
    enum Flow: Sendable { case from, to, none }

    /// What was done, as the end of a sentence that begins with who did it.
    let text: String
    /// Whether the other side gave or got data.
    let flow: Flow

    private init(_ text: String, _ flow: Flow = .none) {
        self.text = text
        self.flow = flow
    }

    /// The words for an event's name.
    init(event name: String) {
        self = Self.table[name] ?? EventWords("did something that this program does not know: \(name)")
    }

    static func isKnown(_ name: String) -> Bool { table[name] != nil }

    private static let table = orders.merging(lookups) { $1 }.merging(results) { $1 }.merging(service) { $1 }
        .merging(log) { $1 }

    private static let orders: [String: EventWords] = [
        "order.received": EventWords("received a message", .from),
        "order.accepted": EventWords("stored an order, or a change of one", .from),
        "order.acknowledged": EventWords("answered the message", .to),
        "order.notApplicable": EventWords("noted an order that no model takes", .from),
        "order.state": EventWords("moved the order on"),
        "order.retry": EventWords("asked for the order to be run again"),
        "order.resolve": EventWords("closed the order by hand"),
        "order.release": EventWords("released reports that were held back"),
        "order.read": EventWords("looked at the order with its identifiers"),
        "message.kept": EventWords("kept bytes that are no message", .from),
        "study.notice": EventWords("took note that a study arrived", .from),
        "patient.merge": EventWords("merged two identifiers of a patient", .from),
        "patient.update": EventWords("changed what orders say of their patient", .from),
    ]

    private static let lookups: [String: EventWords] = [
        "patient.read": EventWords("looked the patient up", .to),
        "serviceRequest.read": EventWords("looked the order up", .to),
        "imagingStudy.read": EventWords("looked for the list of images", .to),
        "study.query": EventWords("searched for the images", .to),
        "study.retrieve": EventWords("fetched the images", .from),
        "study.match": EventWords("compared patient, order and images"),
        "report.read": EventWords("looked for earlier reports", .to),
    ]

    private static let results: [String: EventWords] = [
        "study.deidentify": EventWords("removed the patient's identity from the images"),
        "classify": EventWords("had the model look at the images without identity"),
        "report.compose": EventWords("wrote the report"),
        "report.post": EventWords("delivered the report", .to),
        "report.withdraw": EventWords("withdrew the report", .to),
        "result.send": EventWords("sent the result as a message", .to),
        "study.export": EventWords("sent images without identity to a research archive", .to),
        "export.state": EventWords("noted what became of a copy for research"),
        "export.read": EventWords("looked at copies for research"),
        "export.retry": EventWords("had a copy for research tried again"),
        "export.discard": EventWords("discarded a copy for research"),
        "deidentify.run": EventWords("de-identified images by command"),
        "deidentify.reverse": EventWords("led a de-identified image back to its patient"),
        "classify.run": EventWords("had the model look at images by command"),
    ]

    private static let service: [String: EventWords] = [
        "connection.refused": EventWords("refused a connection", .from),
        "listener.refused": EventWords("refused a message or request", .from),
        "access.refused": EventWords("was refused access"),
        "emergency.start": EventWords("began an emergency access"),
        "emergency.stop": EventWords("ended an emergency access"),
        "service.start": EventWords("started the service"),
        "service.stop": EventWords("stopped the service"),
        "configuration.loaded": EventWords("read the configuration"),
        "configuration.reload": EventWords("read the configuration again"),
        "configuration.changed": EventWords("found the configuration changed"),
        "certificate.loaded": EventWords("loaded a certificate"),
        "model.loaded": EventWords("loaded a model"),
        "mapping.loaded": EventWords("loaded a mapping"),
        "clock.step": EventWords("noticed that the machine's clock jumped"),
    ]

    private static let log: [String: EventWords] = [
        "audit.read": EventWords("read the audit log"),
        "audit.export": EventWords("exported records of the audit log"),
        "audit.forwardFailed": EventWords("could not pass records on to an audit repository", .to),
        "audit.expired": EventWords("destroyed contents of records that were kept long enough"),
        "audit.archived": EventWords("moved old records to an archive"),
        "checkpoint": EventWords("signed a checkpoint of the audit log"),
        "log.restored": EventWords("continued the audit log after a restore"),
        "keys.rotate": EventWords("changed keys"),
        "keys.destroy": EventWords("destroyed a patient's keys: contents can never be read again"),
        "backup": EventWords("made a backup"),
        "restore": EventWords("restored a backup"),
        "hold.set": EventWords("set a legal hold: nothing of it may be destroyed"),
        "hold.removed": EventWords("removed a legal hold"),
    ]
}
