import JSON
import MessageDeidentification
import Testing

@Suite("Ages by their units")
struct AgeTests {
    @Test(
        "an age in another unit than years never becomes 90, and stays only where its unit does",
        arguments: [
            ("95", "{days}", "|"), ("95", "{days}^^UCUM", "|"), ("100", "min^^UCUM", "100|min^^UCUM"),
            ("100", "min", "|"),
            ("120", "Mt^^99L^mo^^UCUM", "120|^^^mo^^UCUM"), ("95", "s^^UCUM", "95|s^^UCUM"),
            ("95", "h^^UCUM", "95|h^^UCUM"), ("95", "d^^UCUM", "95|d^^UCUM"), ("95", "wk^^UCUM", "95|wk^^UCUM"),
            ("95", "mo^^UCUM", "95|mo^^UCUM"), ("95", "Tage^^99L^d^^UCUM", "95|^^^d^^UCUM"),
            ("5", "Zwackel^^99L", "|"), ("95", "Zwackel", "|"), ("95", "mm^^UCUM", "|mm^^UCUM"),
            ("95", "days", "|"), ("95", "MON", "|"), ("1164", "mo^^UCUM", "|mo^^UCUM"),
            ("40000", "d^^UCUM", "|d^^UCUM"),
            ("95", "mo{corrected}", "|"), ("95", "A^^UCUM", "|A^^UCUM"), ("-95", "a^^UCUM", "|a^^UCUM"),
            ("9.5", "10.a^^UCUM", "|10.a^^UCUM"), ("95", "10*-1.a^^UCUM", "95|10*-1.a^^UCUM"),
        ])
    func otherUnits(_ value: String, _ unit: String, _ written: String) throws {
        #expect(try Asked.observed("30525-0^^LN", value, unit) == written)
    }

    @Test(
        "an age above 89 years is 90 by whichever unit says years",
        arguments: [
            ("", "90|"), ("a^^UCUM", "90|a^^UCUM"), ("{years}", "90|"), ("a{age}", "90|"), ("Jahre^^99L", "90|"),
            ("YR", "90|"), ("year(s)", "90|"), ("J", "90|"), ("Y", "90|"), ("^Jahre", "90|"),
            ("^^^a^^UCUM", "90|^^^a^^UCUM"),
            ("258707000^^SCT", "90|258707000^^SCT"), ("^^^^^^^^Jahre", "90|"),
        ])
    func years(_ unit: String, _ written: String) throws {
        #expect(try Asked.observed("30525-0^^LN", "94", unit) == written)
        #expect(try Asked.observed("30525-0^^LN", "89", unit) == "89" + written.dropFirst(2))
    }

    @Test(
        "a number of years is an age under every concept, by each unit that is given",
        arguments: [
            ("94", "Jr^^99L^a^^UCUM", "90|^^^a^^UCUM"), ("94", "Zw^^99L^a^^UCUM", "90|^^^a^^UCUM"),
            ("94", "a^^UCUM", "90|a^^UCUM"), ("94", "Zw^Jahre^99L", "90|"), ("94", "^^^^Jahre", "90|"),
            ("94", "258707000^^SCT", "90|258707000^^SCT"), ("94", "d^^99L^a^^UCUM", "|^^^a^^UCUM"),
            ("94", "Jahre^^99L^d^^UCUM", "|^^^d^^UCUM"), ("94", "Jahre^^99L^mm^^UCUM", "|^^^mm^^UCUM"),
            ("1130", "Zw^^99L^mo^^UCUM", "|^^^mo^^UCUM"), ("50000", "{days}", "|"), ("94", "1.a^^UCUM", "|1.a^^UCUM"),
            ("3", "Gs^^UCUM", "|Gs^^UCUM"), ("94", "J", "|"), ("-94", "a", "|"),
        ])
    func everyConcept(_ value: String, _ unit: String, _ written: String) throws {
        #expect(try Asked.observed("ALT^Alter^99L", value, unit) == written)
        if unit.hasPrefix("Jr") || unit.hasPrefix("a^") {
            #expect(try Asked.observed("ALT^Alter^99L", "^\(value)", unit, type: "SN") == "^" + written)
        }
    }

    @Test(
        "measured values are not taken for ages",
        arguments: [
            ("200", "J^^UCUM"), ("97", "A^^UCUM"), ("97", "H^^UCUM"), ("5000", "W^^UCUM"), ("97", "/min^^UCUM"),
            ("97", "Sv/a^^UCUM"), ("97", "/a^^UCUM"), ("900", "mg.d^^UCUM"), ("400", "ms^^UCUM"), ("97", "m/s2^^UCUM"),
            ("97", "a2^^UCUM"), ("97", "Pa^^UCUM"), ("5000", "d^^UCUM"), ("900", "mo^^UCUM"), ("97", "A^J^UCUM"),
            ("97", "J^^99L^A^^UCUM"),
        ])
    func notAges(_ value: String, _ unit: String) throws {
        let parts = unit.split(separator: "^", omittingEmptySubsequences: false)
        let written = unit.contains("99L") ? "^^^A^^UCUM" : "\(parts[0])^^UCUM"
        #expect(try Asked.observed("ALT^Alter^99L", value, unit) == "\(value)|\(written)")
    }

    @Test("in FHIR too, by code and by unit")
    func fhir() throws {
        func value(_ quantity: String, code: String = "8867-4") throws -> String? {
            let value = try Asked.observation(#""valueQuantity": {\#(quantity)}"#, code: code)
            return value["valueQuantity"]?["value"]?.number?.text
        }
        let ucum = #""system": "http://unitsofmeasure.org", "code""#
        #expect(try value(#""value": 95, "unit": "{days}""#, code: "30525-0") == nil)
        #expect(try value(#""value": 100, \#(ucum): "min""#, code: "30525-0") == "100")
        #expect(try value(#""value": 120, "unit": "Mt", \#(ucum): "mo""#, code: "30525-0") == "120")
        #expect(try value(#""value": 120, "unit": "Mt""#, code: "30525-0") == nil)
        #expect(try value(#""value": 5, "unit": "Zwackel""#, code: "30525-0") == nil)
        #expect(
            try value(#""value": 94, "unit": "Zwackel", "system": "urn:x", "code": "Jahre""#, code: "30525-0") == "90")
        #expect(try value(#""value": 94, "unit": "Jahre", "system": "urn:x", "code": "Zw""#) == "90")
        #expect(try value(#""value": 94, "unit": "Jahre", \#(ucum): "mm""#) == nil)
        #expect(try value(#""value": 200, "unit": "J", \#(ucum): "J""#) == "200")
        #expect(try value(#""value": 97, "unit": "A", \#(ucum): "A""#) == "97")
    }

    @Test("a Timing in years is an age too")
    func timing() throws {
        func timing(_ more: String) throws -> JSONValue? {
            try Asked.observation(#""effectiveTiming": {"repeat": {\#(more)}}"#)["effectiveTiming"]?["repeat"]
        }
        #expect(try timing(#""duration": 94, "durationUnit": "a""#)?["duration"] == 90)
        #expect(try timing(#""period": 1130, "periodUnit": "mo""#)?["period"] == nil)
        #expect(try timing(#""duration": 94, "durationUnit": "min""#)?["duration"] == 94)
        #expect(try timing(#""count": 94, "durationUnit": "a""#)?["count"] == 94)
    }

    @Test("a year of birth as a number goes, as the day does")
    func birthYear() throws {
        for type in ["NM", "SN", "DT", "TM"] {
            for concept in ["80904-6^Birth year^LN", "X^^99L^80904-6^^LN", "21112-8^^LN"] {
                let value = type == "SN" ? "^1930" : "1930"
                #expect(try Asked.observed(concept, value, "", type: type).hasPrefix("|"))
            }
        }
        for code in ["21112-8", "80904-6"] {
            #expect(try Asked.observation(#""valueInteger": 1930"#, code: code)["valueInteger"] == nil)
            #expect(try Asked.observation(#""valueDateTime": "1930""#, code: code)["valueDateTime"] == nil)
            #expect(try Asked.observation(#""valueTime": "10:30:00""#, code: code)["valueTime"] == nil)
            #expect(
                try Asked.observation(#""valueQuantity": {"value": 1930}"#, code: code)["valueQuantity"]?["value"]
                    == nil)
            let component = #""component": [{"code": {"coding": [{"code": "\#(code)"}]}, "valueInteger": 1930}]"#
            #expect(try Asked.observation(component)["component"]?[0]?["valueInteger"] == nil)
        }
        #expect(try Asked.observation(#""valueInteger": 1930"#)["valueInteger"] == 1930)
    }
}
