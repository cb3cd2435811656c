"""Bodies about patients."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.base import BodyIn, BodyOut
from api.schemas.exam_lines import ExamLineOut
from dose_services.exams import PatientView
from dose_services.viewing import WantedIdentifier

# LO and CX have limits that real identifiers break; this one only bounds the work. No control characters.
IdentifierText = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]


class IdentifierIn(BodyIn):
    """An identifier to look for; without an authority it has to be unique over all of them."""

    value: IdentifierText
    authority: IdentifierText | None = None

    def wanted(self) -> WantedIdentifier:
        """Return it as the service wants it."""
        return WantedIdentifier(value=self.value, authority=self.authority)


class PatientSearchIn(BodyIn):
    """A search by identifiers; they stand in the body, since addresses end in logs."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"identifiers": [{"value": "DEMO-0001", "authority": "DEMO"}]}]}
    )

    identifiers: Annotated[list[IdentifierIn], Field(min_length=1, max_length=20)]


class IdentifierOut(BodyOut):
    """An identifier of a patient; ``is_merged`` tells that it came with a patient who was merged."""

    value: str
    authority: str
    is_merged: bool


class PatientOut(BodyOut):
    """A patient under our id, with all identifiers."""

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    identifiers: list[IdentifierOut]

    @classmethod
    def of(cls, patient: PatientView) -> Self:
        """Return the body."""
        return cls.model_validate(patient)


class PatientSearchOut(BodyOut):
    """The patients found, each once."""

    patients: list[PatientOut]


class PatientExamsOut(BodyOut):
    """A patient's exams, newest first, with those of patients merged into them."""

    patient: PatientOut
    exams: list[ExamLineOut]
