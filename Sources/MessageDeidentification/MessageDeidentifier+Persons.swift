public import SecondOpinion

/// What a message or resource tells of persons, and whom it is about: to look for it in the images of the same patients.
public struct MessagePersons: Sendable {
    /// The patients and studies.
    public let subjects: MessageSubjects
    /// Names, identifiers, birth dates, addresses, telephone numbers.
    public let identity: KnownIdentity
}

extension MessageDeidentifier {
    /// Of each message of a file, whatever can become of it afterwards. Throws `messageUnreadable`, and `identifierRemains`
    /// where it tells more than can be looked for.
    public func persons(hl7 bytes: [UInt8]) throws(MessageDeidentificationError) -> [MessagePersons] {
        var persons: [MessagePersons] = []
        let drafts = try Self.drafts(bytes)
        let births = BirthDays(drafts)
        for draft in drafts {
            var rewriter = HL7v2Rewriter(
                rules: rules.hl7v2, pseudonyms: pseudonyms, profile: profile,
                dates: DateMove(way: .removed, births: births))
            _ = rewriter.rewrite(draft)
            persons.append(try Self.persons(MessageSubjects(draft), rewriter.found, births))
        }
        return persons
    }

    /// Of each resource of a file. Throws as `deidentify`.
    public func persons(fhirJSON bytes: [UInt8]) throws(MessageDeidentificationError) -> [MessagePersons] {
        var persons: [MessagePersons] = []
        let resources = try Self.resources(bytes)
        let births = BirthDays(resources)
        for resource in resources {
            var rewriter = FHIRRewriter(
                rules: rules.fhir, pseudonyms: pseudonyms, profile: profile,
                dates: DateMove(way: .removed, births: births))
            _ = try rewriter.rewrite(resource: resource)
            persons.append(try Self.persons(MessageSubjects(resource), rewriter.found, births))
        }
        return persons
    }

    private static func persons(
        _ subjects: MessageSubjects, _ found: [Found], _ births: BirthDays
    ) throws(MessageDeidentificationError) -> MessagePersons {
        var identity = KnownIdentity()
        do throws(SecondOpinionError) {
            for value in found { try value.add(to: &identity) }
            for day in births.days { try identity.add(birthDate: day) }
        } catch {
            throw MessageDeidentificationError(.identifierRemains)
        }
        return MessagePersons(subjects: subjects, identity: identity)
    }
}
