"""The private elements that research profiles keep (PS3.15 E.3.10) are what the list says they are.

Known to two dictionaries that none of us wrote: pydicom's (from GDCM's) and DCMTK's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydicom._private_dict import private_dictionaries

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings" / "deidentification"
DCMTK = [*Path("/usr/share").glob("libdcmtk*/private.dic"), *Path("/usr/share").glob("dcmtk*/private.dic")]
LINE = re.compile(r'^\(([0-9a-fA-F]{4}),"([^"]+)",([0-9a-fA-F]{2})\)\s+(\S+)\s+(\S+)', re.MULTILINE)

# What each element is, as makers' conformance statements and readers of their files agree (dcm2niix, SPM, dicomifier).
MEANINGS = {
    ("0019", "SIEMENS MR HEADER", "0C"): "b[ _-]?value",
    ("0019", "SIEMENS MR HEADER", "0E"): "diffusion ?gradient ?direction",
    ("0019", "SIEMENS MR HEADER", "27"): "b[ _-]?matrix",
    ("0043", "GEMS_PARM_01", "39"): "slop",  # "slope integers 6 to 9", of which the first became the b-value
    ("2001", "Philips Imaging DD 001", "03"): "diffusion ?b-?factor",
    ("2005", "Philips MR Imaging DD 001", "0D"): None,  # in the dictionary without a name: MR scale intercept
    ("2005", "Philips MR Imaging DD 001", "0E"): None,  # and scale slope
    ("7053", "Philips PET Private Group", "00"): "suv",
    ("7053", "Philips PET Private Group", "09"): "activity ?concentration",
}


def listed() -> set[tuple[str, str, str, str]]:
    entries = set()
    for path in sorted(MAPPINGS.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text()).get("private", []):
            entries.add((entry["group"], entry["creator"], entry["element"], entry["vr"]))
    return entries


def known(group: str, creator: str, element: str) -> list[tuple[str, str]]:
    """VR and name, as dictionaries have them."""
    found = [(entry[0], entry[2]) for key, entry in private_dictionaries.get(creator, {}).items()
             if key.lower() == f"{group}xx{element}".lower()]
    for path in DCMTK:
        found += [(vr, name) for g, c, e, vr, name in LINE.findall(path.read_text(errors="replace"))
                  if (g.lower(), c, e.lower()) == (group.lower(), creator, element.lower())]
    return found


def test_every_entry_is_in_a_dictionary_under_its_creator_with_its_vr_and_meaning():
    entries = listed()
    assert {entry[:3] for entry in entries} == set(MEANINGS)
    for group, creator, element, vr in sorted(entries):
        names = known(group, creator, element)
        print(f"({group},{element}) {creator}: {vr}, {names}")
        assert names, "no dictionary knows it"
        assert all(other == vr for other, _ in names)
        meaning = MEANINGS[group, creator, element]
        assert meaning is None or all(re.search(meaning, name, re.IGNORECASE) for _, name in names)


def test_no_listed_element_is_text():
    # Names, times and free text of any kind are never safe by their place alone.
    assert {entry[3] for entry in listed()} <= {"IS", "DS", "FL", "FD", "US", "SS", "UL", "SL", "CS"}


@pytest.mark.skipif(not DCMTK, reason="SKIPPED LOUDLY: no private.dic of DCMTK on this machine")
def test_dcmtk_has_a_dictionary_of_its_own():
    assert known("2001", "Philips Imaging DD 001", "03")[1:] == [("FL", "DiffusionBFactor")]
