// R4 chapters 10 and 12.17, derived from the elements of FHIR R4 (4.0.1, CC0).
extension ElementTable {
    static let serviceRequest = """
        ServiceRequest
        identifier * Identifier
        instantiatesCanonical * canonical
        instantiatesUri * uri
        basedOn * Reference >CarePlan,ServiceRequest,MedicationRequest
        replaces * Reference >ServiceRequest
        requisition ? Identifier
        status 1 code =draft,active,on-hold,revoked,completed,entered-in-error,unknown
        intent 1 code =proposal,plan,directive,order,original-order,reflex-order,filler-order,instance-order,option
        category * CodeableConcept
        priority ? code =routine,urgent,asap,stat
        doNotPerform ? boolean
        code ? CodeableConcept
        orderDetail * CodeableConcept
        quantity[x] ? Quantity,Ratio,Range
        subject 1 Reference >Patient,Group,Location,Device
        encounter ? Reference >Encounter
        occurrence[x] ? dateTime,Period,Timing
        asNeeded[x] ? boolean,CodeableConcept
        authoredOn ? dateTime
        requester ? Reference >Practitioner,PractitionerRole,Organization,Patient,RelatedPerson,Device
        performerType ? CodeableConcept
        performer * Reference >Practitioner,PractitionerRole,Organization,CareTeam,HealthcareService,Patient,Device,\
        RelatedPerson
        locationCode * CodeableConcept
        locationReference * Reference >Location
        reasonCode * CodeableConcept
        reasonReference * Reference >Condition,Observation,DiagnosticReport,DocumentReference
        insurance * Reference >Coverage,ClaimResponse
        supportingInfo * Reference
        specimen * Reference >Specimen
        bodySite * CodeableConcept
        note * Annotation
        patientInstruction ? string
        relevantHistory * Reference >Provenance
        """

    static let imagingStudy = """
        ImagingStudy
        identifier * Identifier
        status 1 code =registered,available,cancelled,entered-in-error,unknown
        modality * Coding
        subject 1 Reference >Patient,Device,Group
        encounter ? Reference >Encounter
        started ? dateTime
        basedOn * Reference >CarePlan,ServiceRequest,Appointment,AppointmentResponse,Task
        referrer ? Reference >Practitioner,PractitionerRole
        interpreter * Reference >Practitioner,PractitionerRole
        endpoint * Reference >Endpoint
        numberOfSeries ? unsignedInt
        numberOfInstances ? unsignedInt
        procedureReference ? Reference >Procedure
        procedureCode * CodeableConcept
        location ? Reference >Location
        reasonCode * CodeableConcept
        reasonReference * Reference >Condition,Observation,Media,DiagnosticReport,DocumentReference
        note * Annotation
        description ? string
        series * -
        series.uid 1 id
        series.number ? unsignedInt
        series.modality 1 Coding
        series.description ? string
        series.numberOfInstances ? unsignedInt
        series.endpoint * Reference >Endpoint
        series.bodySite ? Coding
        series.laterality ? Coding
        series.specimen * Reference >Specimen
        series.started ? dateTime
        series.performer * -
        series.performer.function ? CodeableConcept
        series.performer.actor 1 Reference >Practitioner,PractitionerRole,Organization,CareTeam,Patient,Device,\
        RelatedPerson
        series.instance * -
        series.instance.uid 1 id
        series.instance.sopClass 1 Coding
        series.instance.number ? unsignedInt
        series.instance.title ? string
        """

    static let diagnosticReport = """
        DiagnosticReport
        identifier * Identifier
        basedOn * Reference >CarePlan,ImmunizationRecommendation,MedicationRequest,NutritionOrder,ServiceRequest
        status 1 code =registered,partial,preliminary,final,amended,corrected,appended,cancelled,entered-in-error,\
        unknown
        category * CodeableConcept
        code 1 CodeableConcept
        subject ? Reference >Patient,Group,Device,Location
        encounter ? Reference >Encounter
        effective[x] ? dateTime,Period
        issued ? instant
        performer * Reference >Practitioner,PractitionerRole,Organization,CareTeam
        resultsInterpreter * Reference >Practitioner,PractitionerRole,Organization,CareTeam
        specimen * Reference >Specimen
        result * Reference >Observation
        imagingStudy * Reference >ImagingStudy
        media * -
        media.comment ? string
        media.link 1 Reference >Media
        conclusion ? string
        conclusionCode * CodeableConcept
        presentedForm * Attachment
        """

    static let observation = """
        Observation
        identifier * Identifier
        basedOn * Reference >CarePlan,DeviceRequest,ImmunizationRecommendation,MedicationRequest,NutritionOrder,\
        ServiceRequest
        partOf * Reference >MedicationAdministration,MedicationDispense,MedicationStatement,Procedure,Immunization,\
        ImagingStudy
        status 1 code =registered,preliminary,final,amended,corrected,cancelled,entered-in-error,unknown
        category * CodeableConcept
        code 1 CodeableConcept
        subject ? Reference >Patient,Group,Device,Location
        focus * Reference
        encounter ? Reference >Encounter
        effective[x] ? dateTime,Period,Timing,instant
        issued ? instant
        performer * Reference >Practitioner,PractitionerRole,Organization,CareTeam,Patient,RelatedPerson
        value[x] ? Quantity,CodeableConcept,string,boolean,integer,Range,Ratio,SampledData,time,dateTime,Period
        dataAbsentReason ? CodeableConcept
        interpretation * CodeableConcept
        note * Annotation
        bodySite ? CodeableConcept
        method ? CodeableConcept
        specimen ? Reference >Specimen
        device ? Reference >Device,DeviceMetric
        referenceRange * -
        referenceRange.low ? Quantity
        referenceRange.high ? Quantity
        referenceRange.type ? CodeableConcept
        referenceRange.appliesTo * CodeableConcept
        referenceRange.age ? Range
        referenceRange.text ? string
        hasMember * Reference >Observation,QuestionnaireResponse,MolecularSequence
        derivedFrom * Reference >DocumentReference,ImagingStudy,Media,QuestionnaireResponse,Observation,\
        MolecularSequence
        component * -
        component.code 1 CodeableConcept
        component.value[x] ? Quantity,CodeableConcept,string,boolean,integer,Range,Ratio,SampledData,time,dateTime,\
        Period
        component.dataAbsentReason ? CodeableConcept
        component.interpretation * CodeableConcept
        component.referenceRange * #Observation.referenceRange
        """
}
