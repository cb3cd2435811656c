"""What explains a number: the chain from what is shown back to the object, the place in it, and the text there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.field_values import Number, Numbers
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis
from dose_core.model import Kind
from dose_services.value_classes import ValueClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """
    The exam that a value is of, and how it stands; ``exam_id`` is ``None`` where the study makes no exam.

    ``revision`` is the one that holds the value, of a stated value the one that counts; ``is_current`` tells if
    it counts now.
    """

    study_instance_uid: str | None
    site: str
    exam_id: UUID | None
    patient_id: UUID | None  # of the exam, before merges are followed
    standing: Standing | None
    revision: int | None
    is_current: bool
    event_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One way on which an object came."""

    received_at: datetime
    sender: str  # subject of the token that handed it in
    calling_aet: str | None
    origin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptObject:
    """The object that states a value, as it is kept."""

    sop_instance_uid: str
    series_instance_uid: str | None
    study_instance_uid: str | None
    kind: Kind
    evidence_id: UUID
    digest: str  # SHA-256 of the bytes as received
    size_bytes: int
    is_header: bool  # the pixel data were cut off before it came
    is_cut_short: bool
    arrivals: tuple[Arrival, ...]  # first come first
    statement_id: UUID
    reader_version: str
    read_at: datetime
    viewer_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAs:
    """
    Where a value stands in its object and as what.

    ``factor`` makes our unit of the stated one. ``path`` is ``None``, and ``note`` says why, where the reader
    formed the value, or where headers are read without noting their places.
    """

    path: str | None
    text: str | None
    unit: str | None
    factor: float | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherValue:
    """Another value: one that was not chosen, or one of those that a value is made of."""

    value: Number | None
    unit: str | None
    value_id: str
    words: str  # what it is
    source: Source | None = None
    sop_instance_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """What stood in the place of a value before, and what ended that."""

    value: Number | None
    value_id: str
    since: datetime
    revision: int | None  # of the exam; None for an earlier reading of the object
    reader_version: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """
    Why this number.

    ``counted_as`` is the id of what counts of the same thing, its own id if it is this value, ``None`` if nothing
    does. ``made_of`` and ``rivals`` are bounded; ``made_of_count`` tells how many there are.
    """

    value_id: str
    value: Number | Numbers | None
    unit: str | None
    words: str  # what it is a value of
    rule: str
    belongs: Belonging
    basis: Basis | None = None
    source: Source | None = None
    missing: int = 0
    found_in: KeptObject | None = None
    stated_as: StatedAs | None = None
    estimate: Estimate | None = None
    value_class: ValueClass = ValueClass.MEASURED
    stated_method: str | None = None  # by which a source computed it, as it says
    statement: str | None = None  # what is to be said beside an effective dose, and of nothing else
    made_of: tuple[OtherValue, ...] = ()
    made_of_count: int = 0
    rivals: tuple[OtherValue, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    superseded_by: str | None = None
    counted_as: str | None = None
    viewer_url: str | None = None
