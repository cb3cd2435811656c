"""Bodies about restrictions of patients."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from api.schemas.base import BodyIn, BodyOut
from dose_core.retention.wording import MAX_REASON, MIN_REASON


class ReasonIn(BodyIn):
    """Why. The patient's name and identifiers are left out of what is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "accuracy contested, letter of 2026-11-02"}]})

    reason: Annotated[str, StringConstraints(min_length=MIN_REASON, max_length=MAX_REASON)]


class RestrictionOut(BodyOut):
    """A restriction that is in force; ``patient_id`` is the patient who stands for all merged ones."""

    patient_id: UUID
    set_at: datetime
    set_by: str
    reason: str
