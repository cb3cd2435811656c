"""The irradiating devices as resources of FHIR."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from db.repositories import fhir
from db.session import Session
from dose_core.fhir.devices import Equipment, device
from dose_core.fhir.elements import Made
from dose_core.fhir.terms import MODALITIES
from dose_services import devices
from dose_services.audit import Looker
from dose_services.devices import Device


def every(session: Session, *, looker: Looker) -> list[Made]:
    """Return all machines that somebody may see."""
    rows = devices.machine_ids(session)
    modalities, titles = fhir.modalities(session), fhir.ae_titles(session)
    software: dict[UUID, dict[str, None]] = defaultdict(dict)
    for one in fhir.software(session):
        software[rows[one.device_id]].setdefault(one.versions)
    return [
        device(_equipment(one, one.id, modalities.get(one.id, {}), software.get(one.id, {}), titles.get(one.id)))
        for one in devices.list_devices(session, reach=looker.reach)
    ]


def one(session: Session, device_id: UUID, *, looker: Looker) -> Made:
    """
    Return one machine, also by the id that one of its appearances had before they were found to be one.

    Raises:
        UnknownDeviceError: no device has this id, or none that the looker may see.
    """
    detail = devices.device_detail(session, device_id, reach=looker.reach)
    ids = [appearance.id for appearance in detail.appearances]
    modalities = fhir.modalities(session, ids).get(detail.device.id, {})
    software = ["\\".join(known.versions) for known in reversed(detail.software)]
    title = fhir.ae_titles(session, ids).get(detail.device.id) if detail.device.ae_title is None else None
    return device(_equipment(detail.device, device_id, modalities, software, title))


def _equipment(
    one: Device, id_: UUID, modalities: Mapping[str, int], software: Iterable[str], calling: str | None
) -> Equipment:
    """Return a machine; its AE title is what a procedure step states, else under which it sends, if that is its own."""
    newest = next(iter(software), None)
    return Equipment(
        id=str(id_),
        manufacturer=one.manufacturer,
        model=one.model,
        serial_number=one.serial_number,
        station_name=one.station_name,
        uid=one.observer_uid,
        ae_title=one.ae_title or calling,
        modality=_main(modalities),
        software_versions=tuple(newest.split("\\")) if newest else (),
    )


def _main(modalities: Mapping[str, int]) -> str | None:
    """Return the modality of most exams; of several alike the first by name."""
    counted: Counter[str] = Counter()
    for several, exams in modalities.items():
        counted.update({name: exams for name in several.split("/") if name in MODALITIES})
    return min(counted, key=lambda name: (-counted[name], name), default=None)
