"""Size, weight and pregnancy as the objects of an exam state them, beside what others observed."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.repositories.provenance import KnownStatement
from dose_core.ledger.value_id import ValueId
from dose_core.model import Kind, PregnancyStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBody:
    """
    What one object states, (0010,1020), (0010,1030), (0010,21C0); several that state the same are told once.

    The first of them tells it. ``value_ids`` names by the field under which id each number explains itself.
    """

    sop_instance_uid: str
    kind: Kind
    size_cm: float | None
    weight_kg: float | None
    pregnancy_status: PregnancyStatus | None
    value_ids: dict[str, str]


def stated_bodies(speaking: Iterable[KnownStatement]) -> tuple[StatedBody, ...]:
    """Return what these objects state of the body, the same once, in the order of their UIDs."""
    once: dict[tuple[float | None, float | None, PregnancyStatus | None], StatedBody] = {}
    for one in sorted(speaking, key=lambda one: (one.report.sop_instance_uid, one.id)):
        patient = one.report.patient
        stated = [name for name in ("size_cm", "weight_kg") if getattr(patient, name) is not None]
        if stated or patient.pregnancy_status is not None:
            body = StatedBody(
                sop_instance_uid=one.report.sop_instance_uid,
                kind=one.report.kind,
                size_cm=patient.size_cm,
                weight_kg=patient.weight_kg,
                pregnancy_status=patient.pregnancy_status,
                value_ids={name: str(ValueId(holder=one.id, field=f"patient.{name}")) for name in stated},
            )
            once.setdefault((patient.size_cm, patient.weight_kg, patient.pregnancy_status), body)
    return tuple(once.values())
