"""
The anatomical region of an exam, from what its events name.

Source: PS3.16, TID 10003 and 10013 (Target Region), Annex L (Body Part Examined); ``region_codes`` for the tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dose_core.ledger.region import Region
from dose_core.ledger.region_codes import CODES, WORDS
from dose_core.model import Code

_Parts = frozenset[Region]

# PS3.16, 8.1: retired designators of the SNOMED RT codes.
_SRT_DESIGNATORS = ("SRT", "SNM3", "99SDM")

_REGIONS_OF_PARTS: dict[_Parts, Region] = {
    frozenset((Region.HEAD, Region.NECK)): Region.HEAD_AND_NECK,
    frozenset((Region.ABDOMEN, Region.PELVIS)): Region.ABDOMEN_AND_PELVIS,
    frozenset((Region.CHEST, Region.ABDOMEN, Region.PELVIS)): Region.CHEST_ABDOMEN_AND_PELVIS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStated:
    """
    What one event says of where it irradiated.

    ``is_projection`` tells that one field of X-rays did it: such a field holds no whole body, and devices
    that write "Entire body" there mean that nobody chose a region (Siemens Artis and Fluorospot).
    """

    target_region: Code | None = None
    anatomy: Code | None = None
    body_part: str | None = None  # (0018,0015) as stated
    is_projection: bool = False


MAMMOGRAPHY = RegionStated(body_part="BREAST")  # the events of a mammography name no region: it is always this one


def region_of(stated: Iterable[RegionStated]) -> Region | None:
    """
    Return the region that the events of an exam irradiated together, ``None`` if none of them names one.

    Events that name none do not matter beside those that do. "Entire body" counts only if no event names less,
    since scanners write it for the localizer of any exam. The heart is part of the chest.
    """
    parts = frozenset(part for one in stated for part in parts_of(one))
    if len(parts) > 1:
        parts -= {Region.WHOLE_BODY}
    if Region.CHEST in parts:
        parts -= {Region.HEART}
    if len(parts) <= 1:
        return next(iter(parts), None)
    return _REGIONS_OF_PARTS.get(parts, Region.SEVERAL)


def parts_of(stated: RegionStated) -> frozenset[Region]:
    """Return the parts of the body that an event names: by its target region, else by anatomy, else by body part."""
    for code in (stated.target_region, stated.anatomy):
        parts = _of_code(code)
        if parts and not (stated.is_projection and parts == {Region.WHOLE_BODY}):
            return parts
    return _OF_WORD.get(_letters(stated.body_part or ""), frozenset())


def _of_code(code: Code | None) -> _Parts:
    if code is None:
        return frozenset()
    scheme = "SRT" if code.scheme in _SRT_DESIGNATORS else code.scheme
    return _OF_CODE.get((code.value, scheme), frozenset())


def _letters(text: str) -> str:
    """Return a body part as it is compared: ``C-SPINE`` and ``CHEST_ABDOMEN`` are written as well."""
    return "".join(letter for letter in text.upper() if letter.isalpha())


def _code_table() -> dict[tuple[str, str], _Parts]:
    table: dict[tuple[str, str], _Parts] = {}
    for parts, rows in CODES:
        for row in rows.replace("\n", ";").split(";"):
            sct, _, rest = row.strip().partition(" ")
            srt = rest.partition(" ")[0]
            table |= {
                (value, scheme): frozenset(parts) for value, scheme in ((sct, "SCT"), (srt, "SRT")) if len(value) > 1
            }
    return table


_OF_CODE = _code_table()
_OF_WORD: dict[str, _Parts] = {word: frozenset(parts) for parts, words in WORDS for word in words.split()}
