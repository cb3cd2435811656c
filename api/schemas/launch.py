"""Bodies about launch handles."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from api.schemas.base import BodyIn, BodyOut
from api.schemas.patients import IdentifierText
from dose_core.contract import MAX_UID_CHARACTERS, HandleRequest

UidText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_UID_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]+$")]

PatientIdText = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]


class HandleRequestIn(BodyIn):
    """Who wants to see whom. ``person`` is the user name that the asking program has authenticated."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": "ada",
                    "level": "patient",
                    "patient_id": "DEMO-0001",
                    "issuer_of_patient_id": None,
                    "study_instance_uid": None,
                }
            ]
        }
    )

    person: IdentifierText
    level: Literal["patient", "study"] = "patient"
    patient_id: PatientIdText  # empty where the study names none
    issuer_of_patient_id: IdentifierText | None = None
    study_instance_uid: UidText | None = None

    def request(self) -> HandleRequest:
        """Return it as the service wants it."""
        return HandleRequest(**self.model_dump())


class HandleOut(BodyOut):
    """A handle for one use: open ``url`` in the person's browser before ``expires_at``."""

    handle_id: UUID
    url: str
    expires_at: datetime
