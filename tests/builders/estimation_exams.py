"""Exams of administrations, exposures of the breast and projection events, as methods of estimation are given them."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from dose_core.estimating.case import Case, Subject
from dose_core.ledger.exam import Counted, Exam, Place
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Total
from dose_core.model import Administration, DeviceStated, MammographyEvent, PatientStated, ProjectionEvent
from tests.builders.statements import STUDY

EventT = TypeVar("EventT", Administration, MammographyEvent, ProjectionEvent)

STATEMENT = UUID("00000000-0000-4000-8000-00000000f001")
REVISION = UUID("00000000-0000-4000-8000-00000000f002")


def nuclear_case(*administrations: Administration, age_years: float | None = 50.0) -> Case:
    """Return an exam of these administrations, stated in this order by one report."""
    return _case(age_years, modalities=("NM",), nuclear=_counted(administrations))


def mammography_case(*events: MammographyEvent, source: Source = Source.RDSR) -> Case:
    """Return an exam of these exposures."""
    return _case(50.0, modalities=("MG",), region=Region.BREAST, mammography=_counted(events, source))


def projection_case(
    *events: ProjectionEvent,
    region: Region | None = Region.HEART,
    modality: str = "XA",
    age_years: float | None = 60.0,
    totals: Sequence[Total] = (),
) -> Case:
    """Return an exam of these projection events."""
    parts = {"region": region, "projection": _counted(events), "totals": tuple(totals)}
    return _case(age_years, modalities=(modality,), **parts)


def _counted(events: Sequence[EventT], source: Source = Source.RDSR) -> tuple[Counted[EventT], ...]:
    return tuple(
        Counted(
            event_uid=event.event_uid or f"2.25.{number}",
            uid_is_stand_in=event.event_uid is None,
            source=source,
            device=0,
            places=(Place(statement=str(STATEMENT), index=number),),
            event=event,
        )
        for number, event in enumerate(events)
    )


def _case(age_years: float | None, **parts: object) -> Case:
    exam = Exam(study_instance_uid=STUDY, patients=(PatientStated(id="P-1"),), devices=(DeviceStated(),), **parts)  # type: ignore[arg-type] # the parts are those of the functions above
    return Case(exam=exam, revision_id=REVISION, subject=Subject(age_years=age_years))
