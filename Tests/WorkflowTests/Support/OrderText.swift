/// Messages as a hospital's order feed writes them; all invented. `nil` leaves a field empty.
struct OrderText: Sendable {
    var control = "NW"
    var status = ""
    var placer: String? = "PL1"
    var filler: String? = "FI1"
    var accession: String? = "ACC1"
    var study: String? = "1.2.826.0.1.1"
    var procedure: String? = "30745-4^XR Chest^LN"
    var modality: String? = "DX"
    /// ORC-9.
    var time: String? = "20260101120000"

    /// A radiograph of the chest, which the default routing claims.
    static let chest = OrderText()
    /// A computed tomography of the head, which no rule claims.
    static let head = OrderText(
        placer: "PL2", filler: "FI2", accession: "ACC2", study: nil, procedure: "24725-4^CT Head^LN", modality: "CT")

    func with(_ change: (inout OrderText) -> Void) -> OrderText {
        var text = self
        change(&text)
        return text
    }

    /// ORC and OBR, and ZDS where the study is named.
    var segments: [String] {
        let numbers = "\(placer.map { "\($0)^HIS" } ?? "")|\(filler.map { "\($0)^RIS" } ?? "")"
        var segments = ["ORC|\(control)|\(numbers)||\(status)||||\(time ?? "")"]
        if procedure != nil || accession != nil {
            segments.append(
                "OBR|1|\(numbers)|\(procedure ?? "")||||||||||||||\(accession ?? "")|RP1|ST1||||\(modality ?? "")")
        }
        if let study { segments.append("ZDS|\(study)^RIS^Application^DICOM") }
        return segments
    }

    /// ORM^O01 with one order or several.
    static func message(
        _ id: String, patient: String? = "P007", name: String = "Canary^Jane", _ orders: OrderText...,
        header: String = "", processing: String = "P"
    ) -> String {
        let person = patient.map { "\($0)^^^HOSP^MR" } ?? ""
        let segments =
            [
                "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||ORM^O01|\(id)|\(processing)|2.5.1\(header)",
                "PID|1||\(person)||\(name)||20200115|F", "PV1|1|O",
            ] + orders.flatMap(\.segments)
        return segments.map { $0 + "\r" }.joined()
    }

    /// The order message that carries ORC alone.
    static func control(_ control: String, id: String, placer: String = "PL1", time: String? = nil) -> String {
        message(
            id, patient: nil,
            OrderText(
                control: control, placer: placer, filler: nil, accession: nil, study: nil, procedure: nil,
                time: time))
    }

    static func update(_ id: String, event: String = "A08", identifiers: String, name: String = "Canary^Joan") -> String
    {
        segments([
            "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||ADT^\(event)|\(id)|P|2.5.1", "EVN|\(event)|20260101120000",
            "PID|1||\(identifiers)||\(name)||20200115|F", "PV1|1|O",
        ])
    }

    /// One pair of survivor and prior after the other.
    static func merge(_ id: String, event: String = "A40", _ pairs: (surviving: String, prior: String)...) -> String {
        segments(
            [
                "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||ADT^\(event)|\(id)|P|2.5.1",
                "EVN|\(event)|20260101120000",
            ]
                + pairs.flatMap {
                    ["PID|1||\($0.surviving)^^^HOSP^MR||Canary^Jane||20200115|F", "MRG|\($0.prior)^^^HOSP^MR"]
                })
    }

    private static func segments(_ segments: [String]) -> String { segments.map { $0 + "\r" }.joined() }
}
