"""Size and weight as the objects of an exam state them, beside what others observed."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.repositories.provenance import KnownStatement
from dose_core.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBody:
    """What one object states, (0010,1020) and (0010,1030); several that state the same are told once, by the first."""

    sop_instance_uid: str
    kind: Kind
    size_cm: float | None
    weight_kg: float | None


def stated_bodies(speaking: Iterable[KnownStatement]) -> tuple[StatedBody, ...]:
    """Return the sizes and weights that these objects state, each pair once, in the order of their UIDs."""
    once: dict[tuple[float | None, float | None], StatedBody] = {}
    for one in sorted(speaking, key=lambda one: (one.report.sop_instance_uid, one.id)):
        size, weight = one.report.patient.size_cm, one.report.patient.weight_kg
        if size is not None or weight is not None:
            body = StatedBody(
                sop_instance_uid=one.report.sop_instance_uid, kind=one.report.kind, size_cm=size, weight_kg=weight
            )
            once.setdefault((size, weight), body)
    return tuple(once.values())
