"""Exams as the ledger holds them, whatever irradiated. All people are invented."""

from dataclasses import replace
from typing import TypeVar

from dose_core.ledger.exam import Counted, CtExam, Exam, ExamEvent, Place
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import (
    Administration,
    CtEvent,
    DeviceStated,
    MammographyEvent,
    PatientStated,
    ProjectionEvent,
)
from tests.builders.statements import DEVICE, PATIENT, STARTED, STUDY, event

EventT = TypeVar("EventT", ProjectionEvent, MammographyEvent, Administration)


def ct_events(*events: CtEvent) -> tuple[ExamEvent, ...]:
    """Return CT events as the ledger counts them."""
    return tuple(
        ExamEvent(
            event_uid=one.event_uid or f"{STUDY}.77.{number}",
            uid_is_stand_in=one.event_uid is None,
            source=Source.RDSR,
            statements=("report-1",),
            event=one,
        )
        for number, one in enumerate(events)
    )


def ct_part(*events: CtEvent, dlp_mgy_cm: float | None = None) -> CtExam:
    """Return the CT part of an exam."""
    return CtExam(
        study_instance_uid=STUDY,
        source=Source.RDSR,
        patient=PATIENT,
        device=DEVICE,
        accession_number=None,
        study_description=None,
        started_at=STARTED,
        ended_at=None,
        physicians=(),
        events=ct_events(*events),
        dlp_mgy_cm=dlp_mgy_cm,
        dlp_basis=None if dlp_mgy_cm is None else Basis.STATED_TOTAL,
        dlp_sub_totals=(),
        ctdi_vol_max_mgy=None,
        events_without_dlp=0,
    )


def counted(*events: EventT) -> tuple[Counted[EventT], ...]:
    """Return events of one sort as the ledger counts them."""
    return tuple(
        Counted(
            event_uid=one.event_uid or f"{STUDY}.78.{number}",
            uid_is_stand_in=one.event_uid is None,
            source=Source.RDSR,
            device=0,
            places=(Place(statement="report-1", index=number),),
            event=one,
        )
        for number, one in enumerate(events)
    )


EXAM = Exam(
    study_instance_uid=STUDY,
    patients=(PATIENT,),
    devices=(DEVICE,),
    modalities=("CT",),
    started_at=STARTED,
)


def ct(*events: CtEvent) -> Exam:
    """Return a CT exam of these events, of a chest scan unless events are given."""
    return replace(EXAM, ct=ct_part(*(events or (event(1),))))


def of(*patients: PatientStated, devices: tuple[DeviceStated, ...] = (DEVICE,)) -> Exam:
    """Return a CT exam that names these patients and devices."""
    return replace(ct(), patients=patients, devices=devices)
