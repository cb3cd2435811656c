"""
The kinds of objects that DoseLedger publishes: dose SRs, with what each needs of an exam, and patient dose reports.

A kind of dose SR speaks of one part of an exam, such as its CT. Where a report of a device speaks of that part, none of
ours is to be beside it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from pydicom.dataset import Dataset
from pydicom.uid import (
    PatientRadiationDoseSRStorage,
    RadiopharmaceuticalRadiationDoseSRStorage,
    SecondaryCaptureImageStorage,
    XRayRadiationDoseSRStorage,
)

from dose_core.ledger.exam import Counted, Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import Administration, Kind, MammographyEvent, ProjectionEvent
from dose_core.writers import ct_rdsr, mammography_rdsr, projection_rdsr, radiopharmaceutical_rdsr, skin_map_image
from dose_core.writers.document import Issue
from dose_core.writers.one_administration import with_one_administration
from dose_core.writers.patient_dose_sr import kind_of
from dose_core.writers.source_study import SourceStudy

Write: TypeAlias = Callable[[Exam, SourceStudy, Issue], Dataset]

# What a site chooses to have what was estimated published: a report for each method, and the map of skin dose.
PATIENT_DOSE = "patient dose"
_OF_METHOD = kind_of("")

# Before the UID of one administration, where an exam has several.
_ADMINISTRATION = f"{radiopharmaceutical_rdsr.KIND} "

_CT = frozenset({Quantity.DLP, Quantity.CTDI_VOL_MAX})
_MAMMOGRAPHY = frozenset({Quantity.AGD})
_NUCLEAR = frozenset({Quantity.ACTIVITY})
# Both write it; of an exam with both neither does, since nothing tells whose it is.
_SHARED = frozenset({Quantity.ENTRANCE_DOSE})
_PROJECTION = frozenset(
    {
        Quantity.DAP,
        Quantity.KA_R,
        Quantity.FLUORO_DAP,
        Quantity.FLUORO_KA_R,
        Quantity.FLUORO_TIME,
        Quantity.ACQUISITION_DAP,
        Quantity.ACQUISITION_KA_R,
        Quantity.ACQUISITION_TIME,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    What an exam holds of one kind of irradiation.

    ``sources`` are where its events and totals come from, none if the exam holds nothing of it; ``statements`` the
    keys of those that say it; ``states_dose`` whether any total is known.
    """

    sources: frozenset[Source]
    statements: tuple[str, ...]
    states_dose: bool

    @property
    def is_reported(self) -> bool:
        """Whether a dose report of a device speaks of it."""
        return Source.RDSR in self.sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """
    One kind of object that archives get.

    ``name`` is what it is called wherever it is told, and stands in its UIDs, so that it never changes. ``headers``
    are the objects whose patient and study it repeats, best first; any other of the study may stand in.
    """

    name: str
    sop_class_uid: str
    headers: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSr(Published):
    """One kind of dose SR; its name is what a site chooses it by."""

    part: Callable[[Exam], Part]
    write: Write


def _ct(exam: Exam) -> Part:
    events: tuple[ExamEvent, ...] = exam.ct.events if exam.ct else ()
    sources = {*(event.source for event in events), *((exam.ct.source,) if exam.ct else ())}
    return _part(exam, _CT, sources, (key for event in events for key in event.statements))


def _projection(exam: Exam) -> Part:
    return _counted(exam, _PROJECTION | (frozenset() if exam.mammography else _SHARED), exam.projection)


def _mammography(exam: Exam) -> Part:
    return _counted(exam, _MAMMOGRAPHY | (frozenset() if exam.projection else _SHARED), exam.mammography)


def _nuclear(exam: Exam) -> Part:
    return _counted(exam, _NUCLEAR, exam.nuclear)


def _counted(
    exam: Exam,
    quantities: frozenset[Quantity],
    events: tuple[Counted[ProjectionEvent], ...]
    | tuple[Counted[MammographyEvent], ...]
    | tuple[Counted[Administration], ...],
) -> Part:
    keys = (place.statement for event in events for place in event.places)
    return _part(exam, quantities, {event.source for event in events}, keys)


def _part(exam: Exam, quantities: frozenset[Quantity], sources: set[Source], statements: Iterable[str]) -> Part:
    totals = [total for total in exam.totals if total.quantity in quantities]
    told = [total.source for total in totals if total.source is not None]
    keys = (*statements, *(key for total in totals for key in _said_by(total)))
    return Part(
        sources=frozenset({*sources, *told}),
        statements=tuple(dict.fromkeys(keys)),
        states_dose=any(total.value is not None for total in totals),
    )


def _said_by(total: Total) -> Iterable[str]:
    return (key for key in (total.statement, *(one.statement for one in total.addends)) if key)


KINDS: tuple[DoseSr, ...] = (
    DoseSr(
        name=ct_rdsr.KIND,
        sop_class_uid=XRayRadiationDoseSRStorage,
        headers=(Kind.CT_IMAGE,),
        part=_ct,
        write=ct_rdsr.write_ct_rdsr,
    ),
    DoseSr(
        name=projection_rdsr.KIND,
        sop_class_uid=XRayRadiationDoseSRStorage,
        headers=(Kind.PROJECTION_IMAGE,),
        part=_projection,
        write=projection_rdsr.write_projection_rdsr,
    ),
    DoseSr(
        name=mammography_rdsr.KIND,
        sop_class_uid=XRayRadiationDoseSRStorage,
        headers=(Kind.MAMMOGRAPHY_IMAGE,),
        part=_mammography,
        write=mammography_rdsr.write_mammography_rdsr,
    ),
    DoseSr(
        name=radiopharmaceutical_rdsr.KIND,
        sop_class_uid=RadiopharmaceuticalRadiationDoseSRStorage,
        headers=(Kind.NUCLEAR_IMAGE,),
        part=_nuclear,
        write=radiopharmaceutical_rdsr.write_radiopharmaceutical_rdsr,
    ),
)


def kinds_of(exam: Exam) -> tuple[DoseSr, ...]:
    """
    Return the kinds of dose SR that an exam may have, whether or not it holds anything of them.

    A report of a radiopharmaceutical is about one administration: of an exam with several each has a kind of its own.
    """
    if len(exam.nuclear) <= 1:
        return KINDS
    others = (kind for kind in KINDS if kind.name != radiopharmaceutical_rdsr.KIND)
    return (*others, *(_of_administration(one.event_uid) for one in exam.nuclear))


def kind_named(name: str) -> DoseSr | None:
    """Return the kind of dose SR of a name, ``None`` if there is none."""
    event_uid = administration_of(name)
    if event_uid is not None:
        return _of_administration(event_uid)
    return next((kind for kind in KINDS if kind.name == name), None)


def administration_of(name: str) -> str | None:
    """Return the UID of the administration that a kind is about, ``None`` if it is not about one of several."""
    return name.removeprefix(_ADMINISTRATION) if name.startswith(_ADMINISTRATION) else None


def chosen_as(name: str) -> str:
    """Return the name by which a site chooses a kind of dose SR."""
    return name if administration_of(name) is None else radiopharmaceutical_rdsr.KIND


def _of_administration(event_uid: str) -> DoseSr:
    def part(exam: Exam) -> Part:
        return _nuclear(with_one_administration(exam, event_uid))

    def write(exam: Exam, source: SourceStudy, issue: Issue) -> Dataset:
        one = with_one_administration(exam, event_uid)
        return radiopharmaceutical_rdsr.write_radiopharmaceutical_rdsr(one, source, issue)

    return DoseSr(
        name=_ADMINISTRATION + event_uid,
        sop_class_uid=RadiopharmaceuticalRadiationDoseSRStorage,
        headers=(Kind.NUCLEAR_IMAGE,),
        part=part,
        write=write,
    )


def tells_estimates(name: str) -> bool:
    """Tell if a kind of object says what was estimated: a patient dose report of a method, or the map of skin dose."""
    return name.startswith(_OF_METHOD) or name == skin_map_image.KIND


def published_named(name: str) -> Published | None:
    """Return the kind of object of a name, ``None`` if archives get none of it."""
    if name == skin_map_image.KIND:
        return Published(name=name, sop_class_uid=SecondaryCaptureImageStorage)
    if tells_estimates(name):
        return Published(name=name, sop_class_uid=PatientRadiationDoseSRStorage)
    return kind_named(name)


def choices() -> dict[str, tuple[str, ...]]:
    """Return what a site can choose for an archive, each with the SOP Classes of its objects."""
    estimates = (PatientRadiationDoseSRStorage, SecondaryCaptureImageStorage)
    return {**{kind.name: (kind.sop_class_uid,) for kind in KINDS}, PATIENT_DOSE: estimates}
