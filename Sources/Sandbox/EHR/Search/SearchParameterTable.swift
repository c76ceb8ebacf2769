/// The search parameters of each type, derived from those of FHIR R4 (4.0.1, CC0).
enum SearchParameterTable {
    /// By resource type, in the order in which the CapabilityStatement lists them.
    static let parameters: [String: [SearchParameter]] = Dictionary(
        tables.map { type, table in
            (type, (common + "\n" + table).split(separator: "\n").compactMap { SearchParameter($0) })
        }, uniquingKeysWith: { first, _ in first })

    private static let common = """
        _id token id
        _lastUpdated date meta.lastUpdated
        _tag token meta.tag
        _profile uri meta.profile
        """

    private static let subject = """
        subject reference subject
        patient reference subject >Patient
        encounter reference encounter
        """

    private static let tables: [String: String] = [
        "Patient": """
        identifier token identifier
        name string name.family name.given name.text name.prefix name.suffix
        family string name.family
        given string name.given
        birthdate date birthDate
        gender token gender
        active token active
        link reference link.other
        organization reference managingOrganization
        general-practitioner reference generalPractitioner
        """,
        "Organization": """
        identifier token identifier
        name string name alias
        active token active
        type token type
        partof reference partOf
        """,
        "Practitioner": """
        identifier token identifier
        name string name.family name.given name.text
        family string name.family
        given string name.given
        active token active
        """,
        "Encounter": """
        identifier token identifier
        status token status
        class token class
        type token type
        date date period
        subject reference subject
        patient reference subject >Patient
        based-on reference basedOn
        """,
        "Endpoint": """
        identifier token identifier
        status token status
        name string name
        connection-type token connectionType
        """,
        "Device": """
        identifier token identifier
        status token status
        type token type
        device-name string deviceName.name type.coding.display type.text
        manufacturer string manufacturer
        model string modelNumber
        patient reference patient
        organization reference owner
        """,
        "ServiceRequest": """
        identifier token identifier
        requisition token requisition
        status token status
        intent token intent
        priority token priority
        category token category
        code token code
        body-site token bodySite
        authored date authoredOn
        occurrence date occurrenceDateTime occurrencePeriod
        based-on reference basedOn
        replaces reference replaces
        requester reference requester
        performer reference performer
        \(subject)
        """,
        "ImagingStudy": """
        identifier token identifier
        status token status
        modality token series.modality
        bodysite token series.bodySite
        dicom-class token series.instance.sopClass
        series token series.uid
        instance token series.instance.uid
        started date started
        basedon reference basedOn
        endpoint reference endpoint series.endpoint
        \(subject)
        """,
        "DiagnosticReport": """
        identifier token identifier
        status token status
        category token category
        code token code
        conclusion token conclusionCode
        date date effectiveDateTime effectivePeriod
        issued date issued
        based-on reference basedOn
        result reference result
        performer reference performer
        \(subject)
        """,
        "Observation": """
        identifier token identifier
        status token status
        category token category
        code token code
        combo-code token code component.code
        component-code token component.code
        value-concept token valueCodeableConcept
        data-absent-reason token dataAbsentReason
        date date effectiveDateTime effectivePeriod effectiveInstant
        based-on reference basedOn
        part-of reference partOf
        has-member reference hasMember
        derived-from reference derivedFrom
        device reference device
        performer reference performer
        \(subject)
        """,
        "Provenance": """
        target reference target
        patient reference target >Patient
        agent reference agent.who
        agent-type token agent.type
        entity reference entity.what
        recorded date recorded
        when date occurredDateTime occurredPeriod
        """,
        "AuditEvent": """
        type token type
        subtype token subtype
        action token action
        outcome token outcome
        date date recorded
        agent reference agent.who
        entity reference entity.what
        patient reference agent.who entity.what >Patient
        source reference source.observer
        """,
        "Subscription": """
        status token status
        type token channel.type
        payload token channel.payload
        criteria string criteria
        url uri channel.endpoint
        """,
    ]
}
