// R4 chapters 6 and 2.47, derived from the elements of FHIR R4 (4.0.1, CC0).
extension ElementTable {
    static let provenance = """
        Provenance
        target + Reference
        occurred[x] ? Period,dateTime
        recorded 1 instant
        policy * uri
        location ? Reference >Location
        reason * CodeableConcept
        activity ? CodeableConcept
        agent + -
        agent.type ? CodeableConcept
        agent.role * CodeableConcept
        agent.who 1 Reference >Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization
        agent.onBehalfOf ? Reference >Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization
        entity * -
        entity.role 1 code =derivation,revision,quotation,source,removal
        entity.what 1 Reference
        entity.agent * #Provenance.agent
        signature * Signature
        """

    static let auditEvent = """
        AuditEvent
        type 1 Coding
        subtype * Coding
        action ? code =C,R,U,D,E
        period ? Period
        recorded 1 instant
        outcome ? code =0,4,8,12
        outcomeDesc ? string
        purposeOfEvent * CodeableConcept
        agent + -
        agent.type ? CodeableConcept
        agent.role * CodeableConcept
        agent.who ? Reference >PractitionerRole,Practitioner,Organization,Device,Patient,RelatedPerson
        agent.altId ? string
        agent.name ? string
        agent.requestor 1 boolean
        agent.location ? Reference >Location
        agent.policy * uri
        agent.media ? Coding
        agent.network ? -
        agent.network.address ? string
        agent.network.type ? code =1,2,3,4,5
        agent.purposeOfUse * CodeableConcept
        source 1 -
        source.site ? string
        source.observer 1 Reference >PractitionerRole,Practitioner,Organization,Device,Patient,RelatedPerson
        source.type * Coding
        entity * -
        entity.what ? Reference
        entity.type ? Coding
        entity.role ? Coding
        entity.lifecycle ? Coding
        entity.securityLabel * Coding
        entity.name ? string
        entity.description ? string
        entity.query ? base64Binary
        entity.detail * -
        entity.detail.type 1 string
        entity.detail.value[x] 1 string,base64Binary
        """

    static let subscription = """
        Subscription
        status 1 code =requested,active,error,off
        contact * ContactPoint
        end ? instant
        reason 1 string
        criteria 1 string
        error ? string
        channel 1 -
        channel.type 1 code =rest-hook,websocket,email,sms,message
        channel.endpoint ? url
        channel.payload ? code
        channel.header * string
        """
}
