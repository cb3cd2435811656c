"""Queries that tell if something is in reach of somebody. Lists ask for it in their own query (``db.reaching``)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from db.prepared import Prepared
from db.reaching import ROOT_SQL, Reach, exam_within, order_within, organisation_of, within
from db.session import Session

_EXAMS = Prepared(
    "exams_within",
    f"SELECT e.id FROM exam e WHERE e.id = ANY (CAST(:ids AS uuid[])) AND {exam_within('e')}",  # noqa: S608 - ours
)
# A patient without any exam belongs to nobody, and so to the root.
_PATIENT = Prepared(
    "patient_within",
    f"""
    SELECT EXISTS (
        SELECT FROM exam e WHERE e.patient_id = ANY (CAST(:family AS uuid[])) AND e.state <> 'void'
            AND {exam_within("e")}
    ) OR ({within(ROOT_SQL)} AND NOT EXISTS (
        SELECT FROM exam e WHERE e.patient_id = ANY (CAST(:family AS uuid[])) AND e.state <> 'void'
    ))
    """,  # noqa: S608 - ours
)
_ORDER = text(f"SELECT EXISTS (SELECT FROM imaging_order o WHERE o.id = :order_id AND {order_within('o')})")  # noqa: S608 - ours
_DEVICES = text(
    f"SELECT d.id FROM device d WHERE d.id = ANY (CAST(:ids AS uuid[])) AND {within(organisation_of('d.id', 'd.site'))}"  # noqa: S608 - ours
)
_SITE = text(
    "SELECT coalesce((SELECT o.id FROM organisation o WHERE o.site = CAST(:site AS text)), "  # noqa: S608 - ours
    f"{ROOT_SQL})"
)


def exams_within(session: Session, exam_ids: Collection[UUID], reach: Reach) -> set[UUID]:
    """Return those of these exams that are in reach as they stand."""
    return {row.id for row in _EXAMS.run(session, {"ids": list(exam_ids), **reach.values})}


def has_patient(session: Session, family: Collection[UUID], reach: Reach) -> bool:
    """Tell if a patient, all who are one with them together, has an exam in reach."""
    return bool(_PATIENT.run(session, {"family": list(family), **reach.values}).scalar_one())


def has_order(session: Session, order_id: UUID, reach: Reach) -> bool:
    """Tell if an order is in reach."""
    return bool(session.scalar(_ORDER, {"order_id": order_id, **reach.values}))


def devices_within(session: Session, device_ids: Collection[UUID], reach: Reach) -> set[UUID]:
    """Return those of these rows of devices that are in reach."""
    values = {"ids": list(device_ids), "reach": reach.values["reach"]}
    return set(session.scalars(_DEVICES, values))


def organisation_of_site(session: Session, site: str) -> UUID:
    """Return the organisation that what a site hands in belongs to."""
    found: UUID = session.scalars(_SITE, {"site": site}).one()
    return found
