"""Size and weight as the objects of an exam state them, beside what others observed."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.repositories.provenance import KnownStatement
from dose_core.ledger.value_id import ValueId
from dose_core.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBody:
    """
    What one object states, (0010,1020) and (0010,1030); several that state the same are told once, by the first.

    ``value_ids`` names by the field under which id each number explains itself.
    """

    sop_instance_uid: str
    kind: Kind
    size_cm: float | None
    weight_kg: float | None
    value_ids: dict[str, str]


def stated_bodies(speaking: Iterable[KnownStatement]) -> tuple[StatedBody, ...]:
    """Return the sizes and weights that these objects state, each pair once, in the order of their UIDs."""
    once: dict[tuple[float | None, float | None], StatedBody] = {}
    for one in sorted(speaking, key=lambda one: (one.report.sop_instance_uid, one.id)):
        patient = one.report.patient
        stated = [name for name in ("size_cm", "weight_kg") if getattr(patient, name) is not None]
        if stated:
            body = StatedBody(
                sop_instance_uid=one.report.sop_instance_uid,
                kind=one.report.kind,
                size_cm=patient.size_cm,
                weight_kg=patient.weight_kg,
                value_ids={name: str(ValueId(holder=one.id, field=f"patient.{name}")) for name in stated},
            )
            once.setdefault((patient.size_cm, patient.weight_kg), body)
    return tuple(once.values())
