"""Bodies about dose SRs of ours for archives."""

from datetime import datetime
from uuid import UUID

from api.schemas.base import BodyOut
from dose_services.pacs_values import Destination, Protocol
from dose_services.publication_states import PublicationState


class PacsOut(BodyOut):
    """
    An archive that gets dose SRs; one that is not active rests.

    ``kinds`` is null if it gets every kind but patient dose reports. Where it ``deletes``, what is taken back is
    deleted there; else it is told by a rejection note. ``counts`` are its publications by their state.
    """

    name: str
    protocol: Protocol
    address: str
    is_active: bool
    kinds: list[str] | None
    sites: list[str]
    exams_since: datetime | None
    deletes: bool
    changed_at: datetime | None
    counts: dict[PublicationState, int]

    @classmethod
    def of(cls, one: Destination, counts: dict[PublicationState, int]) -> "PacsOut":
        """Return the body about an archive."""
        return cls(
            name=one.name,
            protocol=one.protocol,
            address=one.address,
            is_active=one.is_active,
            kinds=None if one.rule.kinds is None else list(one.rule.kinds),
            sites=list(one.rule.sites),
            exams_since=one.rule.exams_since,
            deletes=one.deletes,
            changed_at=one.changed_at,
            counts=counts,
        )


class PacsListOut(BodyOut):
    """All archives that get dose SRs, by name."""

    destinations: list[PacsOut]


class PublicationOut(BodyOut):
    """
    One dose SR of ours for one archive; names no patient.

    ``problem`` is what the last attempt came to, ``not_before`` when the next one is due, ``seen_at`` when Orthanc's
    plugin told first that an archive has it, ``note_made_at`` when the rejection note by which it was taken back was
    made. ``commitment`` is what the archive says of keeping it (``asked``, ``kept``, ``not_kept``, ``refused``), null
    where it was not asked.
    """

    number: int
    kind: str
    destination: str
    exam_id: UUID
    revision: int
    sop_instance_uid: str
    state: PublicationState
    attempts: int
    not_before: datetime
    problem: str | None
    created_at: datetime
    sent_at: datetime | None
    seen_at: datetime | None
    commitment: str | None
    note_made_at: datetime | None
    ended_at: datetime | None


class PublicationsOut(BodyOut):
    """A page of publications in the order in which they came up; the number of the last one asks for the next page."""

    publications: list[PublicationOut]
