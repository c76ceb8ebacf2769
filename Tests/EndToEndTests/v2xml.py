"""v2.xml made by lxml from what hl7apy reads: groups, fields and data types carry hl7apy's names of them.

    python v2xml.py ../HL7v2Tests/Vectors/omi-hl7apy.hl7 > ../HL7v2Tests/Vectors/omi-lxml.xml
"""

import re
import sys

from hl7apy.parser import parse_message
from lxml import etree

NAMESPACE = "urn:hl7-org:v2xml"
DELIMITERS = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\"}
ESCAPE = re.compile(r"\\([^\\]*)\\")


def document(message: bytes) -> bytes:
    """One message with the usual delimiters, of a structure that hl7apy knows."""
    read = parse_message(message.decode().replace("\n", "\r"), find_groups=True)
    root = etree.Element(f"{{{NAMESPACE}}}{read.name}", nsmap={None: NAMESPACE})
    for child in read.children:
        _element(root, child, read.name)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _element(parent, node, structure: str):
    if node.classname == "Group":
        group = etree.SubElement(parent, f"{{{NAMESPACE}}}{structure}.{node.name.removeprefix(structure + '_')}")
        for child in node.children:
            _element(group, child, structure)
    elif node.classname == "Segment":
        segment = etree.SubElement(parent, f"{{{NAMESPACE}}}{node.name}")
        for field in node.children:
            _field(segment, field)


def _field(parent, field):
    number = field.name.rpartition("_")[2]
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{parent.tag.partition('}')[2]}.{number}")
    if element.tag.endswith(("}MSH.1", "}MSH.2")):
        element.text = field.value if isinstance(field.value, str) else field.value.value
    else:
        _parts(element, field)


def _parts(element, node):
    """Components of a field or sub-components of a component; a part without a number is the text itself."""
    parts = [part for part in getattr(node, "children", []) if re.search(r"_\d+$", part.name or "")]
    if not parts:
        _text(element, node.to_er7())
    for part in parts:
        kind, _, number = part.name.rpartition("_")
        _parts(etree.SubElement(element, f"{{{NAMESPACE}}}{kind}.{number}"), part)


def _text(element, text: str):
    """Text with its escape sequences: those of delimiters become characters, the others `escape` elements."""
    last, end = None, 0

    def add(part: str):
        if last is None:
            element.text = (element.text or "") + part
        else:
            last.tail = (last.tail or "") + part
    for match in ESCAPE.finditer(text):
        add(text[end:match.start()])
        end = match.end()
        if match[1] in DELIMITERS:
            add(DELIMITERS[match[1]])
        else:
            last = etree.SubElement(element, f"{{{NAMESPACE}}}escape", V=match[1])
    add(text[end:])


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        sys.stdout.buffer.write(document(file.read()))
