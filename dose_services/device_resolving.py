"""
Which known devices the objects of a study name, and which rows of devices are one machine.

In the usual case, all of them known with their software, this is one query. What is new is kept as stated; then the
rows of its site are put together anew, as a whole, so that it does not matter what came first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from db.repositories import device_decisions, devices
from db.repositories.devices import KnownDevice, Texts
from db.session import Session, lock_key
from db.tables.device import DeviceRow
from dose_core.errors import DoseError
from dose_core.ledger.device_class import DeviceClass
from dose_core.ledger.device_identity import identity_keys, names_no_device
from dose_core.ledger.exam import Exam
from dose_core.model import DeviceStated, DoseReport
from dose_services.device_groups import Decided, machines


class NamelessDeviceError(DoseError):
    """What is stated names no device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The devices that the objects of a study name, as far as anything names one."""

    ids: Mapping[DeviceStated, UUID]
    classes: Mapping[DeviceStated, DeviceClass]  # of those that an operator classed

    def of_exam(self, exam: Exam) -> UUID | None:
        """Return the device of an exam: that of its CT, else the first that is named; ``None`` if none is."""
        stated = (*((exam.ct.device,) if exam.ct else ()), *exam.devices)
        return next((self.ids[device] for device in stated if device in self.ids), None)


def resolve(session: Session, site_label: str, reports: Iterable[DoseReport], *, now: datetime) -> Resolved:
    """Return the devices that these objects of a study name; those that are new are made known. Safe to repeat."""
    first_day: dict[DeviceStated, date] = {}
    for report in reports:
        if not report.our_own and report.device != DeviceStated():
            told = report.started_at or report.study_started_at or report.content_at
            day = told.date() if told else now.date()
            first_day[report.device] = min(day, first_day.get(report.device, day))
    if not first_day:
        return Resolved(ids={}, classes={})
    texts = {stated: _texts(stated, site_label) for stated in first_day}
    known = devices.known(session, [one.digest for one in texts.values()])
    if any(_is_new(known.get(one.digest), stated) for stated, one in texts.items()):
        known = _made_known(session, site_label, texts, now=now)
    found = {stated: known[one.digest] for stated, one in texts.items() if one.digest in known}
    devices.note_software(session, _new_software(found, first_day))
    return Resolved(
        ids={stated: device.id for stated, device in found.items()},
        classes={
            stated: DeviceClass(device.classed_as)
            for stated, device in found.items()
            if device.classed_as != DeviceClass.BY_DOSE
        },
    )


def make_known(session: Session, site_label: str, stated: DeviceStated, *, now: datetime) -> UUID:
    """
    Return the row of a device of which no object came yet.

    Raises:
        NamelessDeviceError: nothing that is stated tells this device from another.
    """
    if names_no_device(stated):
        raise NamelessDeviceError("a model, a station name or a serial number must tell this device from others")
    texts = _texts(stated, site_label)
    return _made_known(session, site_label, {stated: texts}, now=now)[texts.digest].id


def digest_of(stated: DeviceStated, site_label: str) -> str:
    """Return what tells the row of a device, as objects of a site state it, from others."""
    return _texts(stated, site_label).digest


def lock(session: Session, site_label: str) -> None:
    """Let one transaction at a time put the devices of a site together."""
    lock_key(session, f"devices {site_label}")


def regroup(session: Session, site_label: str, *, now: datetime) -> None:
    """
    Find out anew which rows of a site are one machine, and set on all of them what was set on one.

    A device that an operator marked, or said to be of an organisation, stays so when it is found to be one with others.
    """
    lock(session, site_label)
    rows = {row.id: row for row in devices.of_site(session, site_label)}
    decisions = [
        Decided(device_ids=frozenset(map(UUID, one.device_ids)), is_split=one.kind == "split")
        for one in device_decisions.standing(session, site_label)
    ]
    for group in machines({row.id: _keys(row) for row in rows.values()}, decisions):
        _settle(session, [row for row in rows.values() if row.id in group], now=now)


def _settle(session: Session, members: list[DeviceRow], *, now: datetime) -> None:
    """Set on the rows of one machine, oldest first, what they share."""
    classed_as = next((row.classed_as for row in members if row.classed_as != DeviceClass.BY_DOSE), DeviceClass.BY_DOSE)
    values = {
        "machine_id": members[0].id,
        "sends_no_rdsr": any(row.sends_no_rdsr for row in members),
        "classed_as": str(classed_as),
        "organisation_id": next((row.organisation_id for row in members if row.organisation_id), None),
    }
    others = [row for row in members if any(getattr(row, name) != value for name, value in values.items())]
    classed_anew = [row.id for row in others if row.classed_as != classed_as]
    if others:
        devices.change(session, [row.id for row in others], values)
    if classed_anew:
        devices.refile_exams(session, classed_anew, now=now)


def _is_new(known: KnownDevice | None, stated: DeviceStated) -> bool:
    return known.machine_id is None if known else not names_no_device(stated)


def _made_known(
    session: Session, site_label: str, texts: Mapping[DeviceStated, Texts], *, now: datetime
) -> dict[str, KnownDevice]:
    lock(session, site_label)
    named = {one.digest: one for stated, one in texts.items() if not names_no_device(stated)}
    devices.add(session, list(named.values()), now=now)
    regroup(session, site_label, now=now)
    return devices.known(session, [one.digest for one in texts.values()])


def _texts(stated: DeviceStated, site_label: str) -> Texts:
    return Texts(
        site=site_label,
        manufacturer=stated.manufacturer or "",
        model=stated.model or "",
        serial_number=stated.serial_number or "",
        station_name=stated.station_name or "",
        institution=stated.institution or "",
        observer_uid=stated.observer_uid or "",
        ae_title=stated.ae_title or "",
    )


def _keys(row: DeviceRow) -> tuple[str, ...]:
    stated = DeviceStated(
        manufacturer=row.manufacturer or None,
        model=row.model or None,
        serial_number=row.serial_number or None,
        station_name=row.station_name or None,
        institution=row.institution or None,
        observer_uid=row.observer_uid or None,
        ae_title=row.ae_title or None,
    )
    return identity_keys(stated, site=row.site, study_instance_uid=None)


def _new_software(
    found: Mapping[DeviceStated, KnownDevice], first_day: Mapping[DeviceStated, date]
) -> list[tuple[UUID, str, date]]:
    named = ((device, "\\".join(stated.software_versions), first_day[stated]) for stated, device in found.items())
    return [
        (device.id, words, day) for device, words, day in named if words and day < device.software.get(words, date.max)
    ]
