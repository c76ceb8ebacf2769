/// What kind of message an application acknowledgement is. Accept acknowledgements (CA, CE, CR) are always ACK.
public enum ReplyType: String, Sendable, Hashable, CaseIterable {
    /// The general acknowledgement, which nearly every sender takes.
    case acknowledgment = "ACK"
    /// The response that chapter 4 defines for the request: ORR^O02 to ORM^O01, ORI^O24 to OMI^O23, ORG^O20 to
    /// OMG^O19; ACK to everything else.
    case response

    /// MSH-9 of the reply to a request of `type`: code, trigger event and structure.
    func messageType(replyingTo type: MessageType) -> (code: String, triggerEvent: String, structure: String) {
        if self == .response {
            switch (type.code, type.triggerEvent) {
            case ("ORM", "O01"): return ("ORR", "O02", "ORR_O02")
            case ("OMI", "O23"): return ("ORI", "O24", "ORI_O24")
            case ("OMG", "O19"): return ("ORG", "O20", "ORG_O20")
            default: break
            }
        }
        return ("ACK", type.triggerEvent, "ACK")
    }
}
