"""Tables of patients, their identifiers, and the journal of what changed them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PatientRow(IdMixin, TableBase):
    """
    A patient under a key of ours. Merging sets ``merged_into_id``; nothing is moved or deleted.

    ``demographics_at`` is the event time of the message that set name, birth date and sex, so that
    an older message that comes late changes nothing; ``None`` while only DICOM objects told them.
    ``placeholder_for_study`` is given for the patient of a study whose objects name no Patient ID.
    Once ``expired_at`` is set, nothing of what names the patient is left. ``restricted_since`` is set as long
    as a row of ``patient_restriction`` is not lifted.
    """

    __tablename__ = "patient"

    name: Mapped[str | None]  # DICOM PN
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]  # M, F, O (0010,0040)
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    demographics_at: Mapped[datetime | None]
    placeholder_for_study: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    restricted_since: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]


class PatientIdentifierRow(IdMixin, TableBase):
    """One identifier of a patient, with the authority that assigned it. Deleted when the patient expires."""

    __tablename__ = "patient_identifier"
    __table_args__ = (
        # One living patient per identifier; ended identifiers stay for the record.
        Index("uq_patient_identifier_current", "value", "authority", unique=True, postgresql_where="ended_at IS NULL"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    value: Mapped[str]
    authority: Mapped[str]  # namespace of the assigning authority; the site's default where none is stated
    identifier_type: Mapped[str | None]  # HL7 table 0203
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class IdentityEventRow(IdMixin, TableBase):
    """
    One change of identity, with what was before, so that it can be undone. Append-only; its key may be destroyed.

    ``content`` is JSON of ``before`` and ``after``, sealed under the key.
    """

    __tablename__ = "identity_event"

    kind: Mapped[str]  # 'created', 'demographics', 'identifier_added', 'merged', 'survives_again'
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    other_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    hl7_message_id: Mapped[UUID | None]
    evidence_id: Mapped[UUID | None]
    event_at: Mapped[datetime | None]  # as the source states it
    recorded_at: Mapped[datetime]
    content: Mapped[bytes]
    key: Mapped[bytes | None]  # see db.sealed; None once the patient has expired
