"""Tables of irradiating devices: as objects state them, their software, and what operators decided about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class DeviceRow(IdMixin, TableBase):
    """
    One irradiating device as objects of a site state it; a part that they do not state is ``""``.

    Several rows may be of one machine: ``machine_id`` is the oldest of them, ``None`` until that was found out.
    What an operator sets is set on all rows of a machine, so that an exam finds it on the row that it names.
    """

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint("classed_as IN ('by_dose','fluoroscopy','radiography')", name="classed_as_known"),
    )

    site: Mapped[str] = mapped_column(server_default="")
    manufacturer: Mapped[str]
    model: Mapped[str]
    serial_number: Mapped[str]
    station_name: Mapped[str]
    institution: Mapped[str]
    observer_uid: Mapped[str] = mapped_column(server_default="")
    ae_title: Mapped[str] = mapped_column(server_default="")
    digest: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the eight above, each but the first after a U+001F
    machine_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"), index=True)
    sends_no_rdsr: Mapped[bool] = mapped_column(default=False)  # then DoseLedger writes its dose SRs
    classed_as: Mapped[str] = mapped_column(server_default="by_dose")  # dose_core.ledger.device_class
    # What irradiates in it belongs to it; None: to the organisation that stands for the site.
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    first_seen_at: Mapped[datetime]


class DeviceSoftwareRow(TableBase):
    """Software that objects of a device name, since the first day of which one came."""

    __tablename__ = "device_software"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"), primary_key=True)
    versions: Mapped[str] = mapped_column(primary_key=True)  # (0018,1020), its values joined by a backslash
    since: Mapped[date]


class DeviceDecisionRow(TableBase):
    """
    What an operator decided about rows of ``device``. Append-only; taken in their order.

    ``merged``: the rows are of one machine. ``split``: the rows are of a machine of their own. ``withdrawn``: the
    decision ``withdraws`` was wrong and counts no more.
    """

    __tablename__ = "device_decision"
    __table_args__ = (
        CheckConstraint("kind IN ('merged','split','withdrawn')", name="kind_known"),
        CheckConstraint("(kind = 'withdrawn') = (withdraws IS NOT NULL)", name="withdraws_one"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    site: Mapped[str]
    device_ids: Mapped[list[Any]]
    withdraws: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("device_decision.id", ondelete="RESTRICT"), unique=True
    )
    decided_by: Mapped[str]  # subject of the token, or of the command line
    decided_at: Mapped[datetime]
    comment: Mapped[str]
