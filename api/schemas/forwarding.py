"""Bodies about forwarded dose SRs."""

from datetime import datetime
from uuid import UUID

from api.schemas.base import BodyOut
from dose_services.forwarding_values import ForwardDestination, ForwardState, Reports


class ForwardDestinationOut(BodyOut):
    """
    A registry or an archive that gets dose SRs; one that is not active rests.

    ``problem`` is what the last attempt came to, the last five count its objects. ``released_texts`` are the texts
    that stay in what it gets, to the letter.
    """

    name: str
    protocol: str
    address: str
    is_active: bool
    is_identified: bool
    modalities: list[str]
    device_ids: list[UUID]
    reports: Reports
    since: datetime
    keeps_characteristics: bool
    keeps_device: bool
    released_texts: list[str]
    problem: str | None
    changed_at: datetime
    waiting: int
    withheld: int
    parked: int
    sent: int
    cancelled: int

    @classmethod
    def of(cls, one: ForwardDestination) -> "ForwardDestinationOut":
        """Return the body about a destination."""
        return cls(
            name=one.name,
            protocol=one.protocol,
            address=one.address,
            is_active=one.is_active,
            is_identified=one.rule.is_identified,
            modalities=list(one.rule.modalities),
            device_ids=list(one.rule.device_ids),
            reports=one.rule.reports,
            since=one.rule.since,
            keeps_characteristics=one.rule.keeps_characteristics,
            keeps_device=one.rule.keeps_device,
            released_texts=list(one.rule.released_texts),
            problem=one.problem,
            changed_at=one.changed_at,
            waiting=one.counts.get(ForwardState.WAITING, 0),
            withheld=one.counts.get(ForwardState.WITHHELD, 0),
            parked=one.counts.get(ForwardState.PARKED, 0),
            sent=one.counts.get(ForwardState.SENT, 0),
            cancelled=one.counts.get(ForwardState.CANCELLED, 0),
        )


class ForwardDestinationsOut(BodyOut):
    """All destinations of forwarded dose SRs, by name."""

    destinations: list[ForwardDestinationOut]


class ForwardOut(BodyOut):
    """One object of the queue; names no patient. ``sent_as`` is the SOP Instance UID that the destination knows."""

    number: int
    destination: str
    exam_id: UUID
    evidence_id: UUID
    state: ForwardState
    attempts: int
    problem: str | None
    sent_as: str | None
    created_at: datetime
    ended_at: datetime | None


class ForwardsOut(BodyOut):
    """A page of the queue in its order; the number of the last object asks for the next page."""

    objects: list[ForwardOut]
