"""Tables of patients, their identifiers, and the journal of what changed them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PatientRow(IdMixin, TableBase):
    """
    A patient under a key of ours. Merging sets ``merged_into_id``; nothing is moved or deleted.

    ``family_id`` is the same for all whose doses are shown together, because merges or links connect them; it is the
    id of one of them. ``is_stated`` once HL7 or a person told of the patient; before, DICOM objects alone did.
    ``stated`` has for each value the time as of which it was stated, so that an older message fills only what no newer
    one told of; what is absent there, only objects told. ``demographics_at`` is the newest of these times.
    ``deleted_at`` is when the source deleted the person (A29), which removes nothing here.
    ``placeholder_for_study`` is given for the patient of a study whose objects name no Patient ID.
    Once ``expired_at`` is set, nothing of what names the patient is left. ``restricted_since`` is set as long
    as a row of ``patient_restriction`` is not lifted.
    """

    __tablename__ = "patient"

    name: Mapped[str | None]  # DICOM PN
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]  # M, F, O (0010,0040)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    merged_at: Mapped[datetime | None]
    is_stated: Mapped[bool] = mapped_column(server_default=text("false"))
    stated: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    demographics_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    placeholder_for_study: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    restricted_since: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]


class PatientIdentifierRow(IdMixin, TableBase):
    """
    One identifier of a patient, with the authority that assigned it. Deleted when the patient expires.

    It is theirs from ``since`` until ``ended_at``, by the times of the events that said so. With ``replaced_at``
    another took its place, and it still finds them. ``is_home`` is the identifier under which the patient became
    known, whoever has it now; ``is_listed`` if it only stood beside the one that named them.
    """

    __tablename__ = "patient_identifier"
    __table_args__ = (
        # One living patient per identifier; ended identifiers stay for the record.
        Index("uq_patient_identifier_current", "value", "authority", unique=True, postgresql_where="ended_at IS NULL"),
        Index("uq_patient_identifier_home", "value", "authority", unique=True, postgresql_where="is_home"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    value: Mapped[str]
    authority: Mapped[str]  # namespace of the assigning authority; the site's default where none is stated
    identifier_type: Mapped[str | None]  # HL7 table 0203
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    is_home: Mapped[bool] = mapped_column(server_default=text("false"))
    is_listed: Mapped[bool] = mapped_column(server_default=text("false"))


class PatientLinkRow(IdMixin, TableBase):
    """Two patients who are one person and both live on (A24), until ``ended_at`` (A37)."""

    __tablename__ = "patient_link"
    __table_args__ = (
        Index("uq_patient_link_current", "one_id", "other_id", unique=True, postgresql_where="ended_at IS NULL"),
    )

    one_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))  # the lower of the two ids
    other_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class IdentityFactRow(TableBase):
    """
    What one message, or one act of a person, said about who is who. Deleted when a patient of it expires.

    ``content`` is a list of facts, see ``dose_core.identity.facts``; ``id`` orders those of one time.
    """

    __tablename__ = "identity_fact"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    content: Mapped[list[Any]]
    hl7_message_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class IdentityFactKeyRow(TableBase):
    """An identifier of which a fact speaks, so that all facts are found that concern each other."""

    __tablename__ = "identity_fact_key"
    __table_args__ = (Index(None, "value", "authority", "at"),)

    fact_id: Mapped[int] = mapped_column(ForeignKey("identity_fact.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    is_named: Mapped[bool]  # whose it is is decided; else it is listed beside
    is_structural: Mapped[bool]  # anything but a plain update


class IdentityEventRow(IdMixin, TableBase):
    """
    One change of identity, with what was before, so that it can be undone. Append-only; its key may be destroyed.

    ``content`` is JSON of ``before`` and ``after``, sealed under the key.
    """

    __tablename__ = "identity_event"

    kind: Mapped[str]  # see dose_services.identity_journal.Kind
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    other_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    hl7_message_id: Mapped[UUID | None]
    evidence_id: Mapped[UUID | None]
    event_at: Mapped[datetime | None]  # as the source states it
    recorded_at: Mapped[datetime]
    content: Mapped[bytes]
    key: Mapped[bytes | None]  # see db.sealed; None once the patient has expired
