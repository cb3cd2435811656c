"""
Locks by which nobody is restricted while something about them is handed over, and nothing is after that.

They are of this alone, and keep nobody else waiting: an archive may take its time, and messages about its patient come
in meanwhile. Each is of one record of a patient, which stays the same whatever is merged.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from db.session import Session, lock_key

_SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")
_WHOSE = text("SELECT e.patient_id FROM forward f JOIN exam e ON e.id = f.exam_id WHERE f.number = :number")


def begin(session: Session, number: int) -> None:
    """Wait until nobody is just restricting whose exam a forwarded object is about; then keep that from them."""
    whose = session.scalar(_WHOSE, {"number": number})
    while whose is not None:
        session.execute(_SHARE, {"key": _key(whose)})
        meant, whose = whose, session.scalar(_WHOSE, {"number": number})
        if whose == meant:
            return


def hold_off(session: Session, patient_ids: Iterable[UUID]) -> None:
    """Wait until nothing about these records is being handed over, and let nothing be until the transaction ends."""
    for patient_id in sorted(patient_ids):
        lock_key(session, _key(patient_id))


def _key(patient_id: UUID) -> str:
    return f"handing over {patient_id}"
