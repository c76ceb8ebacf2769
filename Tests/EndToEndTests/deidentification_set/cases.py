"""What is planted where: one file for each case. A case says what may become of it."""

from dataclasses import dataclass

from .encoding import File
from .headers import CLASSES, Header
from .planting import Planter


@dataclass
class Case:
    """`passes`: the file must be written. Else it may be refused: why stands in `why`."""
    name: str
    file: File
    passes: bool = True
    why: str = ""
    path: str = ""  # where it lies in the folder that is read


class Maker:
    """Collects the cases."""

    def __init__(self, seed: int):
        self.planter = Planter(seed)
        self.cases: list[Case] = []

    def header(self, name: str, kind: str = "DX", modality: str | None = None) -> Header:
        self.planter.case = name
        return Header(self.planter, CLASSES[kind], modality or kind.split()[0])

    def add(self, name: str, file: File, passes: bool = True, why: str = "", path: str = ""):
        self.cases.append(Case(name, file, passes, why, path or f"{len(self.cases):03d}.dcm"))


def all_cases(seed: int) -> Maker:
    from . import cases_of_headers, cases_of_objects, cases_of_pixels
    maker = Maker(seed)
    for module in (cases_of_headers, cases_of_pixels, cases_of_objects):
        module.add(maker)
    return maker
