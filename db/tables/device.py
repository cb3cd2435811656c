"""Table of irradiating devices."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class DeviceRow(IdMixin, TableBase):
    """
    One irradiating device, told apart by who made it, which model, and its serial number or station.

    A part that an object does not state is kept as ``""`` in the key, so that the key stays unique.
    """

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("manufacturer", "model", "serial_number", "station_name", "institution"),)

    manufacturer: Mapped[str]
    model: Mapped[str]
    serial_number: Mapped[str]
    station_name: Mapped[str]
    institution: Mapped[str]
    sends_no_rdsr: Mapped[bool] = mapped_column(default=False)  # then DoseLedger writes its dose SRs
    first_seen_at: Mapped[datetime]
