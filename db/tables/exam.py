"""Tables of exams, their revisions, their events as rows, and what people decided about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ExamRow(IdMixin, TableBase):
    """
    One exam, which is one study of one site. The row points to the revision that counts now.

    ``patient_id`` is the patient that the objects name, or a person decided for; a merged patient's exams
    keep it, and are found under the survivor by following ``patient.merged_into_id``. Only exams that
    stand ``counted`` are anybody's history. ``summary`` is what a line of a history shows, kept in the
    same transaction as the revision. Once ``expired_at`` is set, its objects and what they say of identity
    cannot be read any more, and patient and standing stay as they are, whatever comes. ``age_years`` (90 stands for
    90 and more) and ``sex`` are those of the patient at the exam, kept once the patient has expired.
    """

    __tablename__ = "exam"
    __table_args__ = (
        UniqueConstraint("study_instance_uid", "site"),
        CheckConstraint("state IN ('counted','held','not_patient','void')", name="state_known"),
        Index(None, "patient_id", "started_at"),
        Index(None, "device_id", "last_evidence_at"),
        Index(None, "state", postgresql_where="state <> 'counted'"),
        Index(None, "created_at", postgresql_using="brin"),  # rows lie in about this order
        Index(None, "admission_id", postgresql_where="admission_id IS NOT NULL"),
    )

    site: Mapped[str] = mapped_column(server_default="")
    study_instance_uid: Mapped[str]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))
    revision: Mapped[int]
    revision_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="counted")
    state_reason: Mapped[str | None]  # why it is held, void or no patient's; no patient data
    modality: Mapped[str]  # all of them, "CT/PT"
    region: Mapped[str | None]
    accession_number: Mapped[str | None] = mapped_column(index=True)
    accession_issuer: Mapped[str | None]
    admission_id: Mapped[str | None]  # (0038,0010): the visit or account during which it was made
    admission_issuer: Mapped[str | None]
    started_at: Mapped[datetime | None]  # UTC
    started_local: Mapped[str | None]  # as stated, ISO 8601 without a guess at the offset
    last_evidence_at: Mapped[datetime]
    created_at: Mapped[datetime]
    expired_at: Mapped[datetime | None]
    age_years: Mapped[int | None]
    sex: Mapped[str | None]
    read_warnings: Mapped[int] = mapped_column(server_default="0")  # values of its objects that could not be used
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class ExamRevisionRow(IdMixin, TableBase):
    """What the statements known at one time add up to. Append-only; the newest counts."""

    __tablename__ = "exam_revision"
    __table_args__ = (UniqueConstraint("exam_id", "number"),)

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[bytes]  # packed dose_core.ledger.exam.Exam
    digest: Mapped[str]  # of the content: the same statements make no second revision
    cause: Mapped[str] = mapped_column(server_default="delivery")  # 'delivery', 'replay', 'decision', 'refile'
    made_at: Mapped[datetime]


# The events of each exam as it counts now, for finding them by UID and for SQL. Derived from the revision that
# counts, and written anew with it; without a key of its own, since nothing refers to a row.
exam_event = Table(
    "exam_event",
    TableBase.metadata,
    Column("exam_id", Uuid, ForeignKey("exam.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("part", Text, nullable=False),  # 'ct', 'projection', 'mammography', 'nuclear'
    Column("event_uid", Text, nullable=False),
    Column("uid_is_stand_in", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("started_local", DateTime),
    Column("event_type", Text),
    Column("plane", Text),
    Column("laterality", Text),
    Column("protocol", Text),
    Column("target_region", Text),
    Column("kv", Double),
    Column("ctdi_vol_mgy", Double),
    Column("dlp_mgy_cm", Double),
    Column("phantom_diameter_mm", Integer),
    Column("dap_gy_cm2", Double),
    Column("ka_r_mgy", Double),
    Column("agd_mgy", Double),
    Column("administered_activity_mbq", Double),
    Column("agent", Text),
    Column("radionuclide", Text),
    # Eight bytes in the place of a UID of sixty.
    Index("ix_exam_event_event_uid", text("hashtextextended(event_uid, 0)")),
)


class ExamNamedPatientRow(TableBase):
    """A patient whom objects of a held exam name, so that it is filed anew once they are merged. Never deleted."""

    __tablename__ = "exam_named_patient"

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(
        ForeignKey("patient.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class ExamDecisionRow(TableBase):
    """What a person, or a message, decided about an exam. Append-only; the newest counts."""

    __tablename__ = "exam_decision"
    __table_args__ = (CheckConstraint("kind IN ('released','not_patient','patient','withdrawn')", name="kind_known"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    from_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))  # whose it was
    decided_by: Mapped[str]  # subject of the token
    decided_at: Mapped[datetime]
    comment: Mapped[str]
    # The message that moved its visit to another patient; None if a person decided.
    hl7_message_id: Mapped[UUID | None] = mapped_column(ForeignKey("hl7_message.id", ondelete="RESTRICT"))
