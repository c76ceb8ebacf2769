"""Identifiers, each at one place only, so that one that is left names the place."""

import datetime
import random
from dataclasses import dataclass

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Planted:
    """`kind`: what it is (text, name, date, time, uid, number, bits, drawn); `tag` is the outermost place's attribute."""
    token: str
    case: str
    place: str
    kind: str
    tag: int = 0
    charset: str = "ascii"
    known: bool = False  # the patient's own identifier, which a proper attribute of the header names too

    def json(self) -> dict:
        return {"token": self.token, "case": self.case, "place": self.place, "kind": self.kind, "tag": f"{self.tag:08x}",
                "charset": self.charset, "known": self.known}


class Planter:
    """Makes identifiers and remembers where they were put."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.planted: list[Planted] = []
        self._used: set[str] = set()
        self.case = ""

    def _fresh(self, make) -> str:
        while True:
            token = make()
            if token not in self._used:
                self._used.add(token)
                return token

    def _note(self, token: str, place: str, kind: str, tag: int, **more) -> str:
        self.planted.append(Planted(token, self.case, place, kind, tag, **more))
        return token

    def text(self, place: str, tag: int = 0, length: int = 10, known: bool = False, kind: str = "text") -> str:
        """Capital letters that stand in no word and no code: ZQ and others."""
        token = self._fresh(lambda: "ZQ" + "".join(self.chance.choice(LETTERS) for _ in range(length - 2)))
        return self._note(token, place, kind, tag, known=known)

    def script(self, place: str, alphabet: str, charset: str, tag: int = 0, length: int = 6) -> str:
        token = self._fresh(lambda: "".join(self.chance.choice(alphabet) for _ in range(length)))
        return self._note(token, place, "text", tag, charset=charset)

    def date(self, place: str, tag: int = 0, known: bool = False) -> str:
        def make() -> str:
            day = datetime.date(1901, 1, 2) + datetime.timedelta(self.chance.randrange(45_000))
            return day.strftime("%Y%m%d")
        return self._note(self._fresh(make), place, "date", tag, known=known)

    def time(self, place: str, tag: int = 0) -> str:
        def make() -> str:
            return (f"{self.chance.randrange(1, 24):02d}{self.chance.randrange(60):02d}{self.chance.randrange(60):02d}"
                    f".{self.chance.randrange(100_000, 999_999)}")
        return self._note(self._fresh(make), place, "time", tag)

    def moment(self, place: str, tag: int = 0) -> str:
        date = self.date(place, tag)
        return f"{date}{self.chance.randrange(24):02d}{self.chance.randrange(60):02d}{self.chance.randrange(60):02d}.1+0100"

    def uid(self, place: str, tag: int = 0, root: str = "1.2.276.0.7230010.3.") -> str:
        """A UID of a hospital: a date and a number of a patient stand in it. The whole is looked for, and its end."""
        number = self._fresh(lambda: "8" + "".join(self.chance.choice("0123456789") for _ in range(13)))
        return root + self._note(number, place, "uid", tag)

    def number(self, place: str, tag: int = 0, digits: int = 8, known: bool = False) -> str:
        token = self._fresh(lambda: "7" + "".join(self.chance.choice("0123456789") for _ in range(digits - 1)))
        return self._note(token, place, "number", tag, known=known)
