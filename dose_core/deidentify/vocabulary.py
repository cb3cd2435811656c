"""
Codes that mean the same everywhere: those of the DICOM standard's dictionaries and of our tables.

A code of another scheme, or one that these schemes do not have, may be anything, a name as well. Of a code that is
known only value and scheme are taken; its meaning is that of the dictionary.

Source: PS3.16, Annexes B, D and O, as pydicom's dictionary prints them.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import cast

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from dose_core import units
from dose_core.deidentify.profile import item_names
from dose_core.deidentify.raw import ascii_of, items_of
from dose_core.model import Code
from dose_core.readers import registry  # noqa: F401  loads all readers, and each makes its codes known
from dose_core.readers.sr.codes import is_known, key_of
from dose_core.writers.templates import ROWS

UNKNOWN = Code(value="261665006", scheme="SCT", meaning="Unknown")
_UCUM = "UCUM"
_LANGUAGE_SCHEMES = frozenset({"RFC5646", "RFC3066"})  # PS3.16, CID 5000
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
# scheme -> keyword -> value -> meaning and context groups; pydicom does not say its types
_DICTIONARY = cast("dict[str, dict[str, dict[str, tuple[str, list[int]]]]]", concepts)
_RETIRED = frozenset({"SRT", "SNM3", "99SDM"})  # of SNOMED RT codes, PS3.16, 8.1
_UNITS = (
    units.MGY,
    units.MGY_CM,
    units.GY_CM2,
    units.MSV,
    units.MBQ,
    units.ML,
    units.MM,
    units.CM,
    units.CM2,
    units.KG,
    units.S,
    units.MS,
    units.KV,
    units.MA,
    units.MAS,
    units.DEG,
    units.PER_S,
    units.RATIO,
    units.NEWTON,
    units.KPA,
    units.PERCENT,
)


def stated_code(dataset: Dataset, keyword: str) -> Code | None:
    """Return the first item of a code sequence, if it has value and scheme."""
    for item in items_of(dataset, keyword)[:1]:
        value = ascii_of(item, "CodeValue") or ascii_of(item, "LongCodeValue")
        scheme = ascii_of(item, "CodingSchemeDesignator")
        if value and scheme:
            return Code(value=value, scheme=scheme, meaning=ascii_of(item, "CodeMeaning"))
    return None


def known_code(stated: Code | None) -> Code | None:
    """Return a code with a meaning of the dictionary, in the scheme that stated it; ``None`` if it is not known."""
    if stated is None:
        return None
    meanings = _meanings().get(modern_key(stated), ())
    if not meanings and not _is_listed(stated):
        return None
    # The same code is a heart here and a structure of the body there: what was stated is kept if the dictionary has it.
    meaning = stated.meaning if stated.meaning in meanings else next(iter(meanings), stated.value)
    return Code(value=stated.value, scheme=stated.scheme, meaning=meaning)


def modern_key(code: Code) -> tuple[str, str]:
    """Return value and scheme of a code; of one from before SNOMED CT those of today."""
    modern = mapping["SRT"].get(code.value) if code.scheme in _RETIRED else None
    return (modern, "SCT") if modern else (code.value, code.scheme)


def known_unit(stated: Code | None) -> Code | None:
    """Return a unit of the standard, or a spelling of devices that our table of units knows; ``None`` of another."""
    if stated is None:
        return None
    meanings = _meanings().get((stated.value, _UCUM), ())
    if not meanings and all(units.factor(from_=stated.value, to=one) is None for one in _UNITS):
        return None
    return Code(value=stated.value, scheme=_UCUM, meaning=next(iter(meanings), stated.value))


def code_sequence(code: Code) -> Sequence:
    """Return the sequence that holds a code."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme
    item.CodeMeaning = code.meaning or code.value
    return Sequence([item])


def _is_listed(code: Code) -> bool:
    """Tell if a code without a meaning in the dictionary is one of SNOMED RT, one that we read, or a language."""
    if code.scheme in _LANGUAGE_SCHEMES:
        return _LANGUAGE.fullmatch(code.value) is not None
    return (code.scheme in _RETIRED and code.value in mapping["SRT"]) or is_known(key_of(code))


@cache
def _meanings() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the meanings by value and scheme, that of most context groups first."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for scheme, names in _DICTIONARY.items():
        for by_value in names.values():
            for value, (meaning, groups) in by_value.items():
                found.setdefault((value, scheme), []).append((-len(groups), meaning))
    meanings = {key: tuple(meaning for _, meaning in sorted(several)) for key, several in found.items()}
    for row in ROWS:
        if row.concept:
            meanings.setdefault((row.concept.value, row.concept.scheme), (row.concept.meaning or row.concept.value,))
        if row.unit:
            meanings.setdefault((row.unit, _UCUM), (row.unit,))
    return {key: (meaning,) for key, meaning in item_names().items()} | meanings
