"""
A visit that a message moves takes its exams along: those whose objects name it, and those that its orders asked for.

Who an exam belongs to is what its objects say; what they name as visit (0038,0010) says more of it than an order does,
whose patient may have been corrected in one system and not in the other.

Source: IHE RAD TF-2, table B-1 (Admission ID is PV1-19 or PID-18); HL7 v2.5.1, 3.3.44, 3.3.45 (A44, A45).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from db.repositories import desk, order_matches, orders, outbox, patients, stays
from db.session import Session
from db.tables.exam import ExamRow
from dose_core.ledger.standing import Standing
from dose_core.orders.said import Number
from dose_core.orders.visits import Register, Stay, newest, stay_of

# Who is on record for what a message decided; users and programs have a prefix of their own.
BY_MESSAGE = "hl7"


def follow(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Give an exam to the patient to whom the visit was moved that its objects name, once for each move."""
    exam = order_matches.exam(session, exam_id)
    if exam is None or exam.admission_id is None:
        return
    orders.lock_numbers(session, [exam.admission_id])  # a move that is just coming in is seen, or sees this exam
    known = _stays(session, exam)
    move = newest(stay.move for stay in known if stay.move)
    if move is None or move.to_patient_id is None:
        return
    movers = {who for stay in known for who in stay.movers}
    give(session, exam, move.to_patient_id, move.message_id, movers, family=_Families(session), now=now)


def names_a_moved_visit(session: Session, exam: ExamRow) -> bool:
    """Tell if the objects of an exam name a visit that was moved, so that this says whose it is."""
    return exam.admission_id is not None and any(stay.move for stay in _stays(session, exam))


def give(
    session: Session,
    exam: ExamRow,
    whom: UUID,
    message_id: UUID,
    movers: Iterable[UUID],
    *,
    family: Callable[[UUID], UUID],
    now: datetime,
) -> bool:
    """
    Give an exam to the patient to whom its visit was moved, and tell if that was done.

    It happens once for each message, so that a person can take it back. An exam of which an object names somebody whom
    no move concerns stays as it is; one that is held since its objects name the patient before the move and the one
    after it is neither's doubt any more.
    """
    if exam.expired_at is not None or exam.state in {Standing.NOT_PATIENT, Standing.VOID}:
        return False
    theirs = {family(one) for one in _people(session, exam)}
    is_theirs = theirs == {family(whom)}
    if is_theirs or not theirs <= {family(one) for one in movers}:
        return False
    if order_matches.is_moved_by(session, exam.id, message_id):
        return False
    order_matches.move_exam(session, exam, whom, by=BY_MESSAGE, message_id=message_id, now=now)
    outbox.add(session, [(exam.site, exam.study_instance_uid)], now=now)
    return True


def _people(session: Session, exam: ExamRow) -> list[UUID]:
    """Return whose an exam is or may be: of a held one, all whom its objects name."""
    named = desk.named_patients(session, exam.id) if exam.state == Standing.HELD else []
    return named or [exam.patient_id]


def _stays(session: Session, exam: ExamRow) -> list[Stay]:
    if exam.admission_id is None:
        return []
    number = Number(value=exam.admission_id, issuer=exam.admission_issuer or "")
    return [stay_of(number, register, stays.about(session, register, number)) for register in Register]


class _Families:
    """What tells who is shown together with a patient."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, patient_id: UUID) -> UUID:
        return min(patients.family_of(self._session, patient_id), default=patient_id)
