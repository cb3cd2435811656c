"""What a signed address says of whom and what opens; the same words in a token's claims and in a query."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from api.launch.signed import LinkNotUnderstoodError
from api.schemas.launch import UidText
from api.schemas.patients import IdentifierText
from dose_services.launch_asking import Asked
from dose_services.launch_windows import WantedExam, Window
from dose_services.roles import Purpose

_Text = Annotated[IdentifierText, StringConstraints(strip_whitespace=True)]


class AskedIn(BaseModel):
    """Whom and what a program asks to open."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    patient: _Text | None = None
    authority: _Text | None = None
    study: UidText | None = None
    accession: _Text | None = None
    exam: UUID | None = None
    window: Window = Window.HISTORY
    purpose: Purpose | None = None

    def asked(self, default_authority: str) -> Asked:
        """Return it as the service wants it."""
        named = WantedExam(study_instance_uid=self.study, accession_number=self.accession, exam_id=self.exam)
        has_exam = bool(self.study or self.accession or self.exam)
        return Asked(
            identifiers=((self.patient, self.authority or default_authority),) if self.patient else (),
            exams=(named,) if has_exam else (),
            window=self.window,
            purpose=self.purpose,
        )


def read_asked(said: Mapping[str, Any], default_authority: str) -> Asked:
    """
    Return what a program asks to open.

    Raises:
        LinkNotUnderstoodError: it names neither patient nor study, or in another form than the manual says.
    """
    try:
        told = AskedIn.model_validate(dict(said))
    except ValidationError as error:
        parts = sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]})
        msg = f"a part of this link has another form than the manual says: {', '.join(parts)}"
        raise LinkNotUnderstoodError(msg) from None
    if not told.patient and not told.study:
        raise LinkNotUnderstoodError("this link names neither a patient nor a study")
    if told.window is not Window.HISTORY and not (told.study or told.accession or told.exam):
        raise LinkNotUnderstoodError("this link opens one examination and names none")
    return told.asked(default_authority)
