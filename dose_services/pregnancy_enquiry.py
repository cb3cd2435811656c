"""
Whether a pregnancy is to be thought of before an exam: by what somebody stated, else by age, sex and region.

Source of the latter: RCR AuditLive, Pregnancy Questioning: individuals of childbearing potential (12 to 50 years
inclusive) who are to undergo radiography between the knees and the diaphragm are to be asked. How long a statement
holds: ``dose_core.observations.at_exam``.
"""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from uuid import UUID

from db.repositories import observations, provenance
from db.session import Session
from dose_core.ledger.region import Region
from dose_core.model import PregnancyStatus
from dose_core.observations.at_exam import WINDOW_OF, at_exam
from dose_core.observations.values import Observed, Pregnancy, Statement
from dose_core.orders.likeness import parts
from dose_core.orders.modality import ModalityKind
from dose_core.orders.procedures import Procedure
from dose_services import event_origins
from dose_services.exams import ExamSummary, PatientView
from dose_services.hook_calls import PregnancyFact, PregnancyState, Rules, StatedBy, StatedPatient
from dose_services.stated_bodies import stated_bodies

_LASTS = WINDOW_OF[Observed.PREGNANCY]
# Regions that lie between the diaphragm and the knees, or of which a part does.
_BETWEEN = frozenset({Region.ABDOMEN, Region.PELVIS, Region.SPINE})
_ASKED_SEXES = frozenset({"F", "O"})  # (0010,0040)
_OF_STATUS = {
    PregnancyStatus.PREGNANT: PregnancyState.PREGNANT,
    PregnancyStatus.POSSIBLY_PREGNANT: PregnancyState.POSSIBLE,
}


def fact(
    session: Session,
    patient: PatientView,
    exams: Iterable[ExamSummary],
    *,
    stated: StatedPatient,
    procedures: Iterable[Procedure],
    rules: Rules,
    now: datetime,
) -> PregnancyFact | None:
    """Return what is to be thought of before one of these procedures, ``None`` if nothing is."""
    told = _told(session, sorted(patient.family), stated.pregnancies, now)
    sex = patient.sex or stated.sex
    noted = None if sex == "M" else _noted(session, exams, rules.timezone, now)
    if noted is not None and (told is None or told[1].observed_at < noted[1]):
        return noted[0]
    if told is not None and told[1].pregnancy is Pregnancy.PREGNANT:
        on = told[1].observed_at.astimezone(rules.timezone).date()
        return PregnancyFact(state=PregnancyState.PREGNANT, by=told[0], on=on)
    if told is not None and told[1].pregnancy is Pregnancy.NOT_PREGNANT:
        return None
    years = _years(patient.birth_date or stated.birth_date, now.astimezone(rules.timezone).date())
    is_asked = years is not None and rules.asked_from_years <= years <= rules.asked_to_years
    if sex in _ASKED_SEXES and is_asked and any(map(_reaches, procedures)):
        return PregnancyFact(state=PregnancyState.NOT_EXCLUDED)
    return None


def _told(
    session: Session, family: list[UUID], stated: tuple[Statement, ...], now: datetime
) -> tuple[StatedBy, Statement] | None:
    """Return the newest statement that still holds, of the EHR or of messages."""
    known = observations.of_patients(session, family, since=now - _LASTS, until=now)
    held = at_exam([*(one for one in known if one.observed is Observed.PREGNANCY), *stated], now)
    newest = held.get(Observed.PREGNANCY)
    return (StatedBy.EHR if newest in stated else StatedBy.MESSAGE, newest) if newest else None


def _noted(
    session: Session, exams: Iterable[ExamSummary], timezone: tzinfo, now: datetime
) -> tuple[PregnancyFact, datetime] | None:
    """Return what the newest exam of the last 42 weeks states, (0010,21C0), if it is a pregnancy that is or may be."""
    newest = next((one for one in exams if one.started_at and now - _LASTS <= one.started_at <= now), None)
    if newest is None or newest.started_at is None:
        return None
    revision = provenance.current_of_study(session, newest.site, newest.study_instance_uid)
    bodies = stated_bodies(event_origins.speaking_of(session, revision.exam)) if revision else ()
    states = {_OF_STATUS[one.pregnancy_status] for one in bodies if one.pregnancy_status in _OF_STATUS}
    if not states:
        return None
    state = PregnancyState.PREGNANT if PregnancyState.PREGNANT in states else PregnancyState.POSSIBLE
    on = newest.started_at.astimezone(timezone).date()
    return PregnancyFact(state=state, by=StatedBy.EXAM, on=on), newest.started_at


def _reaches(procedure: Procedure) -> bool:
    """Tell if an exam may reach an unborn child; what is administered reaches the whole body."""
    regions = frozenset(part for one in procedure.regions for part in parts(one))
    return procedure.kind is ModalityKind.NUCLEAR or bool(regions & _BETWEEN)


def _years(birth_date: date | None, today: date) -> int | None:
    """Return completed years."""
    if birth_date is None:
        return None
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday
