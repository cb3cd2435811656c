"""Bodies about the switch of effective dose."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from api.schemas.base import BodyIn, BodyOut
from dose_core.retention.wording import MAX_REASON, MIN_REASON


class SwitchIn(BodyIn):
    """What a site is to see, and why; the reason stays on record."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"is_on": True, "reason": "agreed in the radiation protection committee"}]}
    )

    is_on: bool
    reason: Annotated[str, StringConstraints(min_length=MIN_REASON, max_length=MAX_REASON)]


class SwitchOut(BodyOut):
    """How a site stands; the rest is ``null`` as long as nobody decided. ``statement`` is shown beside every value."""

    site: str
    is_on: bool
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    statement: str
