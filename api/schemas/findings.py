"""Bodies about findings."""

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict

from api.schemas.base import BodyIn, BodyOut
from api.schemas.devices import Comment
from dose_services.finding_kinds import FindingKind, Subject


class FindingOut(BodyOut):
    """
    Something that somebody should look at; holds no patient data.

    ``closed_at`` is null while it is open, ``closed_by`` if it closed by itself, since its cause was gone.
    """

    id: UUID
    kind: FindingKind
    title: str
    subject: str
    text: str
    exam_id: UUID | None
    device_id: UUID | None
    evidence_id: UUID | None
    raised_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    comment: str | None


class FindingsOut(BodyOut):
    """A page of findings, newest first; the id of the last one asks for the next page."""

    findings: list[FindingOut]


class FindingKindOut(BodyOut):
    """One kind of finding: what it is about, and what to do."""

    kind: FindingKind
    title: str
    subject: Subject
    what_to_do: str


class FindingKindsOut(BodyOut):
    """All kinds of finding."""

    kinds: list[FindingKindOut]


class DayCountOut(BodyOut):
    """How many findings of a kind were raised on a day of the site's calendar, and how many of these are open."""

    day: date
    kind: FindingKind
    raised: int
    open: int


class DayCountsOut(BodyOut):
    """Counts by day and kind, the newest day first; a day or kind without findings has no line."""

    counts: list[DayCountOut]


class CloseFindingIn(BodyIn):
    """Why a finding needs no more attention."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "the console says the same: very obese"}]})

    comment: Comment
