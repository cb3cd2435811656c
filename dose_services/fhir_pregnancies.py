"""What is stated of a pregnancy at the exams of a patient: by others, else by the objects of the exam."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import observations, provenance
from db.repositories.fhir import FoundExam
from db.session import Session
from dose_core.ledger.exam import Exam
from dose_core.observations.at_exam import WINDOW_OF, at_exam
from dose_core.observations.values import Observed, Statement
from dose_services import event_origins
from dose_services.stated_bodies import stated_bodies

_OBSERVED = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyStated:
    """
    What is stated of a pregnancy at an exam, and as of when.

    ``source`` tells it from what else is stated at the exam; objects that state the same are told once.
    """

    source: str
    status: str
    at: datetime | None


def pregnancies_at(
    session: Session, parsed: Sequence[tuple[FoundExam, Exam]], family: Iterable[UUID]
) -> dict[UUID, tuple[PregnancyStated, ...]]:
    """Return what holds at each of these exams of a patient; ``family`` are all who are one with them."""
    observed = _observed(session, [row.started_at for row, _ in parsed if row.started_at], family)
    found = {row.id: told for row, _ in parsed if (told := _at(observed, row)) is not None}
    left = {row.id: (row, exam) for row, exam in parsed if row.id not in found}
    keys = {key: id_ for id_, (_, exam) in left.items() for key in event_origins.statements_of(exam)}
    speaking = provenance.statements(session, [UUID(key) for key in sorted(keys)])
    stated = {
        id_: tuple(
            PregnancyStated(source=status.replace("_", "-"), status=status, at=row.started_at)
            for status in dict.fromkeys(
                one.pregnancy_status
                for one in stated_bodies(one for one in speaking if keys[str(one.id)] == id_)
                if one.pregnancy_status
            )
        )
        for id_, (row, _) in left.items()
    }
    return stated | {id_: (one,) for id_, one in found.items()}


def _observed(session: Session, starts: Sequence[datetime], family: Iterable[UUID]) -> list[Statement]:
    if not starts:
        return []
    since = min(starts) - max(WINDOW_OF.values())
    return observations.of_patients(session, sorted(family), since=since, until=max(starts))


def _at(observed: Sequence[Statement], row: FoundExam) -> PregnancyStated | None:
    held = at_exam(observed, row.started_at).get(Observed.PREGNANCY) if row.started_at else None
    if held is None or held.pregnancy is None:
        return None
    return PregnancyStated(source=_OBSERVED, status=held.pregnancy, at=held.observed_at)
