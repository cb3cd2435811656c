"""Queries on devices: rows as objects state them, which of them are one machine, and their software."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.mapping import storable
from db.prepared import Prepared
from db.session import Session
from db.tables.device import DeviceRow, DeviceSoftwareRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What objects of one site state of a device; ``""`` where they state nothing. The order is that of the digest."""

    site: str
    manufacturer: str = ""
    model: str = ""
    serial_number: str = ""
    station_name: str = ""
    institution: str = ""
    observer_uid: str = ""
    ae_title: str = ""

    @property
    def digest(self) -> str:
        """What tells one row from another."""
        return hashlib.sha256("\x1f".join(storable(part) for part in asdict(self).values()).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A row of ``device``, with the software that its objects name and the first day of which one came."""

    id: UUID
    machine_id: UUID | None
    classed_as: str
    software: Mapping[str, date]


_KNOWN = Prepared(
    "known_devices",
    """
    SELECT d.digest, d.id, d.machine_id, d.classed_as,
        (SELECT jsonb_object_agg(s.versions, s.since) FROM device_software s WHERE s.device_id = d.id) AS software
    FROM device d WHERE d.digest = ANY (:digests)
    """,
)
_NOTE_SOFTWARE = text(
    """
    INSERT INTO device_software (device_id, versions, since) VALUES (:device_id, :versions, :since)
    ON CONFLICT (device_id, versions) DO UPDATE SET since = excluded.since WHERE excluded.since < device_software.since
    """
)
_REFILE = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT 'refile', site, study_instance_uid, :now FROM exam WHERE device_id = ANY (:device_ids)
    """
)


def known(session: Session, digests: Sequence[str]) -> dict[str, KnownDevice]:
    """Return the rows with these digests, by digest."""
    return {
        row.digest: KnownDevice(
            id=row.id,
            machine_id=row.machine_id,
            classed_as=row.classed_as,
            software={versions: date.fromisoformat(since) for versions, since in (row.software or {}).items()},
        )
        for row in _KNOWN.run(session, {"digests": list(digests)})
    }


def marked(session: Session, digests: Collection[str]) -> set[str]:
    """Return those of these digests whose rows are marked as sending no dose report."""
    query = select(DeviceRow.digest).where(DeviceRow.digest.in_(digests), DeviceRow.sends_no_rdsr)
    return set(session.scalars(query))


def add(session: Session, stated: Sequence[Texts], *, now: datetime) -> None:
    """Keep devices as objects state them; what is known stays as it is."""
    rows = [
        {**storable(asdict(one)), "id": uuid4(), "digest": one.digest, "sends_no_rdsr": False, "first_seen_at": now}
        for one in sorted(stated, key=lambda one: one.digest)
    ]
    session.execute(insert(DeviceRow).values(rows).on_conflict_do_nothing())


def note_software(session: Session, rows: Sequence[tuple[UUID, str, date]]) -> None:
    """Keep since which day a device has its software; an earlier day counts."""
    named = [{"device_id": device, "versions": versions, "since": since} for device, versions, since in sorted(rows)]
    if named:
        session.execute(_NOTE_SOFTWARE, named)


def of_site(session: Session, site: str) -> list[DeviceRow]:
    """Return all rows of a site, oldest first."""
    query = select(DeviceRow).where(DeviceRow.site == site).order_by(DeviceRow.first_seen_at, DeviceRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def get(session: Session, device_id: UUID) -> DeviceRow | None:
    """Return a row by our id."""
    return session.get(DeviceRow, device_id, populate_existing=True)


def every(session: Session) -> list[DeviceRow]:
    """Return all rows, oldest first."""
    query = select(DeviceRow).order_by(DeviceRow.first_seen_at, DeviceRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def of_machine(session: Session, machine_id: UUID) -> list[DeviceRow]:
    """Return the rows of one machine, oldest first."""
    query = select(DeviceRow).where(func.coalesce(DeviceRow.machine_id, DeviceRow.id) == machine_id)
    query = query.order_by(DeviceRow.first_seen_at, DeviceRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def change(session: Session, device_ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    """Set columns on these rows."""
    session.execute(update(DeviceRow).where(DeviceRow.id.in_(device_ids)).values(**values))


def refile_exams(session: Session, device_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have the exams of these rows made anew, as after another class was set."""
    session.execute(_REFILE, {"device_ids": list(device_ids), "now": now})


def software_of(session: Session, device_ids: Sequence[UUID]) -> list[tuple[str, date]]:
    """Return the software of these rows with the first day of each, in the order of the days."""
    since = func.min(DeviceSoftwareRow.since)
    query = (
        select(DeviceSoftwareRow.versions, since)
        .where(DeviceSoftwareRow.device_id.in_(device_ids))
        .group_by(DeviceSoftwareRow.versions)
        .order_by(since, DeviceSoftwareRow.versions)
    )
    return [(versions, day) for versions, day in session.execute(query)]


_LAST_OBJECTS = text(
    """
    SELECT coalesce(d.machine_id, d.id) AS machine_id, max(l.last_evidence_at) AS at
    FROM device d CROSS JOIN LATERAL (
        SELECT e.last_evidence_at FROM exam e WHERE e.device_id = d.id ORDER BY e.last_evidence_at DESC LIMIT 1
    ) l GROUP BY 1
    """
)


def last_objects(session: Session) -> dict[UUID, datetime]:
    """Return when the newest object of each machine came that sent any."""
    return {row.machine_id: row.at for row in session.execute(_LAST_OBJECTS)}
