"""
The prior similar exams of a patient: of the same kind of modality and a region in common, newest first.

Whoever is about to order an exam gains more by the images and the report of the last one than by any number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from db.repositories import histories
from db.session import Session
from dose_core.ledger.region import Region
from dose_core.orders.likeness import Likeness, likeness, parts, parts_of_targets
from dose_core.orders.procedures import Procedure
from dose_services import viewing
from dose_services.audit import Action, Looker
from dose_services.exams import ExamSummary, PatientView
from dose_services.viewer_links import Opened, ViewerTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How the site opens the images of a study, and its report; ``None`` where it has not said."""

    images: ViewerTemplate | None = None
    report: ViewerTemplate | None = None


NO_LINKS = Links()
KnownExam = tuple[ExamSummary, frozenset[Region]]  # with the parts of the body that it is of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How prior exams are shown: by which links, and seen from which day of which calendar."""

    links: Links
    timezone: tzinfo
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorExam:
    """
    An exam that was made before: what, when, where, and how to open its images and its report.

    ``parts`` are those of its region, also of one of several. ``days_ago`` counts days of the site's calendar, ``None``
    where no start is stated; ``likeness`` is ``None`` where nothing was asked for.
    """

    exam_id: UUID
    study_instance_uid: str
    accession_number: str | None
    modality: str
    region: Region | None
    parts: tuple[Region, ...]
    description: str | None
    started_at: datetime | None
    days_ago: int | None
    site: str
    institution: str | None
    station_name: str | None
    likeness: Likeness | None
    images_url: str | None
    report_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorSimilar:
    """A patient, and their prior similar exams, newest first; those without a stated start come last."""

    patient: PatientView
    exams: tuple[PriorExam, ...]


def look(
    session: Session,
    patient_id: UUID,
    asked: Procedure | None,
    *,
    links: Links,
    timezone: tzinfo,
    looker: Looker,
    now: datetime,
    within: timedelta | None = None,
) -> PriorSimilar:
    """
    Return a patient's prior similar exams over the whole linked history; merges are followed.

    Args:
        session: the unit of work.
        patient_id: whose.
        asked: what is to be ordered; nothing is like what is not known (``None``).
        links: how the site opens images and reports.
        timezone: of the site, for the days.
        looker: who looks.
        now: the time of looking.
        within: how old they may be; ``None`` for any age, and those without a stated start.

    Raises:
        UnknownPatientError: no patient has this id, or they are restricted; the text does not say which.
    """
    history = viewing.look_at_history(session, patient_id, looker=looker, now=now, action=Action.READ_PRIOR_SIMILAR)
    shown = Shown(links=links, timezone=timezone, now=now)
    found = similar(known(session, history.exams), asked, shown=shown, within=within) if asked else ()
    return PriorSimilar(patient=history.patient, exams=found)


def known(session: Session, exams: Sequence[ExamSummary]) -> tuple[KnownExam, ...]:
    """Return the exams of a history with the parts of the body that each is of."""
    several = [exam.id for exam in exams if exam.region is Region.SEVERAL]
    targets = histories.targets(session, several)
    return tuple((exam, parts_of_targets(targets.get(exam.id, ())) or parts(exam.region)) for exam in exams)


def similar(
    exams: Iterable[KnownExam], asked: Procedure, *, shown: Shown, within: timedelta | None = None
) -> tuple[PriorExam, ...]:
    """Return those of a history that are similar to what is asked for, in its order."""
    alike = [
        (exam, of, likeness(asked, exam.modality, of)) for exam, of in exams if _is_within(exam, shown.now, within)
    ]
    return tuple(prior(exam, of, how, shown=shown) for exam, of, how in alike if how is not None)


def recent(exams: Iterable[KnownExam], *, shown: Shown, within: timedelta) -> tuple[PriorExam, ...]:
    """Return those of a history that are not older than this, whatever they are, in its order."""
    return tuple(prior(exam, of, None, shown=shown) for exam, of in exams if _is_within(exam, shown.now, within))


def prior(exam: ExamSummary, of: frozenset[Region], how: Likeness | None, *, shown: Shown) -> PriorExam:
    """Return an exam of a history as a prior one."""
    opened = Opened(study_instance_uid=exam.study_instance_uid, accession_number=exam.accession_number)
    day = day_of(exam, shown.timezone)
    images, report = shown.links.images, shown.links.report
    return PriorExam(
        exam_id=exam.id,
        study_instance_uid=exam.study_instance_uid,
        accession_number=exam.accession_number,
        modality=exam.modality,
        region=exam.region,
        parts=tuple(part for part in Region if part in of) if len(of) < len(Region) else (Region.WHOLE_BODY,),
        description=exam.study_description,
        started_at=exam.started_at,
        days_ago=(shown.now.astimezone(shown.timezone).date() - day).days if day else None,
        site=exam.site,
        institution=exam.device.institution if exam.device else None,
        station_name=exam.device.station_name if exam.device else None,
        likeness=how,
        images_url=images.address(opened) if images else None,
        report_url=report.address(opened) if report else None,
    )


def day_of(exam: ExamSummary | PriorExam, timezone: tzinfo) -> date | None:
    """Return the day of an exam in the site's calendar."""
    return exam.started_at.astimezone(timezone).date() if exam.started_at else None


def _is_within(exam: ExamSummary, now: datetime, within: timedelta | None) -> bool:
    return within is None or (exam.started_at is not None and now - within <= exam.started_at)
