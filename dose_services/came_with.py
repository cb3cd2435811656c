"""The patient identifiers that the objects of an exam came with, whoever has them now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from db.repositories.provenance import KnownStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class CameWith:
    """A Patient ID (0010,0020) with its issuer as stated, ``None`` for neither, and how many objects state it so."""

    value: str | None
    issuer: str | None
    objects: int


def came_with(speaking: Iterable[KnownStatement]) -> tuple[CameWith, ...]:
    """Return the identifiers that these objects state, those of most objects first."""
    stated = Counter((one.report.patient.id, one.report.patient.issuer) for one in speaking)
    in_order = sorted(stated.items(), key=lambda item: (-item[1], item[0][0] or "", item[0][1] or ""))
    return tuple(CameWith(value=value, issuer=issuer, objects=objects) for (value, issuer), objects in in_order)
