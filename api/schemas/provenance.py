"""Bodies that explain a number."""

from datetime import datetime
from typing import Self
from uuid import UUID

from api.schemas.base import BodyOut
from api.schemas.estimates import ClassOut, MethodOut
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis
from dose_core.model import Kind
from dose_services.explained import Provenance


class BelongingOut(BodyOut):
    """The exam that a value is of, and whether the revision that holds it is the one that counts now."""

    study_instance_uid: str | None
    site: str
    exam_id: UUID | None
    standing: Standing | None
    revision: int | None
    is_current: bool
    event_uid: str | None


class ArrivalOut(BodyOut):
    """One way on which an object came; ``sender`` is the subject of the token that handed it in."""

    received_at: datetime
    sender: str
    calling_aet: str | None
    origin: str | None


class KeptObjectOut(BodyOut):
    """The object that states a value; ``digest`` is the SHA-256 of its bytes as received."""

    sop_instance_uid: str
    series_instance_uid: str | None
    study_instance_uid: str | None
    kind: Kind
    evidence_id: UUID
    digest: str
    size_bytes: int
    is_header: bool
    is_cut_short: bool
    arrivals: list[ArrivalOut]
    statement_id: UUID
    reader_version: str
    read_at: datetime
    viewer_url: str | None


class StatedAsOut(BodyOut):
    """The place in the object, the text and unit there, and the factor that makes our unit of it."""

    path: str | None
    text: str | None
    unit: str | None
    factor: float | None
    note: str | None


class OtherValueOut(BodyOut):
    """Another value of the same thing, or one that a value is made of."""

    value: float | None
    unit: str | None
    value_id: str
    words: str
    source: Source | None
    sop_instance_uid: str | None


class SupersededOut(BodyOut):
    """What stood in the place of a value before: in a revision of the exam, or by another reading of the object."""

    value: float | None
    value_id: str
    since: datetime
    revision: int | None
    reader_version: str | None
    why: str


class ProvenanceOut(BodyOut):
    """
    Why this number.

    ``counted_as`` is the id of what counts of the same thing: this id if it is this value, ``null`` if nothing does.
    ``stated_method`` is that of a stated estimate, whose interval is not stated; ``statement`` stands beside it.
    ``made_of`` is cut off after a hundred; ``made_of_count`` tells how many there are.
    """

    value_id: str
    value: float | list[float] | None
    unit: str | None
    words: str
    rule: str
    basis: Basis | None
    source: Source | None
    missing: int
    belongs: BelongingOut
    found_in: KeptObjectOut | None
    stated_as: StatedAsOut | None
    value_class: ClassOut
    estimate: MethodOut | None
    stated_method: str | None
    statement: str | None
    made_of: list[OtherValueOut]
    made_of_count: int
    rivals: list[OtherValueOut]
    superseded: list[SupersededOut]
    superseded_by: str | None
    counted_as: str | None
    viewer_url: str | None

    @classmethod
    def of(cls, told: Provenance) -> Self:
        """Return the body."""
        return cls.model_validate(told)
