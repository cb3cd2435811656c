"""Tables of what was ever stated of patients, and of those that stand for somebody unknown."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PatientAliasRow(IdMixin, TableBase):
    """
    A name or birth date that HL7 ever stated of a patient, or an identifier that only objects gave them.

    ``value`` is a DICOM PN, a day as ISO 8601, or ``authority|identifier``. Deleted when the patient expires.
    """

    __tablename__ = "patient_alias"
    __table_args__ = (
        CheckConstraint("kind IN ('name','birth_date','dicom_id')", name="kind_known"),
        # A name may be longer than what an index takes.
        Index("uq_patient_alias_value", "patient_id", "kind", text("md5(value)"), unique=True),
        Index("ix_patient_alias_dicom_id", text("md5(value)"), postgresql_where="kind = 'dicom_id'"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    value: Mapped[str]
    since: Mapped[datetime]


class PatientPlaceholderRow(TableBase):
    """
    A patient that stands, or stood, for somebody whose identity is not known; deleted when the patient expires.

    ``rule`` says by which rule, without patient data; ``None`` once none fits any more. ``identity_unknown`` is what
    PID-31 stated last, at ``stated_at``.
    """

    __tablename__ = "patient_placeholder"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), primary_key=True)
    rule: Mapped[str | None]
    since: Mapped[datetime]
    identity_unknown: Mapped[bool | None]
    stated_at: Mapped[datetime | None]
