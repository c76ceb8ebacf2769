public import FHIR

extension OrderKey {
    /// The keys that an ImagingStudy carries: its accession numbers, and the identifiers by which it names the requests
    /// it is based on.
    public static func keys(
        of study: ImagingStudy, assigners: AssignerDirectory, defaultAssigner: Assigner?
    ) -> [OrderKey] {
        let named = study.basedOn.compactMap(\.identifier)
        return keys(study.accessionNumbers + named, assigners, defaultAssigner)
    }

    /// The keys that a ServiceRequest carries: identifiers of type ACSN, FILL and PLAC.
    public static func keys(
        of request: ServiceRequest, assigners: AssignerDirectory, defaultAssigner: Assigner?
    ) -> [OrderKey] {
        keys(request.identifiers, assigners, defaultAssigner)
    }

    private static func keys(
        _ identifiers: [Identifier], _ assigners: AssignerDirectory, _ defaultAssigner: Assigner?
    ) -> [OrderKey] {
        identifiers.compactMap { identifier in
            kind(of: identifier).flatMap { OrderKey($0, AssignedIdentifier(identifier, assigners, defaultAssigner)) }
        }
    }

    /// The old URI of table 0203 is still in use.
    private static func kind(of identifier: Identifier) -> Kind? {
        switch identifier.typeCode ?? identifier.type?.code(in: "http://hl7.org/fhir/v2/0203") {
        case "ACSN": .accession
        case "FILL": .filler
        case "PLAC": .placer
        default: nil
        }
    }
}

extension AssignedIdentifier {
    /// - Parameter defaultAssigner: Meant where the identifier has no system; an unknown system stays unknown.
    public init(_ identifier: Identifier, _ assigners: AssignerDirectory, _ defaultAssigner: Assigner?) {
        let assigner = identifier.system.map { assigners.assigner(fhirSystem: $0) } ?? defaultAssigner
        self.init(assigner: assigner, value: identifier.value, typeCode: identifier.typeCode)
    }
}
