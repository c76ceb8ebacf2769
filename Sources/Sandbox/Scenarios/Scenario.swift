/// A short play in the pretend hospital: who takes part, what happens, and what must come of it.
public struct Scenario: Sendable {
    /// Stable, for the command line.
    public let name: String
    public let title: String
    /// What a reader should look for.
    public let promise: String
    /// The archive must not be asked anything.
    var leavesArchiveAlone = false
    let cast: [Part]
    let steps: [Step]

    /// One examination of the play.
    struct Part: Sendable {
        let exam: ExamKind
        let expected: Ending
        /// The earlier part whose patient is examined; nil for somebody new.
        var patientOf: Int?
    }

    /// What is examined.
    enum ExamKind: Sendable, Equatable {
        /// A child's chest, frontal.
        case chest(hasOpacity: Bool)
        /// A child's chest of which the archive gets a lateral view only.
        case lateral
        /// An adult's chest; the order names no birth date, so that only the images tell.
        case adult
        /// A CT of the chest.
        case computedTomography
    }

    /// How an examination must end.
    struct Ending: Sendable, Equatable {
        let state: String
        /// Why it is parked.
        var reason: String?
        /// What stands in the EHR for it.
        let report: Report

        enum Report: Sendable, Equatable {
            case none
            /// One preliminary report with a probability and a heat map.
            case scored
            /// One preliminary report that gives no number but the reason.
            case refused
        }
    }

    /// What happens; numbers are places in the cast.
    enum Step: Sendable {
        /// The EHR knows patient and order.
        case register(Int)
        /// The EHR has a second record of the same patient, by mistake.
        case registerTwice(Int)
        /// The two records become one.
        case merge(Int)
        /// The patient had another number once: ADT^A40, before anything else is heard of it.
        case mergeFormerNumber(Int)
        /// The images reach the archive.
        case archive(Int)
        /// The images reach the archive under the patient's former number.
        case archiveUnderFormerNumber(Int)
        /// The images reach the archive under another patient's name.
        case archiveAsAnotherPatient(Int)
        /// The EHR is told of the study and tells its subscriber.
        case announce(Int)
        /// HL7 v2: the order, or what becomes of it.
        case send(Int, OrderControlCode)
        /// The order under the patient's former number.
        case sendUnderFormerNumber(Int, OrderControlCode)
        /// Several orders in one OMI^O23.
        case sendTogether([Int], OrderControlCode)
        /// The same order many times over several connections at once.
        case flood(Int, times: Int, connections: Int)
        case outage(Service, Outage)
        /// Waits until the gateway's order is in this state.
        case until(Int, state: String)
        /// Gives the gateway time to do what it must not do.
        case pause(seconds: Int)
        /// An operator's `orders retry`.
        case retry(Int)
        /// SIGKILL, and a new start.
        case killGateway
        case startGateway
    }

    /// Which service fails.
    enum Service: String, Sendable {
        case archive
        case ehr = "EHR"
    }
}
