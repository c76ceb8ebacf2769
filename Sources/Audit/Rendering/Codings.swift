import FHIR

extension Coding {
    static let rest = Coding(
        system: "http://terminology.hl7.org/CodeSystem/audit-event-type", code: "rest", display: "RESTful Operation")

    static let applicationRole = dicom("110150", "Application")
    static let destinationRole = dicom("110152", "Destination Role ID")
    static let sourceRole = dicom("110153", "Source Role ID")

    static func dicom(_ code: String, _ display: String) -> Coding {
        Coding(system: CodeSystem.dicom, code: code, display: display)
    }

    static func lifecycle(_ code: String) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", code: code)
    }

    /// BALP wants the display to be the code.
    static func interaction(_ interaction: EventDescription.Interaction) -> Coding {
        let code = interaction.rawValue
        return Coding(system: "http://hl7.org/fhir/restful-interaction", code: code, display: code)
    }

    static func entityType(_ code: String, _ display: String) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/audit-entity-type", code: code, display: display)
    }

    static func objectRole(_ code: String, _ display: String) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/object-role", code: code, display: display)
    }

    static func participation(_ code: String, _ display: String) -> Coding {
        Coding(
            system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code: code, display: display)
    }

    static func purpose(_ purpose: PurposeOfUse) -> Coding {
        Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: purpose.code)
    }
}
