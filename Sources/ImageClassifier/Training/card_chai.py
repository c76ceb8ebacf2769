"""The model card as XML after the Applied Model Card of the Coalition for Health AI, version 0.2 of its schema.

Python standard library only. The schema itself is not part of this repository (its licence is its own)."""

import json
import xml.etree.ElementTree as ET

import card_text

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"


def element(parent, name, text=None):
    child = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        child.text = text
    return child


def metric(parent, name, goal, results, interpretation, kind, data, process):
    section = element(parent, name)
    element(section, "MetricGoal", goal)
    list_ = element(section, "Results")
    for label, value in results:
        one = element(list_, "MetricResult")
        element(one, "Label", label)
        element(one, "ValueJson", json.dumps(value, ensure_ascii=False, sort_keys=True))
    for tag, words in (("Interpretation", interpretation), ("TestType", kind), ("TestingDataDescription", data),
                       ("ValidationProcessAndJustification", process)):
        element(section, tag, words)


def xml(data) -> str:
    ET.register_namespace("mc", NAMESPACE)
    description, network, product = data["description"], data["network"], data["test"]
    root = ET.Element(f"{{{NAMESPACE}}}AppliedModelCard")

    def section(name, entries):
        part = element(root, name)
        for tag, words in entries:
            element(part, tag, words)
        return part
    section("BasicInfo", [("ModelName", f"{description['id']}: {description['title']}"),
                          ("ModelDeveloper", "imaging-gateway project"), ("DeveloperContact", "see SECURITY.md of the project")])
    section("ReleaseInfo", [("ReleaseStage", "Demonstration; not for clinical use"),
                            ("ReleaseDate", "the date of the commit that holds this file"),
                            ("ReleaseVersion", description["version"]),
                            ("GlobalAvailability", "open source; approved nowhere"),
                            ("RegulatoryApproval", "none: not a medical device")])
    summary = section("ModelSummary", [("Summary", "Pneumonia or not, on one frontal chest radiograph of a child aged 1 to 5. "
                                        "Weights SHA-256 " + data["weightsSHA256"])])
    keywords = element(summary, "Keywords")
    for word in ("chest radiograph", "children", "pneumonia", "demonstration"):
        element(keywords, "Keyword", word)
    section("UsesAndDirections", [
        ("IntendedUseAndWorkflow", "Demonstration of an order-to-report workflow; a person looks at the picture anyway"),
        ("PrimaryIntendedUsers", "Integrators, physicists, testers"),
        ("HowToUse", "docs/operate/quickstart.md, docs/integrate/local-validation.md"),
        ("TargetedPatientPopulation", "Children aged 1 to 5, frontal chest radiographs (CR, DX; AP, PA)"),
        ("CautionedOutOfScopeSettings", "Clinical use; adults and other ages; other views and body parts; any finding but "
                                        "pneumonia; screening")])
    section("Warnings", [
        ("KnownRisksAndLimitations", "One hospital, one country; specificity falls where normals come from other sources; "
                                     "sharpness and compression carry information about the class; a negative is not normal"),
        ("KnownBiasesOrEthicalConsiderations", "Ages and sexes of the training images are not known; nothing can be said of "
                                               "such subgroups"),
        ("ClinicalRiskLevel", "not assessed: not for clinical use")])
    trust = element(root, "TrustIngredients")
    part = element(trust, "AISystemFacts")
    facts = dict(card_text.facts(data))
    for tag, words in (
            ("OutcomesAndOutputs", facts["Output"]), ("ModelType", facts["Network"]), ("FoundationModels", "none"),
            ("InputDataSource", "DICOM CR or DX image, de-identified (PS3.15)"),
            ("OutputAndInputDataTypes", "image in; probability, decision, spread, map or refusal out"),
            ("DevelopmentDataCharacterization", "Kermany, Zhang, Goldbaum, DOI 10.17632/rscbjbr9sj, CC BY 4.0; digest "
             + str(data["metadata"].get("training.dataHash"))),
            ("BiasMitigationApproaches", "augmentation of sharpness, compression and framing; recipes chosen by leaving one "
                                         "source of normals out; refusal of what does not resemble the training"),
            ("OngoingMaintenance", "`imaging-gateway model evaluate` for local validation and drift; shadow mode"),
            ("Security", "weights pinned by SHA-256; docs/comply/threats.md"),
            ("Transparency", "code, training, figures and failures are open")):
        element(part, tag, words)
    part = element(trust, "TransparencyInformation")
    for tag, words in (("FundingSource", "none stated"), ("ThirdPartyInformation", description["attribution"]),
                       ("StakeholdersConsulted", "none")):
        element(part, tag, words)
    metrics = element(root, "KeyMetrics")
    images = (f"{network['counts']['files']} images of {network['counts']['patients']} patient groups, "
              f"{network['counts']['positives']} pneumonia, {network['counts']['negatives']} normal")
    process = "official test part, never used for a choice; 95 % intervals by drawing patients; `make model-card`"
    metric(metrics, "UsefulnessUsabilityEfficacy", "; ".join(f"{n} {a}" for n, a, *_ in card_text.aims(data)),
           sorted(network["figures"].items()),
           "; ".join(f"{n}: {f}, {'met' if m else 'missed'}" for n, _, f, _, m in card_text.aims(data)),
           "retrospective, one data set", images, process)
    metric(metrics, "FairnessEquity", "no subgroup far below the others",
           [(f"{s['column']} {s['value']}", {k: s[k] for k in ("files", "auc", "sensitivity", "specificity") if k in s})
            for s in network["subgroups"]],
           "Kinds of pneumonia and sources of normals only; ages and sexes are not known", "retrospective, one data set",
           images, process)
    metric(metrics, "SafetyReliability", "what is out of scope is refused; errors with certainty are rare",
           [("scored", product["counts"]["scored"]), ("refused", product["counts"]["refused"])]
           + [(name, product["figures"][name]) for name in ("positivesCalledNegative", "negativesCalledPositive", "decided")
              if name in product["figures"]]
           + [(f"refusal {r['code']}", r["count"]) for r in product["refusals"]]
           + ([("gate", data["gate"])] if data.get("gate") else []),
           "A refusal is never a negative", "retrospective, one data set", images, process)
    section("Resources", [("EvaluationReferences", "docs/comply/model-card.md"),
                          ("PeerReviewedPublications", "none on this model; data: Cell 172(5), 2018, DOI 10.1016/j.cell.2018.02.010"),
                          ("PatientConsentOrDisclosure", "public data set; see its publication")])
    element(root, "Bibliography", description["attribution"])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
