"""Tables of what other systems are told: to whom, what they were told of each exam, and the queue of messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class OutboundDestinationRow(IdMixin, TableBase):
    """
    A system that gets results of exams.

    It gets those of ``modalities`` (all, if there are none) that became known at ``exams_since`` or later, once no
    object about them has come for ``quiet_s``. ``is_strict`` lets nothing pass a parked message. ``form`` is how its
    messages look, see ``dose_services.outbound_values.Form``. While ``held_until`` lies ahead, the worker ``held_by``
    alone may have a connection to it.
    """

    __tablename__ = "outbound_destination"

    name: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str]
    port: Mapped[int]
    is_active: Mapped[bool]
    is_strict: Mapped[bool]
    modalities: Mapped[list[Any]]
    exams_since: Mapped[datetime]
    quiet_s: Mapped[int]
    answer_timeout_s: Mapped[int]
    uses_tls: Mapped[bool]
    server_name: Mapped[str | None]  # that its certificate must name; None: the host
    ca_file: Mapped[str | None]  # files of the machine on which the worker runs; None: the machine's authorities
    certificate_file: Mapped[str | None]
    key_file: Mapped[str | None]
    form: Mapped[dict[str, Any]]
    held_by: Mapped[UUID | None]
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class OutboundExamRow(TableBase):
    """
    What a destination was told of an exam last; no name, no identifier.

    ``look_at`` is when the exam is to be compared with that, ``None`` if it is not due. ``told`` are the
    observations as they were sent, empty if nothing stands there of ours; ``told_patient_id`` is under whom they were
    sent.
    """

    __tablename__ = "outbound_exam"
    __table_args__ = (Index(None, "look_at", postgresql_where="look_at IS NOT NULL"),)

    destination_id: Mapped[UUID] = mapped_column(
        ForeignKey("outbound_destination.id", ondelete="RESTRICT"), primary_key=True
    )
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True, index=True)
    look_at: Mapped[datetime | None]
    told: Mapped[list[Any]] = mapped_column(default=list)
    told_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))


class OutboundMessageRow(TableBase):
    """
    One message to one destination; ``number`` is their order.

    ``queued`` until the destination has accepted it (``sent``), or has refused it for good, or a person took it out
    (``parked``). ``withheld`` waits while its patient is restricted. ``dropped`` is one whose exam has expired before
    it was sent, that a person gave up, or that is told anew after a restriction. ``content`` and ``answer`` are sealed
    under ``key``, see ``db.sealed``.
    """

    __tablename__ = "outbound_message"
    __table_args__ = (
        CheckConstraint("state IN ('queued','withheld','sent','parked','dropped')", name="state_known"),
        CheckConstraint("kind IN ('F','C','D','W')", name="kind_known"),
        Index(None, "destination_id", "number", postgresql_where="state IN ('queued','parked')"),
        Index(None, "state", postgresql_where="state = 'withheld'"),
        Index(None, "created_at", postgresql_where="key IS NOT NULL"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    destination_id: Mapped[UUID] = mapped_column(ForeignKey("outbound_destination.id", ondelete="RESTRICT"))
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))  # whom it names
    kind: Mapped[str]  # of table 0085: final, corrected, deleted, sent under the wrong patient
    control_id: Mapped[str] = mapped_column(unique=True)  # MSH-10, the same in each attempt
    content: Mapped[bytes] = mapped_column(deferred=True)
    key: Mapped[bytes | None]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    problem: Mapped[str | None]  # of the last attempt; no patient data
    answer: Mapped[bytes | None] = mapped_column(deferred=True)  # the last one, as it came
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
