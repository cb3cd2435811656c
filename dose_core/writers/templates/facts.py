"""What the conditions of templates ask of a whole report, read from its content tree."""

from collections.abc import Iterator

from pydicom.dataset import Dataset

from dose_core.writers.templates.conditions import FLUOROSCOPY, NO, Facts
from dose_core.writers.templates.values import modern

_AVAILABLE = ("113945", "113943", "113944")
_EVENTS = ("113706", "113819")
_IRRADIATING = "113859"


def facts_of(document: Dataset) -> Facts:
    """Return the facts of a dose SR; what it does not state is left at its default."""
    below = document.get("ContentSequence", [])
    answers = {concept: list(_values(below, concept)) for concept in ("121058", "122142", "113854", *_AVAILABLE)}
    events = [item for item in below if _concept(item) in _EVENTS]
    types = {value for event in events for value in _values(event.get("ContentSequence", []), "113721")}
    phantoms = {value for event in events for dose in event.get("ContentSequence", []) for value in _phantoms(dose)}
    observers = [item for item in below if item.get("RelationshipType") == "HAS OBS CONTEXT"]
    return Facts(
        procedure=next(iter(answers["121058"]), None),
        device_type=next(iter(answers["122142"]), None),
        sources=frozenset(answers["113854"]),
        not_available=frozenset(concept for concept in _AVAILABLE if NO in answers[concept]),
        has_fluoroscopy=FLUOROSCOPY in types,
        phantoms=frozenset(phantoms),
        observer_irradiates=_IRRADIATING in _values(observers, "113876"),
    )


def code_of(item: Dataset, keyword: str) -> tuple[str, str] | None:
    """Return value and scheme of a coded entry, ``None`` if there is none."""
    entries = item.get(keyword) or []
    if not entries:
        return None
    value = entries[0].get("CodeValue") or entries[0].get("LongCodeValue") or entries[0].get("URNCodeValue")
    return (str(value), str(entries[0].get("CodingSchemeDesignator", ""))) if value else None


def modern_value(code: tuple[str, str]) -> str:
    """Return the value of a code, that of SNOMED CT where an older one is given."""
    return modern().get(code, code[0])


def _concept(item: Dataset) -> str | None:
    code = code_of(item, "ConceptNameCodeSequence")
    return modern_value(code) if code else None


def _values(items: list[Dataset], concept: str) -> Iterator[str]:
    for item in items:
        value = code_of(item, "ConceptCodeSequence")
        if value and _concept(item) == concept:
            yield modern_value(value)


def _phantoms(item: Dataset) -> Iterator[str]:
    if _concept(item) == "113829":
        yield from _values(item.get("ContentSequence", []), "113835")
