"""Table of what others measured or know of a patient: weight, height, head, pregnancy."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PatientObservationRow(IdMixin, TableBase):
    """
    One statement of what was observed of a patient, as it came and in our unit. Deleted when the patient expires.

    What is refused is kept with its reason. A statement that comes again is kept once, with the newest ``stated_at``.
    See ``dose_core.observations``.
    """

    __tablename__ = "patient_observation"
    __table_args__ = (
        CheckConstraint("state IN ('valid','refused','withdrawn')", name="state_known"),
        CheckConstraint(
            "observed IN ('body_weight','body_height','head_circumference','pregnancy')", name="observed_known"
        ),
        Index(
            "uq_patient_observation_statement",
            "patient_id",
            "observed",
            "observed_at",
            "state",
            "stated_value",
            "stated_unit",
            unique=True,
        ),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    observed: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]  # why it is refused; no patient data
    observed_at: Mapped[datetime]
    is_time_of_message: Mapped[bool]
    stated_at: Mapped[datetime]  # of two statements about one time the newer counts
    value: Mapped[float | None]  # kg or cm
    pregnancy: Mapped[str | None]
    stated_value: Mapped[str]
    stated_unit: Mapped[str]
    code: Mapped[str]
    hl7_message_id: Mapped[UUID]
    recorded_at: Mapped[datetime]
