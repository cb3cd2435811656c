"""An exam as the ledger sees it: events counted once, with the source of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Total
from dose_core.model import (
    Administration,
    CtEvent,
    CtReport,
    DeviceStated,
    DlpSubTotal,
    DoseReport,
    MammographyEvent,
    PatientStated,
    ProjectionEvent,
)

ReportT_co = TypeVar("ReportT_co", bound=DoseReport, covariant=True)
EventT_co = TypeVar("EventT_co", bound=ProjectionEvent | MammographyEvent | Administration, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Generic[ReportT_co]):
    """One report with the key under which it is kept."""

    key: str
    report: ReportT_co


CtStatement = Statement[CtReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a statement speaks of an event: ``events[index]`` of the statement with this key."""

    statement: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A field that the winning source leaves open, taken from the next one that states it: ``places[place]``."""

    field: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamEvent:
    """
    One CT irradiation event, counted once.

    ``event`` holds the values of the statement that won, with the fields of ``filled`` taken from another source;
    ``dlp_estimate`` stands beside it where DoseLedger computed what the source does not state. ``statements``
    names all that speak of the event, winner first; ``places`` the winner's, then those that ``filled`` refers to.
    """

    event_uid: str
    uid_is_stand_in: bool  # made by us, since no source states one
    source: Source
    statements: tuple[str, ...]
    event: CtEvent
    places: tuple[Place, ...] = ()
    filled: tuple[Filled, ...] = ()
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
    dlp_basis: Basis | None
    dlp_sub_totals: tuple[DlpSubTotal, ...]
    ctdi_vol_max_mgy: float | None
    events_without_dlp: int
    not_counted: tuple[NotCounted, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Generic[EventT_co]):
    """
    One irradiation event in one plane, one exposure, or one administration: counted once.

    ``places`` names all that speak of it, winner first; ``event`` holds the winner's values, with the
    fields of ``filled`` taken from others. ``notes`` says where the others differ.
    """

    event_uid: str
    uid_is_stand_in: bool  # made by us, since no source states one that can be trusted
    source: Source
    device: int  # index into Exam.devices
    places: tuple[Place, ...]
    event: EventT_co
    filled: tuple[Filled, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """
    One study: what the best sources say of it, each irradiation counted once, whatever irradiated.

    A PET/CT study has CT events and administrations; a device that does both has fluoroscopy and
    radiographs. The sets of statements with the same content give equal exams, whatever their order.
    """

    study_instance_uid: str
    patients: tuple[PatientStated, ...]  # each identity that a source names, once, in an order of its own
    devices: tuple[DeviceStated, ...]  # likewise
    modalities: tuple[str, ...]  # CT, RF, XA, DX, MG, NM, PT, ... as the field names them; sorted
    accession_number: str | None = None
    accession_issuer: str | None = None  # of the source that states the number; kept in no revision, as the next two
    admission_id: str | None = None
    admission_issuer: str | None = None
    study_description: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    physicians: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()  # as stated, sorted
    region: Region | None = None  # None: not known; SEVERAL: events of more than one
    ct: CtExam | None = None
    projection: tuple[Counted[ProjectionEvent], ...] = ()
    mammography: tuple[Counted[MammographyEvent], ...] = ()
    nuclear: tuple[Counted[Administration], ...] = ()
    totals: tuple[Total, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()  # those of CT stand in ``ct`` as well
    conflicts: tuple[str, ...] = ()
    also_stated: tuple[PatientStated, ...] = ()  # other ways in which its objects name them; kept in no revision

    @property
    def events(
        self,
    ) -> tuple[ExamEvent | Counted[ProjectionEvent] | Counted[MammographyEvent] | Counted[Administration], ...]:
        """All that was counted, part after part."""
        return (*(self.ct.events if self.ct else ()), *self.projection, *self.mammography, *self.nuclear)
