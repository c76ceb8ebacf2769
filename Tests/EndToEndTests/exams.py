"""Invented children and their examinations: one `Exam` is what HIS, RIS, archive and EHR know of one radiograph."""

import datetime
import itertools
import random
import uuid
from dataclasses import dataclass, field
from pathlib import Path

# Names that stand in no program, so that a grep for them can only find a leak.
FAMILIES = ["Quillwhistle", "Brambletorp", "Oxenfjord", "Zwetschgner", "Plumtrellis", "Varnhazel", "Ixworthy", "Kestrelmoor"]
GIVENS = ["Odalynde", "Tibbaldo", "Jorunnia", "Wendrik", "Aureliska", "Fenwicka", "Mortalix", "Saffrina"]

PATIENT_SYSTEM = "urn:oid:1.2.3.4.5.1"
PLACER_SYSTEM = "urn:oid:1.2.3.4.5.3"
FILLER_SYSTEM = "urn:oid:1.2.3.4.5.4"
HOSPITAL, HIS, RIS = "HOSP", "HIS", "RIS"


@dataclass
class Exam:
    serial: int
    patient_id: str
    family: str
    given: str
    birth_date: datetime.date
    sex: str
    placer: str
    filler: str
    accession: str
    procedure: str
    step: str
    study_uid: str
    series_uid: str
    instance_uid: str
    study_date: datetime.date
    image: Path | None = None  # None: drawn
    label: str | None = None
    references: dict[str, str] = field(default_factory=dict)  # resource type → "Type/id" in the EHR

    @property
    def age(self) -> int:
        return (self.study_date - self.birth_date).days // 365

    def secrets(self) -> list[str]:
        """Everything of this exam that may stand in no log, metric or file of the gateway."""
        return [self.patient_id, self.family, self.given, self.birth_date.strftime("%Y%m%d"), self.birth_date.isoformat(),
                self.placer, self.filler, self.accession, self.procedure, self.step, self.study_uid, self.series_uid,
                self.instance_uid]


class Registry:
    """Numbers exams through, so that no two share a key; the seed makes a run repeatable."""

    def __init__(self, seed: int, images: list[tuple[Path, str]]):
        self._random = random.Random(seed)
        self._serials = itertools.count(1)
        self._run = self._random.randrange(10_000, 99_999)
        self._images = images[:]
        self._random.shuffle(self._images)
        self.exams: list[Exam] = []

    def exam(self, age: int | None = None, **changes) -> Exam:
        serial = next(self._serials)
        chance = self._random
        today = datetime.datetime.now(datetime.timezone.utc).date()
        years = chance.randrange(1, 6) if age is None else age
        birth_date = today.replace(day=min(today.day, 28), year=today.year - years) - datetime.timedelta(chance.randrange(20, 300))
        image, label = self._images[serial % len(self._images)] if self._images else (None, None)
        number = f"{self._run}{serial:04d}"
        values = dict(
            serial=serial, patient_id=f"QX{number}", family=chance.choice(FAMILIES) + chr(97 + serial % 26),
            given=chance.choice(GIVENS), birth_date=birth_date, sex=chance.choice("MF"), placer=f"PLC{number}",
            filler=f"FLR{number}", accession=f"ACN{number}", procedure=f"RPX{number}", step=f"SPX{number}",
            study_uid=self.uid(), series_uid=self.uid(), instance_uid=self.uid(), study_date=today,
            image=image, label=label)
        exam = Exam(**(values | changes))
        self.exams.append(exam)
        return exam

    def several(self, count: int, **changes) -> list[Exam]:
        return [self.exam(**changes) for _ in range(count)]

    def uid(self) -> str:
        return f"2.25.{uuid.UUID(int=self._random.getrandbits(128), version=4).int}"
