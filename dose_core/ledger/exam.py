"""An exam as the ledger sees it: events counted once, with the source of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.model import CtEvent, CtReport, DeviceStated, DlpSubTotal, DoseReport, PatientStated

ReportT_co = TypeVar("ReportT_co", bound=DoseReport, covariant=True)


class Source(StrEnum):
    """Where a value comes from; earlier members win (CT: RDSR before image header)."""

    RDSR = "rdsr"
    IMAGE_HEADER = "image_header"


class DlpBasis(StrEnum):
    """How the DLP of an exam came about."""

    STATED_TOTAL = "stated_total"  # a report that covers all events states it
    SUM_OF_EVENTS = "sum_of_events"  # several reports add up, each event once
    ESTIMATE = "estimate"  # from image headers, see dose_core.dosimetry.ct_dlp_from_images


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Generic[ReportT_co]):
    """One report with the key under which it is kept."""

    key: str
    report: ReportT_co


CtStatement = Statement[CtReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamEvent:
    """
    One irradiation event, counted once.

    ``event`` holds the values of the statement that won; ``dlp`` stands beside it where DoseLedger
    computed what the source does not state. ``statements`` names all that speak of the event, winner first.
    """

    event_uid: str
    uid_is_stand_in: bool  # made by us, since no source states one
    source: Source
    statements: tuple[str, ...]
    event: CtEvent
    slice_count: int | None = None
    dlp_estimate: Estimate | NotComputable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """Something that looks like dose and was left out of the sums, and why."""

    statements: tuple[str, ...]
    event_uid: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CtExam:
    """
    One CT study: what the best sources say of it.

    ``dlp_mgy_cm`` is ``None`` where no source allows one; ``events_without_dlp`` counts the events
    that should have a DLP and do not, so that a sum with a missing part says so.
    """

    study_instance_uid: str
    source: Source
    patient: PatientStated
    device: DeviceStated
    accession_number: str | None
    study_description: str | None
    started_at: datetime | None
    ended_at: datetime | None
    physicians: tuple[str, ...]
    events: tuple[ExamEvent, ...]
    dlp_mgy_cm: float | None
    dlp_basis: DlpBasis | None
    dlp_sub_totals: tuple[DlpSubTotal, ...]
    ctdi_vol_max_mgy: float | None
    events_without_dlp: int
    not_counted: tuple[NotCounted, ...] = ()
    conflicts: tuple[str, ...] = ()
