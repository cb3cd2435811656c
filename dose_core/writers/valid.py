"""Whether values can stand in a DICOM object, asked before one is written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import isfinite

from pydicom.config import IGNORE, RAISE
from pydicom.datadict import dictionary_VR
from pydicom.sr._snomed_dict import mapping as snomed_mapping  # what pydicom compares its own codes by
from pydicom.uid import UID
from pydicom.valuerep import validate_value

from dose_core.model import Code
from dose_core.writers.source_study import KEYWORDS, SourceStudy
from dose_core.writers.templates.values import modern

_MAX_CODE_MEANING = 64  # (0008,0104) is LO
_SNOMED_RT = frozenset({"SRT", "SNM3", "99SDM"})  # PS3.16, 8.1: designators of retired codes
_MAX_SCHEME = 16  # (0008,0102) is SH
_OFFSET = re.compile(r"[+-](0\d|1[0-4])[0-5]\d")  # &ZZXX, -1200 to +1400 (PS3.3, C.12.1.1.8)


def source_problems(study_instance_uid: str, source: SourceStudy) -> Iterator[str]:
    """Yield what keeps the header values of a study from being repeated in a report on it."""
    if source.study_instance_uid != study_instance_uid:
        yield "a header of the same study"
    for name, keyword in KEYWORDS.items():
        value = getattr(source, name)
        if value is not None and not _is_valid(keyword, value):
            yield f"a valid {keyword}"


def is_dose(value: float | None) -> bool:
    """Test if a value can be a dose: stated, finite and not below zero."""
    return value is not None and isfinite(value) and value >= 0


def is_uid(value: str) -> bool:
    """Test a UID by PS3.5, 9.1: at most 64 characters, no component with a leading zero."""
    return UID(value, IGNORE).is_valid  # pydicom would else log what it finds odd


def is_person_name(value: str) -> bool:
    """Test if a text can stand as a name of a person (PN, PS3.5, 6.2)."""
    return _is_valid("PersonName", value)


def _is_valid(keyword: str, value: str) -> bool:
    vr = dictionary_VR(keyword)
    # Each of them has one value (PS3.6), and no VR of theirs allows control characters but ESC (PS3.5, 6.1.3).
    if any(sign == "\\" or unicodedata.category(sign) == "Cc" for sign in value):
        return False
    try:
        validate_value(vr, value, RAISE)
    except ValueError:
        return False
    if keyword == "TimezoneOffsetFromUTC":
        return _OFFSET.fullmatch(value) is not None
    return vr != "UI" or is_uid(value)


def is_finite(values: object) -> bool:
    """Test if all numbers in the fields of a dataclass, also those in tuples and dataclasses there, are finite."""
    if isinstance(values, float):
        return isfinite(values)
    if isinstance(values, tuple):
        return all(map(is_finite, values))
    if is_dataclass(values) and not isinstance(values, type):
        return all(is_finite(getattr(values, field.name)) for field in fields(values))
    return True


def shown(text: str | None) -> str | None:
    """Return a text if a display can show anything of it."""
    if text is None or all(unicodedata.category(sign)[0] in "CZ" for sign in text):
        return None
    return text


def _of_snomed_rt(stated: Code) -> str | None:
    """Return the SNOMED CT code of a SNOMED RT code, such as one of an organ: no group of those is in our table."""
    return snomed_mapping["SRT"].get(stated.value) if stated.scheme in _SNOMED_RT else None


def writable(stated: Code | None) -> Code | None:
    """Return a code as today's standard has it, ``None`` if none is stated or no coded entry can hold it."""
    if stated is None or not stated.value.strip() or not 0 < len(stated.scheme) <= _MAX_SCHEME:
        return None
    value = modern().get((stated.value, stated.scheme)) or _of_snomed_rt(stated)
    code = Code(value=value, scheme="SCT", meaning=stated.meaning) if value else stated
    words = code.meaning or code.value
    is_plain = not any(sign == "\\" or unicodedata.category(sign) == "Cc" for sign in code.value + code.scheme + words)
    return code if is_plain and len(words) <= _MAX_CODE_MEANING else None
