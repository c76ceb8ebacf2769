"""What a report must be, checked by readers that are not ours."""

import base64
import io
import re

import fhirkit
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.observation import Observation
from lxml import etree
from PIL import Image

DERIVED_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MODELS = {"DiagnosticReport": DiagnosticReport, "Observation": Observation}


def check_structure(resource: dict):
    """Structure, dates and cardinality by fhirkit-rs and by fhir.resources; the narrative by libxml2."""
    problems = fhirkit.validate({key: value for key, value in resource.items() if key != "meta"})
    assert not problems, [str(problem) for problem in problems]
    if resource["resourceType"] in MODELS:
        MODELS[resource["resourceType"]].model_validate(resource)
    if "text" in resource:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(resource["text"]["div"], parser)
        assert root.tag == "{http://www.w3.org/1999/xhtml}div"


def words(report: dict) -> str:
    """What a person reads: conclusion and narrative, in lower case."""
    narrative = report.get("text", {}).get("div", "")
    return f"{report.get('conclusion', '')} {narrative}".lower()


def check_labels(report: dict):
    """Promise 8: preliminary, AI-generated, not for clinical use, whatever the answer is."""
    assert report["status"] in ("preliminary", "partial")
    text = words(report)
    assert "not for clinical use" in text
    assert "ai" in re.findall(r"[a-z]+", text) or "artificial intelligence" in text
    assert "preliminary" in text
    assert not any(performer.get("reference", "").startswith("Device/") for performer in report.get("performer", []))


def is_refusal(observations: list[dict]) -> bool:
    """No value and a reason why; never a number."""
    refused = [observation for observation in observations if "dataAbsentReason" in observation]
    for observation in refused:
        assert not any(key.startswith("value") for key in observation)
        assert not any("valueQuantity" in component for component in observation.get("component", []))
    return bool(refused)


def pictures(report: dict) -> list[Image.Image]:
    """The PNGs of `presentedForm`, decoded."""
    return [Image.open(io.BytesIO(base64.b64decode(form["data"])))
            for form in report.get("presentedForm", []) if form.get("contentType") == "image/png"]


def check(hospital, exam, report: dict) -> list[dict]:
    """The whole report of one exam; returns its observations."""
    check_structure(report)
    check_labels(report)
    assert report["subject"]["reference"] == exam.references["Patient"]
    observations = hospital.observations(report)
    assert observations, "a report without an observation says nothing"
    for observation in observations:
        check_structure(observation)
        assert observation["subject"]["reference"] == exam.references["Patient"]
        assert observation["status"] == "preliminary"
    if is_refusal(observations):
        assert "not a negative result" in words(report)
        assert not pictures(report)
    else:
        assert all(picture.width >= 64 and picture.height >= 64 for picture in pictures(report))
    return observations
