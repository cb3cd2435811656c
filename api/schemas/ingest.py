"""Receipts for objects."""

from collections import Counter
from collections.abc import Sequence
from typing import Self
from uuid import UUID

from api.schemas.base import BodyOut
from dose_services.ingest import Kept
from dose_services.reading import ReadState


class InstanceReceipt(BodyOut):
    """What became of one object. It is kept in any case; ``read_status`` tells whether it could be read."""

    evidence_id: UUID
    sop_instance_uid: str
    is_new: bool
    read_status: str
    read_reason: str | None

    @classmethod
    def of(cls, kept: Kept, state: ReadState) -> Self:
        """Return the receipt."""
        return cls(
            evidence_id=kept.evidence_id,
            sop_instance_uid=kept.sop_instance_uid,
            is_new=kept.is_new,
            read_status=state.status,
            read_reason=state.reason,
        )


class SeriesReceipt(BodyOut):
    """What became of a message of image headers: counts, and each one that could not be read."""

    received: int
    new: int
    read_statuses: dict[str, int]
    unreadable: list[InstanceReceipt]

    @classmethod
    def of(cls, kept: Sequence[Kept], states: Sequence[ReadState]) -> Self:
        """Return the receipt."""
        pairs = list(zip(kept, states, strict=True))
        return cls(
            received=len(kept),
            new=sum(one.is_new for one in kept),
            read_statuses=dict(Counter(state.status for state in states)),
            unreadable=[InstanceReceipt.of(one, state) for one, state in pairs if state.status == "unreadable"],
        )
