// R4 chapter 2.24, derived from the elements of FHIR R4 (4.0.1, CC0).
extension ElementTable {
    static let address = """
        Address
        use ? code =home,work,temp,old,billing
        type ? code =postal,physical,both
        text ? string
        line * string
        city ? string
        district ? string
        state ? string
        postalCode ? string
        country ? string
        period ? Period
        """

    static let annotation = """
        Annotation
        author[x] ? Reference,string >Practitioner,Patient,RelatedPerson,Organization
        time ? dateTime
        text 1 markdown
        """

    static let attachment = """
        Attachment
        contentType ? code
        language ? code
        data ? base64Binary
        url ? url
        size ? unsignedInt
        hash ? base64Binary
        title ? string
        creation ? dateTime
        """

    static let codeableConcept = """
        CodeableConcept
        coding * Coding
        text ? string
        """

    static let coding = """
        Coding
        system ? uri
        version ? string
        code ? code
        display ? string
        userSelected ? boolean
        """

    static let contactPoint = """
        ContactPoint
        system ? code =phone,fax,email,pager,url,sms,other
        value ? string
        use ? code =home,work,temp,old,mobile
        rank ? positiveInt
        period ? Period
        """

    static let humanName = """
        HumanName
        use ? code =usual,official,temp,nickname,anonymous,old,maiden
        text ? string
        family ? string
        given * string
        prefix * string
        suffix * string
        period ? Period
        """

    static let identifier = """
        Identifier
        use ? code =usual,official,temp,secondary,old
        type ? CodeableConcept
        system ? uri
        value ? string
        period ? Period
        assigner ? Reference >Organization
        """

    static let meta = """
        Meta
        versionId ? id
        lastUpdated ? instant
        source ? uri
        profile * canonical
        security * Coding
        tag * Coding
        """

    static let narrative = """
        Narrative
        status 1 code =generated,extensions,additional,empty
        div 1 xhtml
        """

    static let period = """
        Period
        start ? dateTime
        end ? dateTime
        """

    static let quantity = """
        Quantity
        value ? decimal
        comparator ? code =<,<=,>=,>
        unit ? string
        system ? uri
        code ? code
        """

    static let range = """
        Range
        low ? Quantity
        high ? Quantity
        """

    static let ratio = """
        Ratio
        numerator ? Quantity
        denominator ? Quantity
        """

    static let reference = """
        Reference
        reference ? string
        type ? uri
        identifier ? Identifier
        display ? string
        """

    static let sampledData = """
        SampledData
        origin 1 Quantity
        period 1 decimal
        factor ? decimal
        lowerLimit ? decimal
        upperLimit ? decimal
        dimensions 1 positiveInt
        data ? string
        """

    static let signature = """
        Signature
        type + Coding
        when 1 instant
        who 1 Reference >Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization
        onBehalfOf ? Reference >Practitioner,PractitionerRole,RelatedPerson,Patient,Device,Organization
        targetFormat ? code
        sigFormat ? code
        data ? base64Binary
        """

    static let timing = """
        Timing
        event * dateTime
        repeat ? -
        repeat.bounds[x] ? Duration,Range,Period
        repeat.count ? positiveInt
        repeat.countMax ? positiveInt
        repeat.duration ? decimal
        repeat.durationMax ? decimal
        repeat.durationUnit ? code =s,min,h,d,wk,mo,a
        repeat.frequency ? positiveInt
        repeat.frequencyMax ? positiveInt
        repeat.period ? decimal
        repeat.periodMax ? decimal
        repeat.periodUnit ? code =s,min,h,d,wk,mo,a
        repeat.dayOfWeek * code =mon,tue,wed,thu,fri,sat,sun
        repeat.timeOfDay * time
        repeat.when * code =MORN,MORN.early,MORN.late,NOON,AFT,AFT.early,AFT.late,EVE,EVE.early,EVE.late,NIGHT,PHS,\
        HS,WAKE,C,CM,CD,CV,AC,ACM,ACD,ACV,PC,PCM,PCD,PCV
        repeat.offset ? unsignedInt
        code ? CodeableConcept
        """
}
