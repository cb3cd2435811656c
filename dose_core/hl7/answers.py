"""
What a receiver answers to a message of ours.

Source: HL7 v2.5.1, 2.9.2 and 2.9.3 (what each code of table 0008 asks of the sender), 2.15.5 (ERR), 2.15.8 (MSA),
table 0357; before 2.5 ERR-1 holds the error, as subcomponents.
"""

import re
from dataclasses import dataclass
from enum import Enum

_CONDITIONS = {
    "100": "segment sequence error",
    "101": "required field missing",
    "102": "data type error",
    "103": "table value not found",
    "200": "unsupported message type",
    "201": "unsupported event code",
    "202": "unsupported processing id",
    "203": "unsupported version id",
    "204": "unknown key identifier",
    "205": "duplicate key identifier",
    "206": "application record locked",
    "207": "application internal error",
}
_LONGEST_TEXT = 2000  # ours: a person reads it
_STRAY = "\ufeff \t\r\n\x00"


class Verdict(Enum):
    """What an answer asks of us."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # the content is wrong: the same message would be refused again
    LATER = "later"  # send it once more


# Original and enhanced mode. One who is asked for no accept acknowledgement and sends one all the same means the same.
_VERDICTS = {
    "AA": Verdict.ACCEPTED,
    "CA": Verdict.ACCEPTED,
    "AE": Verdict.REFUSED,
    "CE": Verdict.REFUSED,
    "AR": Verdict.LATER,
    "CR": Verdict.LATER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    An acknowledgement.

    ``control_id`` is MSA-2, empty if the receiver could not read ours. ``text`` is what the receiver says, and may name
    a patient; ``problem`` says it by codes alone.
    """

    verdict: Verdict
    control_id: str
    problem: str
    text: str


def read_answer(raw: bytes) -> Answer | None:
    """Return what an acknowledgement says, ``None`` if it is none that can be read."""
    lines = [line for line in re.split(r"[\r\n]+", raw.decode("utf-8", "replace").strip(_STRAY)) if line]
    if not lines or not re.match(r"MSH[^\w\s]", lines[0]):
        return None
    field, component = lines[0][3], lines[0][4:5] or "^"
    segments = [line.split(field) for line in lines]
    msa = next((segment for segment in segments if segment[0] == "MSA"), [])
    code = _at(msa, 1)
    if code not in _VERDICTS:
        return None
    errors = [segment for segment in segments if segment[0] == "ERR"]
    condition = next((found for error in errors if (found := _condition(error, component))), "")
    said = [_at(msa, 3), *(_at(error, place) for error in errors for place in (8, 7, 3, 1))]
    return Answer(
        verdict=_VERDICTS[code],
        control_id=_at(msa, 2),
        problem=f"{code} {condition}: {_CONDITIONS[condition]}" if condition else code,
        text="; ".join(dict.fromkeys(filter(None, said)))[:_LONGEST_TEXT],
    )


def _at(segment: list[str], place: int) -> str:
    return segment[place].strip() if place < len(segment) else ""


def _condition(error: list[str], component: str) -> str:
    """Return the condition of table 0357 that an ERR names, by its code alone."""
    of_2_5 = _at(error, 3).split(component)[0]
    parts = _at(error, 1).split(component)
    of_before = re.split(r"\W", parts[3])[0] if len(parts) > 3 else ""  # noqa: PLR2004  ELD-4
    return next((code for code in (of_2_5, of_before) if code in _CONDITIONS), "")
