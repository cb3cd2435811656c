"""Tables of imaging orders: what messages say of each, how it stands, which exams were made for it; and of visits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class ImagingOrderRow(IdMixin, TableBase):
    """
    One order as all that was said of it adds up to (``dose_core.orders.order``), written anew whenever more is said.

    ``joined_into_id`` is given if a message told that this order and another are one. ``patient_id`` is whose it is,
    after the move of its visit that the message ``moved_by_id`` asked for; ``whose`` are all whose it was. While
    ``due_at`` is set, its exams are to be looked for anew. Once ``expired_at`` is set, nothing of what leads to a
    patient is left.
    """

    __tablename__ = "imaging_order"
    __table_args__ = (
        CheckConstraint("status IN ('ordered','scheduled','in_progress','completed','cancelled')", name="status_known"),
        Index(None, "due_at", postgresql_where="due_at IS NOT NULL"),
        Index(None, "created_at", "id"),
        Index(None, "ordered_at"),
        Index(None, "whose", postgresql_using="gin"),
        Index(None, "status_at", postgresql_where="status = 'completed'"),
    )

    joined_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("imaging_order.id", ondelete="RESTRICT"), index=True)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    whose: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    moved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("hl7_message.id", ondelete="RESTRICT"))
    placer_number: Mapped[str | None] = mapped_column(index=True)  # ORC-2
    placer_issuer: Mapped[str | None]
    filler_number: Mapped[str | None] = mapped_column(index=True)  # ORC-3
    filler_issuer: Mapped[str | None]
    status: Mapped[str | None]
    status_at: Mapped[datetime | None]  # as the message says, else when it was written
    ordered_at: Mapped[datetime]  # when something was first said of it, by the time of the message
    said_at: Mapped[datetime]  # when something was last said of it
    planned_at: Mapped[datetime | None]  # when it is to be done, UTC
    procedure_code: Mapped[str | None]  # OBR-44, else OBR-4
    procedure_scheme: Mapped[str | None]
    procedure_text: Mapped[str | None]
    indication: Mapped[str | None]  # OBR-13
    reason_code: Mapped[str | None]  # OBR-31
    reason_scheme: Mapped[str | None]
    reason_text: Mapped[str | None]
    referrer: Mapped[str | None]  # DICOM PN of OBR-16, ORC-12 or PV1-8
    priority: Mapped[str | None]
    section: Mapped[str | None]  # OBR-24
    visit_number: Mapped[str | None] = mapped_column(index=True)  # PV1-19
    visit_issuer: Mapped[str | None]
    account_number: Mapped[str | None] = mapped_column(index=True)  # PID-18
    account_issuer: Mapped[str | None]
    is_visit_deleted: Mapped[bool] = mapped_column(server_default="false")  # by an A23
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]


class OrderProcedureRow(TableBase):
    """One requested procedure of an order, written anew with it."""

    __tablename__ = "order_procedure"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("imaging_order.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    study_instance_uid: Mapped[str | None] = mapped_column(index=True)
    accession_number: Mapped[str | None] = mapped_column(index=True)
    accession_issuer: Mapped[str | None]
    requested_procedure_id: Mapped[str | None]
    step_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    modalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    station_ae_titles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    station_name: Mapped[str | None]
    location: Mapped[str | None]
    protocol_code: Mapped[str | None]
    protocol_scheme: Mapped[str | None]
    protocol_text: Mapped[str | None]


class OrderStatementRow(IdMixin, TableBase):
    """What one message says of an order. Append-only but for its order, which may prove to be another one."""

    __tablename__ = "order_statement"
    __table_args__ = (UniqueConstraint("hl7_message_id", "number"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("imaging_order.id", ondelete="RESTRICT"), index=True)
    hl7_message_id: Mapped[UUID] = mapped_column(ForeignKey("hl7_message.id", ondelete="RESTRICT"))
    number: Mapped[int]  # of the orders of a message
    said_at: Mapped[datetime]
    received_at: Mapped[datetime]
    content: Mapped[bytes]  # JSON of dose_core.orders.said.OrderSaid, sealed under the key
    key: Mapped[bytes | None]  # see db.sealed; None once the order has expired


class OrderMatchRow(TableBase):
    """An exam that was made for an order, by which rule, and how sure that is. Told anew when one of them changes."""

    __tablename__ = "order_match"
    __table_args__ = (
        CheckConstraint("rule IN ('by_hand','study_uid','accession','patient_and_time')", name="rule_known"),
        CheckConstraint("confidence IN ('certain','high','low')", name="confidence_known"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("imaging_order.id", ondelete="RESTRICT"), primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True, index=True)
    rule: Mapped[str]
    confidence: Mapped[str]
    since: Mapped[datetime]


class OrderDecisionRow(TableBase):
    """
    What a person decided about an order and an exam. Append-only; the newest about both counts.

    ``withdrawn``: the rules decide again.
    """

    __tablename__ = "order_decision"
    __table_args__ = (CheckConstraint("kind IN ('matched','unmatched','withdrawn')", name="kind_known"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("imaging_order.id", ondelete="RESTRICT"), index=True)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str]
    decided_by: Mapped[str]  # subject of the token
    decided_at: Mapped[datetime]
    comment: Mapped[str]


class StayEventRow(TableBase):
    """What a message says of a visit or account (``dose_core.orders.visits``). Deleted when its patient has expired."""

    __tablename__ = "stay_event"
    __table_args__ = (
        CheckConstraint("event IN ('moved','renumbered','merged','deleted')", name="event_known"),
        CheckConstraint("register IN ('visit','account')", name="register_known"),
    )

    hl7_message_id: Mapped[UUID] = mapped_column(ForeignKey("hl7_message.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str]
    register: Mapped[str]
    number: Mapped[str] = mapped_column(index=True)
    issuer: Mapped[str]
    new_number: Mapped[str | None] = mapped_column(index=True)
    new_issuer: Mapped[str | None]
    from_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    to_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"), index=True)
    said_at: Mapped[datetime]
    control_id: Mapped[str]
    received_at: Mapped[datetime]
