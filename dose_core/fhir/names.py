"""
Names of people, as DICOM and HL7 state them, and as FHIR does.

Source: PS3.5, 6.2.1 (PN: family^given^middle^prefix^suffix, up to three representations joined by "="); HL7 FHIR R4,
HumanName; iso21090-EN-representation (ABC, IDE, SYL).
"""

from dose_core.fhir.elements import clipped, present
from dose_core.fhir.terms import NAME_REPRESENTATION, Json

_REPRESENTATIONS = ("ABC", "IDE", "SYL")


def human_names(stated: str | None) -> list[Json]:
    """Return the representations of a name (DICOM PN), the alphabetic first; none if there is none."""
    groups = (stated or "").split("=")[: len(_REPRESENTATIONS)]
    is_several = sum(bool(group.strip("^ ")) for group in groups) > 1
    found = []
    for group, representation in zip(groups, _REPRESENTATIONS, strict=False):
        if name := _human_name(group):
            marked = {"extension": [{"url": NAME_REPRESENTATION, "valueCode": representation}]} if is_several else {}
            found.append({**marked, **name})
    return found


def _human_name(group: str) -> Json:
    family, given, middle, prefix, suffix = ([clipped(part) for part in group.split("^")] + [""] * 5)[:5]
    words = [*given.split(), *middle.split()]
    text = " ".join(filter(None, (prefix, *words, family, suffix)))
    return present(
        text=text,
        family=family,
        given=words,
        prefix=[prefix] if prefix else [],
        suffix=[suffix] if suffix else [],
    )
