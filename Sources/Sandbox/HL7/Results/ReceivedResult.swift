import HL7v2

/// A result message (ORU^R01) as the pretend EHR shows it.
struct ReceivedResult: Hashable, Sendable {
    /// A number and who assigned it.
    struct Number: Hashable, Sendable {
        let value: String
        /// The namespace; empty where the sender names none.
        let namespace: String
    }

    /// One OBR with what belongs to it.
    struct Order: Hashable, Sendable {
        /// OBR-2, else ORC-2.
        var placerOrderNumber: Number?
        /// OBR-3, else ORC-3.
        var fillerOrderNumber: Number?
        /// OBR-18.
        var accessionNumber: String?
        /// OBR-4.
        var code = ""
        var title = ""
        /// OBR-25, table 0123: P preliminary, F final, C corrected …
        var status = ""
        var observations: [Observation] = []
        /// NTE behind OBR.
        var notes: [String] = []
    }

    /// One OBX.
    struct Observation: Hashable, Sendable {
        /// OBX-2.
        var type = ""
        /// OBX-3.
        var code = ""
        var title = ""
        /// OBX-4.
        var group = ""
        /// OBX-5, as words: of a coded value its text; of an enclosed document only what it is and how long.
        var values: [String] = []
        /// OBX-6 and OBX-7.
        var units = ""
        var referenceRange = ""
        /// OBX-8.
        var flags: [String] = []
        /// OBX-11, table 0085.
        var status = ""
        /// NTE behind this OBX.
        var notes: [String] = []
    }

    /// MSH-10.
    var messageControlID: String
    /// MSH-3.
    var sender: String
    /// PID-3, every repetition.
    var patient: [Number]
    /// PID-5, as it is spoken.
    var patientName: String
    var orders: [Order]
    /// When it came.
    var time: DTM
}

extension ReceivedResult: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content.
    var description: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
