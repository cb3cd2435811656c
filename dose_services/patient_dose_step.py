"""One step of an object that tells estimates: a map of skin dose is stored before its report, and leaves after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.repositories import patient_doses
from db.repositories.exams import KnownExam
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.writers.devices import Recorder
from dose_core.writers.document import Evidence
from dose_core.writers.kinds import PATIENT_DOSE
from dose_core.writers.part10 import to_part10
from dose_services.pacs_values import Destination
from dose_services.patient_dose_document import reference_to, substance_of, write
from dose_services.patient_dose_gathering import Gathered
from dose_services.patient_dose_wish import Untold, to_be_told
from dose_services.publication_document import issue_of
from dose_services.publication_source import NOT_WRITABLE

# Ours: how long something waits for the other object of a pair, or until it is planned anew, which wakes it before.
_LOOK_AGAIN_AFTER = timedelta(seconds=30)
_NO_MAP_YET = "the archive does not have the map of skin dose that it names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An object that is still what its row says; ``skin_map`` is the map that it names."""

    row: PublicationRow
    gathered: Gathered
    skin_map: Evidence | None

    def dicom(self, recorder: Recorder, *, predecessor: PublicationRow | None) -> bytes:
        """Return it as a DICOM file. ``row.made_at`` must be set."""
        issue = issue_of(self.row, recorder, predecessor=predecessor)
        return to_part10(write(self.gathered, self.row.kind, issue, skin_map=self.skin_map))


def ready(
    session: Session,
    row: PublicationRow,
    rows: Sequence[PublicationRow],
    destination: Destination,
    known: KnownExam,
    *,
    now: datetime,
    recorder: Recorder,
) -> Ready | None:
    """
    Return what to store for a row that waits; ``None`` if it waits on.

    It waits for the map that it names, and until it is planned anew where what it says was decided otherwise.
    """
    named = next((one for one in rows if one.id == row.names_id), None)
    if named is not None and named.state != "sent":
        row.last_error, row.not_before = _NO_MAP_YET, now + _LOOK_AGAIN_AFTER
        return None
    is_wanted = destination.wants(PATIENT_DOSE, site=known.exam.site, known_since=known.exam.created_at)
    try:
        told = to_be_told(session, known, rows) if is_wanted else Untold.STAYS
        if isinstance(told, Gathered) and row.kind in told.kinds:
            skin_map = reference_to(named, told)
            if substance_of(told, row.kind, recorder, skin_map=skin_map) == row.substance:
                return Ready(row=row, gathered=told, skin_map=skin_map)
    except NOT_WRITABLE:
        told = Untold.NOTHING  # planning says so
    row.not_before = now + _LOOK_AGAIN_AFTER
    if told is not Untold.WAITS:
        patient_doses.wake(session, row.exam_id, now=now)
    return None


def is_named_still(row: PublicationRow, rows: Sequence[PublicationRow]) -> bool:
    """Tell if an archive has, or may have, a report that names this map: the map leaves after it."""
    return any(
        one.names_id == row.id and (one.state in {"sent", "withdrawing"} or (one.state == "waiting" and one.attempts))
        for one in rows
    )


def let_wait(row: PublicationRow, *, now: datetime) -> None:
    """Have a map wait until the report that names it has left."""
    row.not_before = now + _LOOK_AGAIN_AFTER


def wake_pair(row: PublicationRow, rows: Sequence[PublicationRow], *, now: datetime) -> None:
    """Have what waited for an object go on: the report that names a map, or the map that a report named."""
    for one in rows:
        is_report = one.names_id == row.id and one.state == "waiting"
        if is_report or (row.names_id == one.id and one.state == "withdrawing"):
            one.not_before = min(one.not_before, now)
