"""Tables of the dose SRs that DoseLedger writes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class PublicationRow(IdMixin, TableBase):
    """
    One dose SR of ours for one archive: of one kind, on one revision of one exam, and what became of it.

    ``state`` is ``waiting`` until the study is quiet and the archive has the object, then ``sent``.
    ``withdrawing`` is one that must leave the archive and ends ``withdrawn``, or ``superseded``
    where a later one took its place. Without ever being in the archive a row ends ``cancelled``
    (not wanted any more), ``superseded``, ``unchanged`` (the report in the archive says the same),
    ``refused`` (no valid report can be written) or ``parked`` (the archive refused it).

    ``edition`` counts the reports on one revision: an archive that was told by a rejection note to hide one does not
    take it again. What makes the bytes of an object (``made_at``, ``software_version``, the predecessor) is the same
    for all archives.

    What tells estimates is of one content, which ``substance`` says from the start: estimates change without a new
    revision of the exam, and ``revision`` is the one that it was first said of. ``names_id`` is the map of skin dose
    that a report names: the archive has it before and loses it after the report.
    """

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(
            ["exam_id", "revision"], ["exam_revision.exam_id", "exam_revision.number"], ondelete="RESTRICT"
        ),
        UniqueConstraint(
            *("exam_id", "revision", "kind", "destination", "edition", "substance"),
            name="uq_publication_exam_id_revision_kind_destination_edition",
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("sop_instance_uid", "destination"),
        UniqueConstraint("series_instance_uid", "destination"),
        # One report waits, one is in the archive: a second of either cannot come about.
        Index(
            "uq_publication_waiting",
            "exam_id",
            "kind",
            "destination",
            unique=True,
            postgresql_where="state = 'waiting'",
        ),
        Index("uq_publication_sent", "exam_id", "kind", "destination", unique=True, postgresql_where="state = 'sent'"),
        Index(None, "not_before", postgresql_where="state IN ('waiting','withdrawing')"),
        CheckConstraint(
            "state ~ '^(waiting|sent|withdrawing|withdrawn|cancelled|superseded|unchanged|refused|parked)$'",
            name="state_known",
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)  # their order in lists
    exam_id: Mapped[UUID]
    revision: Mapped[int]
    kind: Mapped[str]  # of dose_core.writers.kinds
    destination: Mapped[str]  # name of a row of pacs_destination, or of the Orthanc that the worker's settings name
    edition: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]
    sop_instance_uid: Mapped[str]
    series_instance_uid: Mapped[str]
    not_before: Mapped[datetime]  # when the next attempt is due
    attempts: Mapped[int] = mapped_column(default=0)  # above 0 the archive may hold the object
    last_error: Mapped[str | None]
    superseded_by: Mapped[int | None]  # the revision that took its place
    substance: Mapped[str | None]  # digest of what the report says, without its identity and time
    orthanc_id: Mapped[str | None]  # the archive's own id of the object
    created_at: Mapped[datetime]
    made_at: Mapped[datetime | None]  # Content Date and Time; the same in each attempt
    software_version: Mapped[str | None]  # of us, as the object names it
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("publication.id", ondelete="RESTRICT"))
    names_id: Mapped[UUID | None] = mapped_column(ForeignKey("publication.id", ondelete="RESTRICT"))
    tells_effective_dose: Mapped[bool] = mapped_column(server_default="false")  # it leaves where the switch goes off
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # when Orthanc's plugin delivered the object first
    note_made_at: Mapped[datetime | None]  # when the rejection note about it was made, if it was taken back by one
    ended_at: Mapped[datetime | None]


class PublicationPlanRow(TableBase):
    """
    Which revision of an exam of a marked device was looked at last, and when: for what is to be published of it.

    Without a row, or with one of before the last change of the destinations, the exam is looked at again. ``marks`` is
    given where other devices of the exam were not marked: the exam is looked at again once others are.
    """

    __tablename__ = "publication_plan"

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True)
    revision: Mapped[int]
    planned_at: Mapped[datetime]
    marks: Mapped[str | None]  # digest of which devices were marked then


class PatientDoseDueRow(TableBase):
    """
    An exam whose published estimates are to be looked at anew, once for each cause; taken by the worker.

    Those of which many were put here at once, as for an archive that is new, let the others go first.
    """

    __tablename__ = "patient_dose_due"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    is_of_many: Mapped[bool]
