// R4 chapter 8, derived from the elements of FHIR R4 (4.0.1, CC0).
extension ElementTable {
    static let patient = """
        Patient
        identifier * Identifier
        active ? boolean
        name * HumanName
        telecom * ContactPoint
        gender ? code =male,female,other,unknown
        birthDate ? date
        deceased[x] ? boolean,dateTime
        address * Address
        maritalStatus ? CodeableConcept
        multipleBirth[x] ? boolean,integer
        photo * Attachment
        contact * -
        contact.relationship * CodeableConcept
        contact.name ? HumanName
        contact.telecom * ContactPoint
        contact.address ? Address
        contact.gender ? code =male,female,other,unknown
        contact.organization ? Reference >Organization
        contact.period ? Period
        communication * -
        communication.language 1 CodeableConcept
        communication.preferred ? boolean
        generalPractitioner * Reference >Organization,Practitioner,PractitionerRole
        managingOrganization ? Reference >Organization
        link * -
        link.other 1 Reference >Patient,RelatedPerson
        link.type 1 code =replaced-by,replaces,refer,seealso
        """

    static let organization = """
        Organization
        identifier * Identifier
        active ? boolean
        type * CodeableConcept
        name ? string
        alias * string
        telecom * ContactPoint
        address * Address
        partOf ? Reference >Organization
        contact * -
        contact.purpose ? CodeableConcept
        contact.name ? HumanName
        contact.telecom * ContactPoint
        contact.address ? Address
        endpoint * Reference >Endpoint
        """

    static let practitioner = """
        Practitioner
        identifier * Identifier
        active ? boolean
        name * HumanName
        telecom * ContactPoint
        address * Address
        gender ? code =male,female,other,unknown
        birthDate ? date
        photo * Attachment
        qualification * -
        qualification.identifier * Identifier
        qualification.code 1 CodeableConcept
        qualification.period ? Period
        qualification.issuer ? Reference >Organization
        communication * CodeableConcept
        """

    static let encounter = """
        Encounter
        identifier * Identifier
        status 1 code =planned,arrived,triaged,in-progress,onleave,finished,cancelled,entered-in-error,unknown
        statusHistory * -
        statusHistory.status 1 code =planned,arrived,triaged,in-progress,onleave,finished,cancelled,\
        entered-in-error,unknown
        statusHistory.period 1 Period
        class 1 Coding
        classHistory * -
        classHistory.class 1 Coding
        classHistory.period 1 Period
        type * CodeableConcept
        serviceType ? CodeableConcept
        priority ? CodeableConcept
        subject ? Reference >Patient,Group
        episodeOfCare * Reference >EpisodeOfCare
        basedOn * Reference >ServiceRequest
        participant * -
        participant.type * CodeableConcept
        participant.period ? Period
        participant.individual ? Reference >Practitioner,PractitionerRole,RelatedPerson
        appointment * Reference >Appointment
        period ? Period
        length ? Duration
        reasonCode * CodeableConcept
        reasonReference * Reference >Condition,Procedure,Observation,ImmunizationRecommendation
        diagnosis * -
        diagnosis.condition 1 Reference >Condition,Procedure
        diagnosis.use ? CodeableConcept
        diagnosis.rank ? positiveInt
        account * Reference >Account
        hospitalization ? -
        hospitalization.preAdmissionIdentifier ? Identifier
        hospitalization.origin ? Reference >Location,Organization
        hospitalization.admitSource ? CodeableConcept
        hospitalization.reAdmission ? CodeableConcept
        hospitalization.dietPreference * CodeableConcept
        hospitalization.specialCourtesy * CodeableConcept
        hospitalization.specialArrangement * CodeableConcept
        hospitalization.destination ? Reference >Location,Organization
        hospitalization.dischargeDisposition ? CodeableConcept
        location * -
        location.location 1 Reference >Location
        location.status ? code =planned,active,reserved,completed
        location.physicalType ? CodeableConcept
        location.period ? Period
        serviceProvider ? Reference >Organization
        partOf ? Reference >Encounter
        """

    static let endpoint = """
        Endpoint
        identifier * Identifier
        status 1 code =active,suspended,error,off,entered-in-error,test
        connectionType 1 Coding
        name ? string
        managingOrganization ? Reference >Organization
        contact * ContactPoint
        period ? Period
        payloadType + CodeableConcept
        payloadMimeType * code
        address 1 url
        header * string
        """

    static let device = """
        Device
        identifier * Identifier
        definition ? Reference >DeviceDefinition
        udiCarrier * -
        udiCarrier.deviceIdentifier ? string
        udiCarrier.issuer ? uri
        udiCarrier.jurisdiction ? uri
        udiCarrier.carrierAIDC ? base64Binary
        udiCarrier.carrierHRF ? string
        udiCarrier.entryType ? code =barcode,rfid,manual,card,self-reported,unknown
        status ? code =active,inactive,entered-in-error,unknown
        statusReason * CodeableConcept
        distinctIdentifier ? string
        manufacturer ? string
        manufactureDate ? dateTime
        expirationDate ? dateTime
        lotNumber ? string
        serialNumber ? string
        deviceName * -
        deviceName.name 1 string
        deviceName.type 1 code =udi-label-name,user-friendly-name,patient-reported-name,manufacturer-name,\
        model-name,other
        modelNumber ? string
        partNumber ? string
        type ? CodeableConcept
        specialization * -
        specialization.systemType 1 CodeableConcept
        specialization.version ? string
        version * -
        version.type ? CodeableConcept
        version.component ? Identifier
        version.value 1 string
        property * -
        property.type 1 CodeableConcept
        property.valueQuantity * Quantity
        property.valueCode * CodeableConcept
        patient ? Reference >Patient
        owner ? Reference >Organization
        contact * ContactPoint
        location ? Reference >Location
        url ? uri
        note * Annotation
        safety * CodeableConcept
        parent ? Reference >Device
        """
}
