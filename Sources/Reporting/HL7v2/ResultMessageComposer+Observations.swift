import DICOM
import FHIR
import HL7v2
import ImageClassifier
import Matching

// OBX (HL7 v2.5.1 §7.4.2): one for the finding, and around it what belongs to it, grouped by OBX-4.
extension ResultMessageComposer {
    func observations(
        _ request: ReportRequest, _ facts: ReportFacts, _ peer: ResultMessageSettings, issued: String
    ) -> [SegmentDraft] {
        var segments: [SegmentDraft] = []
        switch request.classification {
        case .finding(let finding):
            segments.append(observation(peer.version.codedType, of: coded(template.finding), group: "1"))
            segments[0][5] = coded(template.value(for: finding.decision))
            segments[0][8] = field(finding.decision.flag)
            if let scores = facts.scores {
                segments[0][9] = field(scores.probability.text)
                segments.append(probability(scores, finding.decision))
                segments.append(spread(scores.spread, peer))
                if let reason = scores.indeterminateReason {
                    var undecided = observation(
                        peer.version.codedType, of: local("indeterminate-reason", "Why not decided", peer), group: "1.6"
                    )
                    undecided[5] = local(reason.rawValue, reason.words, peer)
                    segments.append(undecided)
                }
            }
        case .refusal(let refusal):
            // OBX-11 X: the result cannot be obtained; the reason follows in words, a number never does.
            segments.append(observation(peer.version.codedType, of: coded(template.finding), group: "1", status: "X"))
            var reason = observation("TX", of: local("refusal", "Why not analysed", peer), group: "1.1")
            reason[5] = field("\(ReportNotice.notAnalysed) \(plainText(refusal.reason))")
            segments.append(reason)
        }
        var study = observation("ST", of: .components(["110180", "Study Instance UID", "DCM"]), group: "1.2")
        study[5] = field(request.context.study.studyInstanceUID.value)
        var impression = observation("TX", of: .components(["19005-8", "Impression", "LN"]), group: "1.3")
        impression[5] = field(facts.conclusion(model: request.model))
        segments += [study, impression]
        if let data = facts.heatMap?.data {
            var picture = observation("ED", of: local("heat-map", "Heat map, not for clinical use", peer), group: "1.4")
            // Tables 0191 and 0291 have the image, but no PNG; peers go by the words.
            picture[5] = .components([
                field(peer.sendingApplication), "IM", "PNG", "Base64", .text(base64(data)),
            ])
            segments.append(picture)
        }
        return complete(segments, request, peer, issued: issued)
    }

    /// What all lines have in common: number, time, method, equipment.
    private func complete(
        _ segments: [SegmentDraft], _ request: ReportRequest, _ peer: ResultMessageSettings, issued: String
    ) -> [SegmentDraft] {
        let model = request.model
        return zip(1..., segments).map { number, segment in
            var segment = segment
            segment[1] = field(String(number))
            segment[14] = field(Self.date(request))
            segment[17] = .components([field(model.id), field(model.title), field(peer.localCodeSystem)])
            guard !peer.version.isBefore24 else { return segment }
            segment[18] = .components([
                field("\(model.id) \(model.version)"), field(peer.sendingApplication), field(request.names.device),
                "UUID",
            ])
            segment[19] = field(issued)
            return segment
        }
    }

    private func observation(
        _ type: String, of identifier: FieldDraft, group: String, status: String = "P"
    ) -> SegmentDraft {
        var segment = SegmentDraft("OBX")
        segment[2] = field(type)
        segment[3] = identifier
        segment[4] = field(group)
        segment[11] = field(status)
        return segment
    }

    /// The calibrated probability as NM; as SN, with `<` or `>`, where it lies beyond what the digits can show.
    private func probability(_ scores: ReportFacts.Scores, _ decision: Decision) -> SegmentDraft {
        let probability = scores.probability
        var segment = observation(
            probability.comparator == nil ? "NM" : "SN", of: .components(["122157", "Probability", "DCM"]),
            group: "1.1")
        segment[5] =
            probability.comparator.map { .components([field($0), field(probability.text)]) } ?? field(probability.text)
        segment[6] = .components(["1", "no units", "UCUM"])
        segment[7] = field("below \(scores.lowerLimit.text) absent, above \(scores.upperLimit.text) present")
        segment[8] = field(decision == .positive ? "H" : nil)
        return segment
    }

    /// The spread as SN (HL7 v2.5.1 §2.A.71): number, separator, number.
    private func spread(_ spread: SpreadWords, _ peer: ResultMessageSettings) -> SegmentDraft {
        var segment = observation(
            "SN", of: local("probability-spread", "Probability: \(spread.witnesses)", peer), group: "1.5")
        segment[5] = .components([.empty, field(spread.lowerBound), "-", field(spread.upperBound)])
        segment[6] = .components(["1", "no units", "UCUM"])
        return segment
    }

    /// CE or CWE of a coding in FHIR's terms.
    func coded(_ coding: Coding) -> FieldDraft {
        .components([field(coding.code), field(coding.display), field(systemName(coding.system))])
    }

    private func local(_ code: String, _ words: String, _ peer: ResultMessageSettings) -> FieldDraft {
        .components([field(code), field(words), field(peer.localCodeSystem)])
    }

    /// The name of a coding system in table 0396; an order's own names, such as `L`, stay what they are.
    func systemName(_ system: String?) -> String? {
        switch system {
        case CodeSystem.loinc: "LN"
        case CodeSystem.snomed: "SCT"
        case CodeSystem.dicom: "DCM"
        case "http://www.radlex.org": "RADLEX"
        case "http://unitsofmeasure.org": "UCUM"
        default: system
        }
    }
}

extension Decision {
    /// OBX-8 (table 0078). `N` would call the image normal, which a model that looks for one finding cannot know, and
    /// the table of 2.5.1 has no word for "not decided"; `AA` is for a person to say.
    fileprivate var flag: String? { self == .positive ? "A" : nil }
}
