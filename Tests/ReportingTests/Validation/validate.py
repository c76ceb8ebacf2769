"""Validates FHIR R4 bundles with fhirkit (R4), fhir.resources (R4B), lxml, Pillow and our own table checks.

    validate.py FOLDER [STANDARDS]

FOLDER holds *.json; STANDARDS is the folder with elements.csv and valueset_codes.csv of FHIR R4 (optional).
Exit 0: every bundle passed. 1: problems, one a line. 77: a package is missing, nothing was validated.
"""

import base64
import csv
import io
import json
import pathlib
import sys

try:
    import fhirkit
    from fhir.resources.R4B.bundle import Bundle
    from lxml import etree
    from PIL import Image
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)

DANGLING = "nothing in the bundle"
XHTML = "{http://www.w3.org/1999/xhtml}"


def tables(folder):
    if folder is None or not (folder / "elements.csv").exists():
        print("SKIPPED: FHIR R4 element tables are not there; targets and bindings were not checked")
        return {}, {}
    elements = {row["path"]: row for row in csv.DictReader(open(folder / "elements.csv"))}
    codes = {}
    for row in csv.DictReader(open(folder / "valueset_codes.csv")):
        codes.setdefault(row["valueSet"], set()).add((row["system"], row["code"]))
    return elements, codes


def walk(value, path):
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, f"{path}.{key}")
    if isinstance(value, list):
        for child in value:
            yield from walk(child, path)


def empties(resource):
    for path, value in walk(resource, resource["resourceType"]):
        if value in ({}, [], None) or (isinstance(value, str) and not value.strip()):
            yield f"{path} is empty"


def choice(elements, path):
    """The row of `path`, also where the JSON name carries the type of a choice."""
    if path in elements:
        return elements[path]
    parent, _, name = path.rpartition(".")
    for end in range(len(name), 0, -1):
        row = elements.get(f"{parent}.{name[:end]}[x]")
        if row:
            return row
    return None


def target_type(reference, types_by_url):
    if reference.get("reference", "").startswith("urn:uuid:"):
        return types_by_url.get(reference["reference"], DANGLING)
    if "reference" in reference:
        return reference["reference"].split("/")[-2]
    return reference.get("type")


def targets(resource, elements, types_by_url):
    for path, value in walk(resource, resource["resourceType"]):
        row = choice(elements, path)
        if row is None or row["types"] != "Reference" or not isinstance(value, dict):
            continue
        found, allowed = target_type(value, types_by_url), row["targets"].split("|")
        fits = found is None or "Resource" in allowed or found in allowed
        if found == DANGLING or not fits:
            yield f"{path} points to {found}, allowed {allowed}"


def bindings(resource, elements, codes):
    for path, value in walk(resource, resource["resourceType"]):
        row = choice(elements, path)
        if row is None or row["binding"] not in ("required", "extensible") or not row["valueSet"]:
            continue
        known = codes.get(row["valueSet"].split("|")[0])
        if not known:
            continue
        if isinstance(value, str) and value not in {code for _, code in known}:
            yield f"{path}: {value} is not in {row['valueSet']}"
        codings = value.get("coding", []) if isinstance(value, dict) else []
        if codings and not any((c.get("system"), c.get("code")) in known for c in codings):
            yield f"{path}: no coding is in {row['valueSet']}"


def attachments(resource):
    for form in resource.get("presentedForm", []):
        data = base64.b64decode(form["data"], validate=True)
        if form["contentType"] == "image/png":
            image = Image.open(io.BytesIO(data))
            image.load()
            if image.format != "PNG" or image.mode not in ("RGB", "L"):
                yield f"presentedForm is {image.format} {image.mode}"
        else:
            data.decode("utf-8")


def narrative(resource):
    if "text" in resource:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(resource["text"]["div"].encode(), parser)
        if root.tag != XHTML + "div":
            yield f"{resource['resourceType']}.text.div has root {root.tag}"


def constraints(resource):
    """obs-6 and obs-7, which the two libraries need not know."""
    if resource["resourceType"] == "Observation":
        has_value = any(key.startswith("value") for key in resource)
        if has_value and "dataAbsentReason" in resource:
            yield "Observation: obs-6"
        own = {(c.get("system"), c.get("code")) for c in resource["code"]["coding"]}
        for component in resource.get("component", []):
            if own & {(c.get("system"), c.get("code")) for c in component["code"].get("coding", [])}:
                yield "Observation: obs-7"


def problems(text, elements, codes):
    bundle = json.loads(text)
    for issue in fhirkit.validate(bundle):
        yield f"fhirkit: {issue}"
    try:
        Bundle.model_validate_json(text)
    except Exception as error:  # pydantic reports every problem in one text
        yield f"fhir.resources: {error}"
    entries = bundle["entry"]
    types_by_url = {e["fullUrl"]: e["resource"]["resourceType"] for e in entries if "fullUrl" in e}
    for entry in entries:
        resource = entry["resource"]
        yield from empties(resource)
        yield from targets(resource, elements, types_by_url)
        yield from bindings(resource, elements, codes)
        yield from attachments(resource)
        yield from narrative(resource)
        yield from constraints(resource)


def main():
    elements, codes = tables(pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
    found = [f"{file.name}: {problem}" for file in files for problem in problems(file.read_bytes(), elements, codes)]
    for problem in found:
        print(problem)
    print(f"{len(files)} bundles, {len(found)} problems")
    sys.exit(1 if found or not files else 0)


main()
