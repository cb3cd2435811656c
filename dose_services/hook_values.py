"""What cards are about, and what somebody did about one, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class CardKind(StrEnum):
    """What a card is about; they are shown in this order."""

    PRIOR_SIMILAR = "prior_similar"
    RECENT = "recent"
    PREGNANCY = "pregnancy"
    SKIN_FOLLOW_UP = "skin_follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody did about a card, as the EHR tells it; ``reason`` has code, system and maybe display."""

    card_id: UUID
    outcome: str
    reason: dict[str, str] | None
    comment: str
    accepted: tuple[str, ...]
    at: datetime
