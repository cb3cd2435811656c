"""A house whose archive gets what was estimated, and what a test does with it."""

from dataclasses import dataclass, replace
from io import BytesIO
from math import isclose
from typing import Any
from uuid import UUID

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import PatientRadiationDoseSRStorage, SecondaryCaptureImageStorage
from sqlalchemy import func, select

from db.repositories import estimates, patient_doses, patients
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.publication import PatientDoseDueRow, PublicationRow
from dose_core.dosimetry.estimate import Estimate
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.ledger.standing import Decided
from dose_core.model import DoseReport
from dose_core.writers.kinds import PATIENT_DOSE
from dose_services import desk, effective_dose, pacs_destinations, publication_desk, restriction, skin_places
from dose_services.audit import Looker, Via
from dose_services.patient_dose_gathering import Gathered, gather
from tests.builders.projection_rdsr import fluoroscopy_report_bytes
from tests.support.content import items, numbers
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.read_as import read_as

PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=None, route="/test")
ARTIS: dict[str, Any] = {"Manufacturer": "Siemens", "ManufacturerModelName": "AXIOM-Artis"}


@dataclass
class EstimatesHouse:
    """A house and its archive."""

    house: DoseHouse
    archive: FakeArchive

    def receive_angiography(self, **header: Any) -> None:  # noqa: ANN401  header elements by keyword
        """Take in the report of an AXIOM-Artis, of which there is a map of skin dose."""
        self.house.receive([fluoroscopy_report_bytes(**(ARTIS | header))])
        self.house.estimate()

    def choose(self, *kinds: str, deletes: bool | None = None) -> None:
        """Say what the archive gets; patient dose reports, if nothing is named."""
        chosen = kinds or (PATIENT_DOSE,)
        with unit_of_work(self.house.engine) as session:
            pacs_destinations.set_rule(
                session, "orthanc", kinds=chosen, deletes=deletes, looker=PHIL, now=self.house.now
            )
        self.house.estimate()

    def publish(self) -> None:
        """Plan and send what there is, once the study is quiet."""
        self.house.wait(QUIET_S)
        self.catch_up()

    def catch_up(self) -> None:
        """Do all that follows from what happened, and all that follows from that."""
        self.house.follow()
        for _ in range(4):  # as the worker's rounds: what is sent may have something planned anew
            self.house.estimate()
            self.house.work()
            self.house.wait(1)

    def switch(self, *, is_on: bool) -> None:
        """Let the site see effective dose, or hide it."""
        with unit_of_work(self.house.engine) as session:
            effective_dose.switch(session, "", is_on=is_on, reason="agreed in a test", looker=PHIL, now=self.house.now)

    def shift(self, head_mm: float) -> None:
        """Say that the patient lay elsewhere on the table, which changes the skin dose."""
        with unit_of_work(self.house.engine) as session:
            skin_places.place(
                session,
                self.exam_id(),
                Choice(head_mm=head_mm),
                reason="as measured on the table",
                looker=PHIL,
                now=self.house.now,
            )

    def say_of_organs(self, *, version: str, organs: int) -> None:
        """Have the method of organ doses say something else: in another version, of so many organs."""
        with unit_of_work(self.house.engine) as session:
            known = next(one for one in estimates.newest(session, [self.exam_id()]) if one.method_id == "ct-organ-dose")
            told = [one for one in known.outcomes if isinstance(one.result, Estimate)][:organs]
            outcomes = [
                replace(one, result=replace(one.result, method_version=version))
                for one in told
                if isinstance(one.result, Estimate)
            ]
            values = {
                "exam_id": known.exam_id,
                "revision_id": known.revision_id,
                "method_id": known.method_id,
                "method_version": version,
                "case_digest": version.encode(),
                "made_at": self.house.now,
            }
            estimates.add(session, values, outcomes)
            patient_doses.wake(session, known.exam_id, now=self.house.now)

    def retry(self, number: int) -> None:
        """Have a refused object sent again."""
        with unit_of_work(self.house.engine) as session:
            publication_desk.retry(session, number, looker=PHIL, now=self.house.now)

    def release_to(self, patient_id: UUID, *, exam_id: UUID) -> None:
        """Give the exam to a patient at the desk."""
        with unit_of_work(self.house.engine) as session:
            desk.decide(
                session,
                exam_id,
                Decided.RELEASED,
                patient_id=patient_id,
                comment="it was the other one",
                looker=PHIL,
                site=self.house.site,
                now=self.house.now,
            )

    def restrict(self) -> None:
        """Restrict the patient of the exam."""
        with unit_of_work(self.house.engine) as session:
            restriction.restrict(
                session, self.patient_id(), reason="they asked for it", looker=PHIL, now=self.house.now
            )

    def lift(self) -> None:
        """Lift the restriction."""
        with unit_of_work(self.house.engine) as session:
            restriction.lift(session, self.patient_id(), reason="they agreed again", looker=PHIL, now=self.house.now)

    def gathered(self) -> Gathered:
        """Return what is to be told of the only exam."""
        with unit_of_work(self.house.engine) as session:
            gathered = gather(session, self.exam_id())
        assert gathered is not None
        return gathered

    def exam_id(self) -> UUID:
        """Return the only exam."""
        with unit_of_work(self.house.engine) as session:
            return session.scalars(select(ExamRow.id)).one()

    def patient_id(self) -> UUID:
        """Return the patient of the only exam."""
        with unit_of_work(self.house.engine) as session:
            return session.scalars(select(ExamRow.patient_id)).one()

    def patient_of(self, identifier: str) -> UUID:
        """Return the patient of an identifier."""
        with unit_of_work(self.house.engine) as session:
            found = patients.find_by_identifier(session, identifier, "HOSP")
            assert found is not None
            return found.id

    def waiting(self) -> int:
        """Return how many looks at exams wait."""
        with unit_of_work(self.house.engine) as session:
            return session.scalar(select(func.count()).select_from(PatientDoseDueRow)) or 0

    def rows(self) -> list[PublicationRow]:
        """Return the publications in the order in which they came up."""
        return sorted(self.house.rows(), key=lambda row: row.number)

    def states(self) -> list[tuple[str, str]]:
        """Return kind and state of each."""
        return [(row.kind, row.state) for row in self.rows()]

    def objects(self) -> list[Dataset]:
        """Return what the archive has, in the order in which it came."""
        return [dcmread(BytesIO(dicom)) for dicom in self.archive.objects.values()]

    def maps(self) -> list[Dataset]:
        """Return the maps of skin dose in the archive."""
        return [one for one in self.objects() if one.SOPClassUID == SecondaryCaptureImageStorage]

    def reports(self) -> list[Dataset]:
        """Return the patient dose reports in the archive."""
        return [one for one in self.objects() if one.SOPClassUID == PatientRadiationDoseSRStorage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One estimate as a report tells it, or as a method said it; doses in mGy or mSv."""

    method: str
    event_uid: str | None
    value: float
    low: float
    high: float


def said_by(gathered: Gathered, kind: str) -> list[Told]:
    """Return what the method of a report said."""
    return [
        Told(
            method=f"{one.estimate.method_id}, version {one.estimate.method_version}",
            event_uid=one.event_uid,
            value=one.estimate.value,
            low=one.estimate.interval.low,
            high=one.estimate.interval.high,
        )
        for one in gathered.doses[kind]
    ]


def read_back(dicom: bytes) -> list[Told]:
    """Return what a report tells: values as our reader reads them, method and intervals from their items."""
    report = dcmread(BytesIO(dicom))
    (estimate,) = items(report, "128402")
    (method,) = items(estimate, "128403")
    found = read_as(DoseReport, dicom).estimates
    below, above = ([one for one in numbers(estimate, name) if one is not None] for name in ("371885007", "371886008"))
    return [
        Told(
            method=str(method.TextValue),
            event_uid=one.event_uid,
            value=one.value,
            low=one.value - low * _scale(one.quantity),
            high=one.value + high * _scale(one.quantity),
        )
        for one, low, high in zip(found, below, above, strict=True)
    ]


def _scale(quantity: str) -> int:
    return 1 if quantity in {"ssde", "effective_dose"} else 1000  # absorbed doses stand in Gy


def is_same(one: Told, other: Told) -> bool:
    """Tell if two are one, up to the ten digits that a report holds."""
    numbers_of = [(one.value, other.value), (one.low, other.low), (one.high, other.high)]
    named = (one.method, one.event_uid) == (other.method, other.event_uid)
    return named and all(isclose(a, b, rel_tol=1e-8, abs_tol=1e-9) for a, b in numbers_of)


def map_named_by(report: Dataset) -> str:
    """Return the map that a patient dose report names."""
    (named,) = items(report, "128414")
    return str(named.ReferencedSOPSequence[0].ReferencedSOPInstanceUID)


def predecessors_of(report: Dataset) -> list[str]:
    """Return the reports that one takes the place of."""
    return [
        str(one.ReferencedSOPInstanceUID)
        for study in report.get("PredecessorDocumentsSequence", [])
        for series in study.ReferencedSeriesSequence
        for one in series.ReferencedSOPSequence
    ]
