"""File one study of each kind for each invented device, by the services themselves, into an empty database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.house import AUTHORITY, TIMEZONE
from bench.synthetic.studies import KINDS, PATIENT_ID, Kind, envelopes, root_of
from db.repositories import patients
from db.session import Engine, unit_of_work
from dose_services import following, viewing
from dose_services.audit import Looker, Via
from dose_services.ingest import keep_objects
from dose_services.reading import read_kept
from dose_services.site import Site
from tests.builders.sr import Item

ARRIVED = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)  # on the day of the studies
SENDER = "system:orthanc"
_DEVICES = {"CT": 3, "DX": 3, "MG": 1, "XA": 1, "NM": 1}  # of each hospital
SITE = Site(timezone=ZoneInfo(TIMEZONE), default_authority=AUTHORITY, quiet_time_s=0)
_LOOKER = Looker(
    subject="system:viewer",
    user_id=None,
    via=Via.TOKEN,
    reference=UUID(int=1),
    route="/api/v1/patients/{patient_id}/exams",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One study that was filed: where its rows are found, and how many of a thousand exams of its site are like it."""

    site: str
    kind: Kind
    root: str
    weight: float

    @property
    def study_instance_uid(self) -> str:
        """Its Study Instance UID."""
        return f"{self.root}.2"


def site_labels(count: int) -> list[str]:
    """Return the labels of so many hospitals."""
    return [f"hospital-{number}" for number in range(count)]


def file_all(engine: Engine, *, sites: int, kinds: Sequence[Kind] = KINDS) -> list[Filing]:
    """
    File these kinds of study for every device of every site, look at each patient once, and return what was filed.

    Raises:
        RuntimeError: an object was not read.
    """
    work = partial(unit_of_work, engine)
    filings = []
    for number, (site, kind, device, devices) in enumerate(_all(sites, kinds)):
        root = root_of(number)
        for envelope in envelopes(kind.objects(root, device), root):
            with work() as session:
                kept = keep_objects(session, [envelope], sender=SENDER, received_at=ARRIVED, site=site)
            (state,) = read_kept(work, kept, now=ARRIVED, site=SITE)
            if state.status != "read":
                msg = f"{kind.name}: {state.status}: {state.reason}"
                raise RuntimeError(msg)
        filings.append(Filing(site=site, kind=kind, root=root, weight=kind.weight / devices))
    while following.work_off(work, now=ARRIVED, site=SITE, limit=500):
        pass
    for site in site_labels(sites):
        with work() as session:
            person = patients.find_by_identifier(session, PATIENT_ID, site)
            if person is None:
                raise RuntimeError("the invented person is not known")
            viewing.look_at_history(session, person.id, looker=_LOOKER, now=ARRIVED)
    return filings


def _all(sites: int, kinds: Sequence[Kind]) -> Iterator[tuple[str, Kind, Item, int]]:
    for site in site_labels(sites):
        for kind in kinds:
            for number in range(_DEVICES[kind.modality]):
                yield site, kind, _device(site, kind.modality, number), _DEVICES[kind.modality]


def _device(site: str, modality: str, number: int) -> Item:
    return {
        "Manufacturer": "INVENTED SYSTEMS",
        "ManufacturerModelName": f"INVENTED {modality} {number}",
        "StationName": f"{modality}{number}-{site[-8:]}".upper(),
        "DeviceSerialNumber": f"{site[-4:]}{modality}{number:04}",
        "SoftwareVersions": "invented VA62A",
        "InstitutionName": f"Invented {site}",
    }
