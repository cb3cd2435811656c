"""What an archive tells of objects that it deleted: somebody looks at it, and no dose is taken away."""

from collections.abc import Collection
from datetime import datetime

from db.mapping import storable
from db.repositories import absences
from db.session import Session


def note_deleted(session: Session, orthanc_ids: Collection[str], *, site: str, now: datetime) -> None:
    """
    Note that an archive of a site deleted these objects. Safe to repeat.

    Objects that are not kept are passed over: those that state no dose, and the dose SRs that DoseLedger wrote itself.
    What is told of the exams of the others is told anew by the worker; the exams stay as they are.
    """
    absences.note_gone(session, site, {storable(one) for one in orthanc_ids}, now=now)
