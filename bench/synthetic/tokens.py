"""
What differs from exam to exam, and how a text of a template becomes the text of an exam.

A token is a piece of text that stands for the template alone: its UIDs, ids, person, times and doses. A text is cut at
its tokens once; for an exam the pieces are joined again with the exam's own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bench.ct_reports import ROOT
from bench.synthetic.studies import ACCESSION_NUMBER, BEGUN, BIRTH_DATE, PATIENT_ID, PATIENT_NAME

_DAY = f"{BEGUN:%Y-%m-%d}"
_COMPACT_DAY = _DAY.replace("-", "")
_TIMES = re.compile(rf"{_DAY}(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?|{_COMPACT_DAY}(?:\d{{6}}(?:\.\d+)?)?(?!\d)")


@dataclass(slots=True, kw_only=True)
class Given:
    """One exam to be written: its number, its person, when it was, and what its doses are multiplied by."""

    number: int
    person: int
    person_ids: tuple[bytes, bytes]  # whose it is, and somebody else
    shift: timedelta
    shift_us: int
    factor: int
    ids: list[bytes]
    key: bytes
    tokens: list[bytes] = field(default_factory=list)


Maker = Callable[[Given], bytes]


class Tokens:
    """The tokens of one template, in the order in which ``Given.tokens`` holds an exam's own."""

    def __init__(
        self,
        *,
        root: str | None,
        persons: dict[str, int],
        ids: Iterable[str],
        doses: Iterable[float],
        texts: Iterable[str],
    ) -> None:
        self.persons = persons
        self.ids = {text: number for number, text in enumerate(ids)}
        self.doses = frozenset(doses)
        makers: dict[str, Maker] = ({root: _root} if root else {}) | _PERSON
        makers |= {text: _id(number) for text, number in self.ids.items()}
        makers |= {text: _time(text) for text in {found for text in texts for found in _TIMES.findall(text)}}
        numbers = {repr(dose): _dose(dose) for dose in self.doses}
        self.makers = [*makers.values(), *numbers.values()]
        self._index = {text.encode(): number for number, text in enumerate((*makers, *numbers))}
        whole = [re.escape(text) for text in sorted(makers, key=len, reverse=True)]
        apart = [rf"(?<![\d.]){re.escape(text)}(?![\d.])" for text in numbers]
        self._pattern = re.compile("|".join((*whole, *apart)).encode())

    def fill(self, given: Given) -> None:
        """Set the exam's own tokens."""
        given.tokens = [maker(given) for maker in self.makers]

    def cut(self, text: bytes) -> "Text":
        """Return a text cut at its tokens."""
        pieces: list[bytes | int] = []
        last = 0
        for found in self._pattern.finditer(text):
            pieces += [text[last : found.start()], self._index[found[0]]]
            last = found.end()
        return Text([*pieces, text[last:]])


class Text:
    """A text of a template: what stays, and the numbers of the tokens between."""

    def __init__(self, pieces: list[bytes | int]) -> None:
        self._pieces = pieces
        self.is_fixed = len(pieces) == 1

    def of(self, given: Given) -> bytes:
        """Return the text of an exam."""
        tokens = given.tokens
        return b"".join([tokens[piece] if type(piece) is int else piece for piece in self._pieces])  # type: ignore[misc]  # either is bytes


def birth_date_of(person: int) -> date:
    """Return when a person was born."""
    return date(1930, 1, 1) + timedelta(days=person * 7919 % 32_000)


def _root(given: Given) -> bytes:
    return b"%s.8.%d.%012d" % (ROOT.encode(), given.number, given.number * 7_368_787 % 10**12)


_PERSON: dict[str, Maker] = {
    PATIENT_ID: lambda given: b"INV-%09d" % given.person,
    PATIENT_NAME: lambda given: b"Invented^Somebody %09d" % given.person,
    BIRTH_DATE: lambda given: birth_date_of(given.person).isoformat().encode(),
    BIRTH_DATE.replace("-", ""): lambda given: birth_date_of(given.person).isoformat().replace("-", "").encode(),
    ACCESSION_NUMBER: lambda given: b"A%09d" % given.number,
}


def _id(number: int) -> Maker:
    def text(given: Given) -> bytes:
        digits = given.ids[number].hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}".encode()

    return text


def _dose(dose: float) -> Maker:
    decimals = len(repr(dose).partition(".")[2])
    return lambda given: repr(round(dose * given.factor, decimals)).encode()


def _time(text: str) -> Maker:
    """Return what moves a time to the exam's, in the form in which it stands."""
    digits, point, fraction = text.partition(".")
    form = "%Y-%m-%dT%H:%M:%S" if "-" in digits else "%Y%m%d%H%M%S"
    form = form if len(digits) > len(_DAY) else form[: form.index("d") + 1]
    stated = datetime.strptime(digits, form)  # noqa: DTZ007 - as local as the text
    suffix = point + fraction
    return lambda given: ((stated + given.shift).strftime(form) + suffix).encode()
