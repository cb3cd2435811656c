"""
Whether something is in reach of somebody: their duty in an organisation, for a purpose, allows to see it.

What is out of reach is unknown, in the same words as what is not there. Lists ask for it in their query.
"""

from collections.abc import Collection
from uuid import UUID

from db.reaching import Reach
from db.repositories import reaching
from db.session import Session


def has_organisation(organisation_id: UUID, reach: Reach | None) -> bool:
    """Tell if an organisation is in reach."""
    return reach is None or reach.has(organisation_id)


def has_all(reach: Reach | None) -> bool:
    """Tell if every organisation is in reach."""
    return reach is None or reach.organisations is None


def has_exam(session: Session, exam_id: UUID, reach: Reach | None) -> bool:
    """Tell if an exam is in reach as it stands."""
    return reach is None or bool(reaching.exams_within(session, [exam_id], reach))


def has_exams(session: Session, exam_ids: Collection[UUID], reach: Reach | None) -> bool:
    """Tell if all of these exams are in reach."""
    return reach is None or reaching.exams_within(session, exam_ids, reach) == set(exam_ids)


def has_patient(session: Session, family: Collection[UUID], reach: Reach | None) -> bool:
    """Tell if a patient, all who are one with them together, is in reach: they have an exam that is."""
    return reach is None or reaching.has_patient(session, family, reach)


def has_order(session: Session, order_id: UUID, reach: Reach | None) -> bool:
    """Tell if an order is in reach."""
    return reach is None or reaching.has_order(session, order_id, reach)


def has_device(session: Session, device_id: UUID, reach: Reach | None) -> bool:
    """Tell if a device is in reach."""
    return reach is None or bool(reaching.devices_within(session, [device_id], reach))


def devices_within(session: Session, device_ids: Collection[UUID], reach: Reach | None) -> set[UUID]:
    """Return those of these devices that are in reach."""
    return set(device_ids) if reach is None else reaching.devices_within(session, device_ids, reach)


def has_site(session: Session, site: str, reach: Reach | None) -> bool:
    """Tell if what a site hands in is in reach, as far as its device says nothing else."""
    return reach is None or reach.has(reaching.organisation_of_site(session, site))
