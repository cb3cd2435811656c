"""Bodies about launch handles."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from api.schemas.base import BodyIn, BodyOut
from api.schemas.patients import IdentifierText
from dose_core.contract import MAX_UID_CHARACTERS, HandleRequest
from dose_services.launch_handles import WantedWindow
from dose_services.launch_windows import Window
from dose_services.roles import Purpose

UidText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_UID_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]+$")]

PatientIdText = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]


class HandleRequestIn(BodyIn):
    """
    Who wants to see whom, and what of them. ``person`` is the user name that the asking program has authenticated.

    ``window`` ``history`` is all of the patient; ``exams`` and ``skin_map`` are the exam that ``study_instance_uid``,
    ``accession_number`` or ``exam_id`` names, and nothing else of them.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": "ada",
                    "level": "patient",
                    "patient_id": "DEMO-0001",
                    "issuer_of_patient_id": None,
                    "study_instance_uid": None,
                    "window": "history",
                    "purpose": "TREAT",
                }
            ]
        }
    )

    person: IdentifierText
    level: Literal["patient", "study"] = "patient"
    patient_id: PatientIdText  # empty where the study names none
    issuer_of_patient_id: IdentifierText | None = None
    study_instance_uid: UidText | None = None
    accession_number: IdentifierText | None = None
    exam_id: UUID | None = None
    window: Window = Window.HISTORY
    purpose: Purpose | None = None

    def request(self) -> HandleRequest:
        """Return who asks for whom."""
        return HandleRequest(
            person=self.person,
            level=self.level,
            patient_id=self.patient_id,
            issuer_of_patient_id=self.issuer_of_patient_id,
            study_instance_uid=self.study_instance_uid,
        )

    def wanted(self) -> WantedWindow:
        """Return what is to open of them."""
        return WantedWindow(
            window=self.window, accession_number=self.accession_number, exam_id=self.exam_id, purpose=self.purpose
        )


class HandleOut(BodyOut):
    """A handle for one use: open ``url`` in the person's browser before ``expires_at``."""

    handle_id: UUID
    url: str
    expires_at: datetime
