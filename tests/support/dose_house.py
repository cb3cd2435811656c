"""The way of a dose SR back to the archive, with a clock that the test turns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from zoneinfo import ZoneInfo

from pydicom import dcmread
from sqlalchemy import select, true, update

from db.repositories import publications
from db.session import Engine, unit_of_work
from db.tables.device import DeviceRow
from db.tables.exam import ExamRow
from db.tables.finding import FindingRow
from db.tables.publication import PublicationRow
from dose_core.contract import Envelope
from dose_core.ledger.standing import Decided
from dose_core.writers.devices import Recorder
from dose_services import desk, estimates, following, ingest, publication, publication_sending, reading, skin_maps
from dose_services.audit import Looker, Via
from dose_services.publication_findings import ARCHIVE_UNREACHABLE, NOT_WRITTEN, REFUSED_BY_ARCHIVE
from dose_services.site import Site
from dose_worker.archive import Archive
from dose_worker.planning import plan_estimates
from dose_worker.publish import publish

QUIET_S = 60
DESK = Looker(subject="user:ada", user_id=None, via=Via.COMMAND, reference=None, route="doseledger test")
RECORDER = Recorder(serial_number="DL-TEST", software_version="0.1.0")


@dataclass
class DoseHouse:
    """Takes objects in, and works off what is due for the archive, at the moment that ``now`` names."""

    engine: Engine
    archive: Archive
    archives: dict[str, Archive] = field(default_factory=dict)  # by destination, where it is another one
    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    site: Site = field(
        default_factory=lambda: Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP", quiet_time_s=QUIET_S)
    )

    def receive(
        self,
        files: Sequence[bytes],
        *,
        are_headers: bool = False,
        site_label: str = "",
        calling_aet: str | None = None,
        sender: str = "test",
        orthanc_id: str | None = None,
    ) -> None:
        """
        Keep and read objects, as the service does, and what follows from them, as the worker does.

        With ``orthanc_id`` Orthanc holds them, under this id and their number.
        """
        envelopes = [
            Envelope(
                sop_instance_uid=_sop_instance_uid(dicom),
                dicom=dicom,
                is_header=are_headers,
                calling_aet=calling_aet,
                orthanc_id=f"{orthanc_id}-{number}" if orthanc_id else None,
            )
            for number, dicom in enumerate(files)
        ]
        with unit_of_work(self.engine) as session:
            kept = ingest.keep_objects(session, envelopes, sender=sender, received_at=self.now, site=site_label)
        states = reading.read_kept(partial(unit_of_work, self.engine), kept, now=self.now, site=self.site)
        self.follow()
        assert {state.status for state in states} == {"read"}, states

    def follow(self) -> None:
        """Do what follows from changes, and from that, as the worker does."""
        while following.work_off(partial(unit_of_work, self.engine), now=self.now, site=self.site, limit=100):
            pass

    def set_sends_no_rdsr(self, *, value: bool = True, model: str | None = None) -> None:
        """Mark all devices, or those of a model, as an operator does, and plan what follows, as the worker does."""
        which = DeviceRow.model == model if model else true()
        with unit_of_work(self.engine) as session:
            session.execute(update(DeviceRow).where(which).values(sends_no_rdsr=value))
        self.plan_anew()

    def decide(self, kind: Decided) -> None:
        """Say at the desk whether the exam is a patient's."""
        exam_id = self.rows()[0].exam_id
        with unit_of_work(self.engine) as session:
            desk.decide(session, exam_id, kind, comment="seen", looker=DESK, site=self.site, now=self.now)
        self.follow()

    def plan_anew(self) -> None:
        """Plan what follows from changes of devices and archives, as the worker does."""
        with unit_of_work(self.engine) as session:
            exam_ids = publication.unplanned(session, limit=100)
        for exam_id in exam_ids:
            with unit_of_work(self.engine) as session:
                publication.plan(session, exam_id, now=self.now, site=self.site)

    def estimate(self) -> None:
        """Ask the methods, compute the skin doses, and plan what archives are told of both, as the worker does."""
        units = partial(unit_of_work, self.engine)
        while estimates.work_off(units, now=self.now, limit=100) + skin_maps.work_off(units, now=self.now, limit=100):
            pass
        self.plan_estimates()

    def plan_estimates(self) -> None:
        """Plan what archives are told of what was estimated, as the worker does."""
        units = partial(unit_of_work, self.engine)
        plan_estimates(units, limit=100, clock=lambda: self.now, site=self.site, recorder=RECORDER)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def work(self) -> int:
        """Carry out all steps that are due, and return how many."""
        steps = 0
        while True:
            with unit_of_work(self.engine) as session:
                due = publication_sending.due(session, self.now, limit_each=10)
            for step in due:
                publish(
                    partial(unit_of_work, self.engine),
                    lambda destination: self.archives.get(destination.name, self.archive),
                    step.publication_id,
                    clock=lambda: self.now,
                    recorder=RECORDER,
                )
            if not due:
                return steps
            steps += len(due)

    def rows(self) -> list[PublicationRow]:
        """Return all publications, oldest revision first."""
        with unit_of_work(self.engine) as session:
            exam_ids = session.scalars(select(ExamRow.id))
            return [row for exam_id in exam_ids for row in publications.of_exam(session, exam_id)]

    def states(self) -> list[str]:
        """Return their states."""
        return [row.state for row in self.rows()]

    def findings(self) -> dict[str, str]:
        """Return the unresolved findings about publications: kind and text."""
        kinds = (NOT_WRITTEN, REFUSED_BY_ARCHIVE, ARCHIVE_UNREACHABLE)
        with unit_of_work(self.engine) as session:
            query = select(FindingRow).where(FindingRow.resolved_at.is_(None), FindingRow.kind.in_(kinds))
            return {row.kind: row.text for row in session.scalars(query)}


def digest(dicom: bytes) -> str:
    """Return a digest, for comparing objects in a readable way."""
    return sha256(dicom).hexdigest()[:12]


def _sop_instance_uid(dicom: bytes) -> str:
    data_set = dcmread(BytesIO(dicom), specific_tags=["SOPInstanceUID"])
    # A procedure step names itself in its meta information only.
    return str(data_set.get("SOPInstanceUID") or data_set.file_meta.MediaStorageSOPInstanceUID)
