"""Whether archives may be told the estimates of an exam as everything stands."""

from collections.abc import Iterable
from enum import Enum

from db.mapping import storable
from db.repositories import desk
from db.repositories.exams import KnownExam
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.ledger.standing import ABOUT_WHOM, Decided, Standing
from dose_core.writers.kinds import tells_estimates
from dose_core.writers.source_study import SourceStudy
from dose_services.exams import PatientView, patient_view
from dose_services.patient_dose_gathering import Gathered, gather, is_pending


class Untold(Enum):
    """Why archives are told nothing (new) of an exam."""

    NOTHING = "nothing is to be told, and what was told is taken back"
    STAYS = "what was told may stay, and nothing follows"
    WAITS = "what is to be told is not known yet, and what was told stays meanwhile"


def to_be_told(session: Session, known: KnownExam, rows: Iterable[PublicationRow]) -> Gathered | Untold:
    """
    Return what archives are to be told; ``rows`` are all publications of the exam.

    Nothing, if the exam does not count, its patient is restricted, a person or a message gave it to somebody whom its
    headers do not name, or no method says anything. As long as a dose SR of ours waits, on which estimates would stand,
    those that stand on the one before stay beside it.

    Raises:
        UnusableHeaderError: the header of the dose report, or of the study, cannot be repeated.
        MissingHeaderError: no object of the study that names its patient is kept.
    """
    patient = patient_view(session, known.exam.patient_id)
    if known.exam.state != Standing.COUNTED or patient is None or patient.is_restricted:
        return Untold.NOTHING
    if known.exam.expired_at is not None:
        return Untold.STAYS
    if is_pending(session, known.exam.id):
        return Untold.WAITS
    gathered = gather(session, known.exam.id)
    if gathered is None:
        is_to_come = any(row.state == "waiting" and not tells_estimates(row.kind) for row in rows)
        return Untold.WAITS if is_to_come else Untold.NOTHING
    return Untold.NOTHING if _is_of_another(session, known, patient, gathered.source) else gathered


def _is_of_another(session: Session, known: KnownExam, patient: PatientView, source: SourceStudy) -> bool:
    """
    Tell if the exam was given to somebody else than the headers name.

    A report repeats the headers: it would tell the estimates of one patient under the name of another.
    """
    decided = (one for one in desk.decisions_of(session, known.exam.id) if one.kind in ABOUT_WHOM)
    newest = next(decided, None)
    if newest is None or newest.kind != Decided.RELEASED or newest.patient_id is None or not source.patient_id:
        return False
    return storable(source.patient_id) not in {one.value for one in patient.identifiers}
