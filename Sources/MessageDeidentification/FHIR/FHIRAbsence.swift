internal import JSON

/// What stands for an element that must be there and may not stay.
enum FHIRAbsence {
    /// The extension data-absent-reason with the code `masked`; a primitive has it in a member `_name`.
    static func of(type: String) -> (value: JSONValue, isPrimitive: Bool) {
        let value: JSONValue = [
            "extension": [
                [
                    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                    "valueCode": "masked",
                ]
            ]
        ]
        return (value, type.first?.isLowercase == true)
    }
}
