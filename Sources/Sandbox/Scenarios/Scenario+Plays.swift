extension Scenario {
    /// Every play, in the order in which `demo` shows them.
    public static let all: [Scenario] = [
        twoChildren, orderBeforeImages, cancel, merge, mergeBeforeOrder, together, hold, replaced, wrongPatient,
        adult, lateral, otherModality, archiveDown, ehrDown, duplicateStorm, killed,
    ]

    private static let report = Ending(state: "delivered", report: .scored)
    private static let refusal = Ending(state: "delivered", report: .refused)

    static let twoChildren = Scenario(
        name: "two-children", title: "Two children, one with an opacity in the lung",
        promise: "one preliminary report each, on the right patient, with a probability and a heat map",
        cast: [
            Part(exam: .chest(hasOpacity: false), expected: report),
            Part(exam: .chest(hasOpacity: true), expected: report),
        ],
        steps: [
            .register(0), .register(1), .archive(0), .archive(1), .send(0, .new), .send(1, .new),
            .until(0, state: "delivered"), .until(1, state: "delivered"),
        ])

    static let orderBeforeImages = Scenario(
        name: "order-before-images", title: "The order comes before its images",
        promise: "the order waits, and goes on when the EHR announces the study",
        cast: [Part(exam: .chest(hasOpacity: false), expected: report)],
        steps: [
            .register(0), .send(0, .new), .until(0, state: "waiting"), .archive(0), .announce(0),
            .until(0, state: "delivered"),
        ])

    static let cancel = Scenario(
        name: "cancel", title: "The order is cancelled before the images come",
        promise: "no report, although the images arrive",
        cast: [Part(exam: .chest(hasOpacity: true), expected: Ending(state: "cancelled", report: .none))],
        steps: [
            .register(0), .send(0, .new), .until(0, state: "waiting"), .send(0, .cancel), .archive(0), .announce(0),
            .pause(seconds: 2), .until(0, state: "cancelled"),
        ])

    static let merge = Scenario(
        name: "patient-merge", title: "The EHR has the patient twice, then merges the records",
        promise: "nothing is guessed: the order is parked, and runs by itself when the merge is announced (A40)",
        cast: [Part(exam: .chest(hasOpacity: false), expected: report)],
        steps: [
            .register(0), .registerTwice(0), .archive(0), .send(0, .new), .until(0, state: "parked"), .merge(0),
            .until(0, state: "delivered"),
        ])

    static let mergeBeforeOrder = Scenario(
        name: "merge-before-order", title: "The merge is announced before order and images, which name the old number",
        promise: "one report, on the surviving patient",
        cast: [Part(exam: .chest(hasOpacity: true), expected: report)],
        steps: [
            .register(0), .mergeFormerNumber(0), .archiveUnderFormerNumber(0), .sendUnderFormerNumber(0, .new),
            .until(0, state: "delivered"),
        ])

    static let together = Scenario(
        name: "two-orders", title: "Two orders for one patient in one message (OMI^O23 with IPC)",
        promise: "two orders, one report each",
        cast: [
            Part(exam: .chest(hasOpacity: false), expected: report),
            Part(exam: .chest(hasOpacity: true), expected: report, patientOf: 0),
        ],
        steps: [
            .register(0), .register(1), .archive(0), .archive(1), .sendTogether([0, 1], .new),
            .until(0, state: "delivered"), .until(1, state: "delivered"),
        ])

    static let hold = Scenario(
        name: "hold", title: "The order is held, its images come, it is released",
        promise: "no report while it is held, one after it is released",
        cast: [Part(exam: .chest(hasOpacity: false), expected: report)],
        steps: [
            .register(0), .send(0, .new), .until(0, state: "waiting"), .send(0, .hold), .until(0, state: "held"),
            .archive(0), .announce(0), .pause(seconds: 2), .until(0, state: "held"), .send(0, .release),
            .until(0, state: "delivered"),
        ])

    static let replaced = Scenario(
        name: "replaced", title: "The order is changed, cancelled, and opened again by a replacement",
        promise: "one report, for the order as it stands in the end",
        cast: [Part(exam: .chest(hasOpacity: true), expected: report)],
        steps: [
            .register(0), .send(0, .new), .until(0, state: "waiting"), .send(0, .change), .send(0, .cancel),
            .until(0, state: "cancelled"), .send(0, .replace), .archive(0), .until(0, state: "delivered"),
        ])

    static let wrongPatient = Scenario(
        name: "wrong-patient", title: "The images carry another patient's name",
        promise: "the order is parked before any image is classified; no report",
        cast: [
            Part(
                exam: .chest(hasOpacity: true),
                expected: Ending(state: "parked", reason: "patientMismatch", report: .none))
        ],
        steps: [.register(0), .archiveAsAnotherPatient(0), .send(0, .new), .until(0, state: "parked")])

    static let adult = Scenario(
        name: "adult", title: "An adult's chest radiograph",
        promise: "a report that says that it was not analysed and why, without a number",
        cast: [Part(exam: .adult, expected: refusal)],
        steps: [.register(0), .archive(0), .send(0, .new), .until(0, state: "delivered")])

    static let lateral = Scenario(
        name: "lateral", title: "A lateral view only",
        promise: "a report that says that it was not analysed and why, without a number",
        cast: [Part(exam: .lateral, expected: refusal)],
        steps: [.register(0), .archive(0), .send(0, .new), .until(0, state: "delivered")])

    static let otherModality = Scenario(
        name: "other-modality", title: "A CT, for which there is no model",
        promise: "acknowledged and counted; nothing is asked, nothing is fetched, no report",
        leavesArchiveAlone: true,
        cast: [Part(exam: .computedTomography, expected: Ending(state: "notApplicable", report: .none))],
        steps: [.register(0), .archive(0), .send(0, .new), .until(0, state: "notApplicable")])

    static let archiveDown = Scenario(
        name: "archive-down", title: "The archive is down for a while",
        promise: "the order is acknowledged, tried again, and reported when the archive is back",
        cast: [Part(exam: .chest(hasOpacity: false), expected: report)],
        steps: [
            .register(0), .archive(0), .outage(.archive, .unreachable), .send(0, .new), .pause(seconds: 3),
            .outage(.archive, .none), .until(0, state: "delivered"),
        ])

    static let ehrDown = Scenario(
        name: "ehr-down", title: "The EHR takes no reports, then is down for a while",
        promise: "the report is kept, and delivered once when the EHR is back",
        cast: [Part(exam: .chest(hasOpacity: true), expected: report)],
        steps: [
            .register(0), .archive(0), .outage(.ehr, .readOnly), .send(0, .new), .until(0, state: "composed"),
            .outage(.ehr, .unavailable), .pause(seconds: 2), .outage(.ehr, .none), .until(0, state: "delivered"),
        ])

    static let duplicateStorm = Scenario(
        name: "duplicate-storm", title: "The same order 200 times over 8 connections",
        promise: "every copy is acknowledged; one order, one report, version 1",
        cast: [Part(exam: .chest(hasOpacity: true), expected: report)],
        steps: [
            .register(0), .archive(0), .flood(0, times: 200, connections: 8), .until(0, state: "delivered"),
        ])

    static let killed = Scenario(
        name: "killed", title: "The gateway is killed (SIGKILL) with orders in flight",
        promise: "what was acknowledged is not lost, and nothing is sent twice",
        cast: (0..<4).map { Part(exam: .chest(hasOpacity: $0 % 2 == 1), expected: report) },
        steps: (0..<4).flatMap { [Step.register($0), .archive($0)] } + (0..<4).map { .send($0, .new) }
            + [.killGateway, .startGateway] + (0..<4).map { .until($0, state: "delivered") })
}
