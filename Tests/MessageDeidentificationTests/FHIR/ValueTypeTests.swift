import JSON
import MessageDeidentification
import Sealing
import Testing

@Suite("Values of FHIR")
struct ValueTypeTests {
    private func result(_ text: String, _ profile: String = "research-full") throws -> JSONValue {
        try JSONValue(parsing: Shipped.deidentifier(profile).deidentify(fhirJSON: Array(text.utf8)).bytes)
    }

    private func observation(_ more: String, code: String = "8867-4", profile: String = "research-full") throws
        -> JSONValue
    {
        try result(
            """
            {"resourceType": "Observation", "status": "final",
             "code": {"coding": [{"system": "http://loinc.org", "code": "\(code)"}]}, \(more)}
            """, profile)
    }

    @Test(
        "a value that has not the form of its type goes",
        arguments: [
            (#""valueBoolean": "Brunhilde Zwackelmann""#, "valueBoolean"),
            (#""valueTime": "Nurse Brunhilde""#, "valueTime"), (#""valueTime": "25:00:00""#, "valueTime"),
            (#""valueInteger": "Brunhilde""#, "valueInteger"), (#""valueInteger": 1715551234"#, "valueInteger"),
            (#""valueInteger": 1.5"#, "valueInteger"), (#""valueBoolean": 1"#, "valueBoolean"),
            (#""valueQuantity": {"value": "Brunhilde"}"#, "valueQuantity"),
            (#""valueQuantity": {"comparator": "Brunhilde"}"#, "valueQuantity"),
            (#""valueQuantity": {"system": "http://unitsofmeasure.org", "code": "Zwackelmann"}"#, "valueQuantity"),
            (#""language": "Zwackelmann""#, "language"), (#""valueString": "Brunhilde""#, "valueString"),
        ])
    func formOfType(_ member: String, _ name: String) throws {
        #expect(try observation(member)[name] == nil)
    }

    @Test("a value of its type stays as it is")
    func staysOfType() throws {
        #expect(try observation(#""valueBoolean": true"#)["valueBoolean"] == true)
        #expect(try observation(#""valueTime": "10:30:00""#)["valueTime"] == "10:30:00")
        #expect(try observation(#""valueInteger": -7"#)["valueInteger"] == -7)
        let quantity = """
            "valueQuantity": {"value": 7.20, "comparator": "<", "unit": "Brunhilde", "system": "http://unitsofmeasure.org",
             "code": "10*3/uL"}
            """
        let value = try observation(quantity)["valueQuantity"]
        #expect(value?["value"]?.number?.text == "7.20" && value?["comparator"] == "<")
        #expect(value?["code"] == "10*3/uL" && value?["unit"] == nil)
    }

    @Test("what is kept of a patient is a truth value, a number or a code of the standard, and no text")
    func characteristics() throws {
        for member in [
            #""deceasedBoolean": "Brunhilde""#, #""deceasedDateTime": "2024-01-05""#,
            #""multipleBirthInteger": "second""#, #""gender": "Zwackelmann""#, #""active": "Brunhilde""#,
        ] {
            let patient = try result(#"{"resourceType": "Patient", "id": "1", \#(member)}"#)
            #expect(patient.object?.count == 2, "\(member)")
        }
        let patient = try result(#"{"resourceType": "Patient", "id": "1", "deceasedBoolean": true, "gender": "other"}"#)
        #expect(patient["deceasedBoolean"] == true && patient["gender"] == "other")
    }

    @Test("coordinates and the birth dates and sex of others go, also where all dates stay")
    func othersAndPlaces() throws {
        let place = try result(
            """
            {"resourceType": "Location", "status": "active",
             "position": {"longitude": 8.541694, "latitude": 47.376887, "altitude": 408}}
            """)
        #expect(place["position"] == nil && place["status"] == "active")
        for type in ["RelatedPerson", "Practitioner"] {
            let person = try result(
                #"{"resourceType": "\#(type)", "active": true, "gender": "female", "birthDate": "1951-03-04"}"#)
            #expect(person["birthDate"] == nil && person["gender"] == nil && person["active"] == true)
        }
    }

    @Test("an age above 89 becomes 90, and a day of birth as a value goes")
    func ages() throws {
        let years = #""system": "http://unitsofmeasure.org", "code": "a""#
        func value(_ quantity: String, code: String = "30525-0") throws -> JSONValue? {
            try observation(#""valueQuantity": {\#(quantity)}"#, code: code)["valueQuantity"]?["value"]
        }
        #expect(try value(#""value": 97, \#(years)"#) == 90)
        #expect(try value(#""value": 97, \#(years)"#, code: "8867-4") == 90, "years are an age, whatever the concept")
        #expect(try value(#""value": 89, \#(years)"#) == 89)
        #expect(try value(#""value": 97, "unit": "Jahre""#) == 90)
        #expect(try value(#""value": 97"#) == 90)
        #expect(try value(#""value": 97"#, code: "8867-4") == 97)
        #expect(try value(#""value": 1164, "system": "http://unitsofmeasure.org", "code": "mo""#) == nil)
        #expect(try observation(#""valueInteger": 97"#, code: "30525-0")["valueInteger"] == 90)
        let inComponent = """
            "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "21612-7"}]}, "valueInteger": 101}]
            """
        #expect(try observation(inComponent)["component"]?[0]?["valueInteger"] == 90)
        #expect(try observation(#""valueDateTime": "1931-03-04""#, code: "21112-8")["valueDateTime"] == nil)
    }

    @Test(
        "a URI that only begins as a published one goes",
        arguments: [
            "http://hl7.org/fhir/Patient/Brunhilde-Zwackelmann", "http://hl7.org/fhir/StructureDefinition/Zwackelmann",
            "http://hl7.org/fhir/StructureDefinition/Patient/Zwackelmann", "http://loinc.org/Zwackelmann Brunhilde",
            "http://hl7.org/fhir/StructureDefinition/Patient#Zwackelmann",
            "http://terminology.hl7.org/CodeSystem/Zwackelmann",
        ])
    func notPublished(_ uri: String) throws {
        let patient = try result(
            """
            {"resourceType": "Patient", "id": "1", "meta": {"profile": ["\(uri)"], "tag": [{"system": "\(uri)", "code": "MR"}]},
             "identifier": [{"system": "\(uri)", "value": "4711"}]}
            """)
        #expect(patient["meta"] == nil)
        #expect(patient["identifier"]?[0]?["system"] == nil)
    }

    @Test("a published URI stays, a profile without its version")
    func published() throws {
        let patient = try result(
            """
            {"resourceType": "Patient", "id": "1", "meta": {
              "profile": ["http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"],
              "tag": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"},
                      {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ZWACKEL"}]}}
            """)
        #expect(patient["meta"]?["profile"]?[0] == "http://hl7.org/fhir/StructureDefinition/Patient")
        #expect(patient["meta"]?["tag"]?.array?.compactMap { $0["code"]?.string } == ["MR"])
    }

    @Test("a reference to a contained resource leads to it, and its days move by its identifier")
    func contained() throws {
        let text = """
            {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2024-01-05",
             "contained": [{"resourceType": "Patient", "id": "p1", "identifier": [{"system": "urn:x", "value": "MRN4711"}],
               "managingOrganization": {"reference": "#"}}],
             "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}, "subject": {"reference": "#p1"}}
            """
        let whole = try Make.shifting().deidentify(fhirJSON: Array(text.utf8))
        let result = try JSONValue(parsing: whole.bytes)
        let id = try #require(result["contained"]?[0]?["id"]?.string)
        #expect(id != "p1")
        #expect(result["subject"]?["reference"]?.string == "#" + id)
        #expect(result["contained"]?[0]?["managingOrganization"]?["reference"] == "#")
        let day = try MessageTests.moved(
            "20240105", by: Make.pseudonyms().dayShift(issuer: "urn:x", patientID: "MRN4711"))
        #expect(result["effectiveDateTime"]?.string?.filter { $0 != "-" } == day)
    }

    @Test("a member that says it is a resource's type is one in resources alone")
    func resourceType() throws {
        let value = try observation(#""component": [{"resourceType": "Brunhilde", "valueInteger": 7}]"#)
        #expect(value["component"]?[0]?["resourceType"] == nil && value["resourceType"] == "Observation")
    }
}
