"""The irradiating devices: what objects state of them, and what the site knows and decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from db.reaching import Reach
from db.repositories import device_decisions, devices, organisations
from db.session import Session
from db.tables.device import DeviceRow
from dose_core.errors import DoseError
from dose_core.ledger.device_class import DeviceClass
from dose_services import device_resolving, reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.organisations import UnknownOrganisationError

_NAMES = ("manufacturer", "model", "serial_number", "station_name", "institution", "observer_uid", "ae_title")


class UnknownDeviceError(DoseError):
    """No device has this id; see ``GET /api/v1/devices``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """
    One machine; a part that none of its objects states is ``None``.

    ``last_object_at`` is when the newest object came of which an exam is known. ``organisation_id`` is the organisation
    that it was said to be of; ``None`` leaves that to its site.
    """

    id: UUID
    site: str
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    institution: str | None
    observer_uid: str | None
    ae_title: str | None
    sends_no_rdsr: bool
    classed_as: DeviceClass
    first_seen_at: datetime
    last_object_at: datetime | None
    appearances: int
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A machine as objects state it; a part that they do not state is ``None``."""

    id: UUID
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    institution: str | None
    observer_uid: str | None
    ae_title: str | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """Software that objects of a machine name, and the first day of which one is known."""

    versions: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDecision:
    """What an operator decided about rows of this machine; ``withdraws`` is the number of what it takes back."""

    number: int
    kind: str
    device_ids: tuple[UUID, ...]
    withdraws: int | None
    decided_by: str
    decided_at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDetail:
    """One machine with all that is known of it."""

    device: Device
    appearances: tuple[Appearance, ...]
    software: tuple[Software, ...]  # by its first day
    decisions: tuple[DeviceDecision, ...]  # oldest first


def list_devices(session: Session, *, reach: Reach | None = None) -> list[Device]:
    """Return all machines in reach that an object named, by their names."""
    last = devices.last_objects(session)
    every = devices.every(session)
    within = reaching.devices_within(session, [row.id for row in every], reach)
    rows = sorted((row for row in every if row.id in within), key=_machine_id)
    found = [_device(list(members), last) for _, members in groupby(rows, key=_machine_id)]
    return sorted(found, key=lambda one: (*(getattr(one, name) or "" for name in _NAMES), str(one.id)))


def machine_ids(session: Session) -> dict[UUID, UUID]:
    """Return of which machine each row is."""
    return {row.id: _machine_id(row) for row in devices.every(session)}


def device_detail(session: Session, device_id: UUID, *, reach: Reach | None = None) -> DeviceDetail:
    """
    Return one machine, by its id or that of one of its appearances.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    members = rows_of(session, device_id, reach=reach)
    ids = [row.id for row in members]
    journal = device_decisions.journal(session, members[0].site)
    ours = {one.id for one in journal if not {str(device) for device in ids}.isdisjoint(one.device_ids)}
    return DeviceDetail(
        device=_device(members, devices.last_objects(session)),
        appearances=tuple(Appearance(id=row.id, first_seen_at=row.first_seen_at, **_stated([row])) for row in members),
        software=tuple(
            Software(versions=tuple(words.split("\\")), since=since)
            for words, since in devices.software_of(session, ids)
        ),
        decisions=tuple(
            DeviceDecision(
                number=one.id,
                kind=one.kind,
                device_ids=tuple(map(UUID, one.device_ids)),
                withdraws=one.withdraws,
                decided_by=one.decided_by,
                decided_at=one.decided_at,
                comment=one.comment,
            )
            for one in journal
            if one.id in ours
        ),
    )


def change_device(
    session: Session,
    device_id: UUID,
    *,
    sends_no_rdsr: bool | None = None,
    classed_as: DeviceClass | None = None,
    reach: Reach | None = None,
    now: datetime,
) -> Device:
    """
    Set what is given: whether a machine sends no dose SR of its own, and how its projection exams are classed.

    With another class the machine's exams are made anew, by the worker.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    # What an appearance that is just coming to be known takes over from the others must not miss this.
    device_resolving.lock(session, rows_of(session, device_id, reach=reach)[0].site)
    members = rows_of(session, device_id)
    ids = [row.id for row in members]
    if sends_no_rdsr is not None:
        devices.change(session, ids, {"sends_no_rdsr": sends_no_rdsr})
    if classed_as is not None and any(row.classed_as != classed_as for row in members):
        devices.change(session, ids, {"classed_as": str(classed_as)})
        devices.refile_exams(session, ids, now=now)
    return _device(rows_of(session, device_id), devices.last_objects(session))


def set_organisation(
    session: Session, device_id: UUID, organisation_id: UUID | None, *, looker: Looker, now: datetime
) -> Device:
    """
    Say of which organisation a machine is, and with it all its exams; ``None`` leaves it to its site. On record.

    Raises:
        UnknownDeviceError: no device has this id, or it is out of reach.
        UnknownOrganisationError: there is none of this id in reach.
    """
    device_resolving.lock(session, rows_of(session, device_id, reach=looker.reach)[0].site)
    members = rows_of(session, device_id)
    name = organisations.names(session).get(organisation_id) if organisation_id else "that of its site"
    if name is None or (organisation_id and not reaching.has_organisation(organisation_id, looker.reach)):
        raise UnknownOrganisationError("no organisation has this id")
    if any(row.organisation_id != organisation_id for row in members):
        devices.change(session, [row.id for row in members], {"organisation_id": organisation_id})
        reason = f"the device {members[0].id} is of {name}"
        record_look(session, looker, Action.CHANGE_ORGANISATION, now=now, reason=reason)
    return _device(rows_of(session, device_id), devices.last_objects(session))


def rows_of(session: Session, device_id: UUID, *, reach: Reach | None = None) -> list[DeviceRow]:
    """
    Return all rows of the machine that this row is of, oldest first.

    Raises:
        UnknownDeviceError: no device has this id, or it is out of reach.
    """
    row = devices.get(session, device_id)
    if row is None or not reaching.has_device(session, device_id, reach):
        msg = f"no device has the id {device_id}"
        raise UnknownDeviceError(msg)
    return devices.of_machine(session, _machine_id(row))


def _machine_id(row: DeviceRow) -> UUID:
    return row.machine_id or row.id


def _device(members: Sequence[DeviceRow], last: dict[UUID, datetime]) -> Device:
    machine_id = _machine_id(members[0])
    return Device(
        id=machine_id,
        site=members[0].site,
        sends_no_rdsr=any(row.sends_no_rdsr for row in members),
        classed_as=DeviceClass(members[0].classed_as),
        first_seen_at=min(row.first_seen_at for row in members),
        last_object_at=last.get(machine_id),
        appearances=len(members),
        organisation_id=members[0].organisation_id,
        **_stated(sorted(members, key=lambda row: (row.first_seen_at, row.id))),
    )


def _stated(members: Iterable[DeviceRow]) -> dict[str, str | None]:
    """Return each part as the oldest row states it that states it."""
    rows = list(members)
    return {name: next((text for row in rows if (text := getattr(row, name))), None) for name in _NAMES}
