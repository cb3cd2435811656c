"""
Patient dose reports of an exam: one for each method that gives a value, and the skin map as an image.

Nothing here stores or sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from pydicom.dataset import Dataset

from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.writers import skin_map_image
from dose_core.writers.devices import Recorder
from dose_core.writers.document import DocumentUids, Evidence, Issue, uids_of
from dose_core.writers.errors import NotWritableError
from dose_core.writers.kinds import published_named
from dose_core.writers.part10 import to_part10
from dose_core.writers.patient_dose_sr import write_patient_dose_sr
from dose_core.writers.patient_dose_values import is_effective_dose
from dose_core.writers.skin_map_image import evidence_of, write_skin_map_image
from dose_services.patient_dose_gathering import Gathered, gather
from dose_services.publication_document import digest_of, instance_of, nobodys


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDoseObject:
    """
    One object of an exam as a DICOM file; without one, ``missing`` names what a valid object of this kind lacks.

    Where it says the same it has the same bytes and UIDs; where anything in it changes, it has other UIDs.
    """

    kind: str
    uids: DocumentUids
    dicom: bytes | None
    missing: tuple[str, ...] = ()


def write(gathered: Gathered, kind: str, issue: Issue, *, skin_map: Evidence | None = None) -> Dataset:
    """
    Return one of the objects of an exam, of one of its ``kinds``. The same arguments give the same dataset.

    Args:
        gathered: what it is made of.
        kind: which of ``gathered.kinds``.
        issue: which object this is; ``uids_of(kind, exam id, revision)`` gives its UIDs.
        skin_map: the image of the skin map, as it is or will be in the archive, for the report that names it.

    Raises:
        NotWritableError: a valid object cannot be made of it.
    """
    if kind == skin_map_image.KIND and gathered.skin is not None:
        return write_skin_map_image(gathered.skin.picture or b"", gathered.source, issue, method=gathered.skin.method)
    is_of_skin = gathered.names_map(kind)
    return write_patient_dose_sr(
        gathered.exam,
        gathered.doses.get(kind, ()),
        gathered.source,
        issue,
        reports=gathered.reports,
        left_out=gathered.skin.left_out if is_of_skin and gathered.skin else frozenset(),
        skin_map=skin_map if is_of_skin else None,
        effective_dose_statement=gathered.statement,
    )


def write_all(gathered: Gathered, issues: Mapping[str, Issue]) -> dict[str, Dataset | NotWritableError]:
    """Return every object of an exam by its kind, or why it cannot be written; ``issues`` has one for each kind."""
    found: dict[str, Dataset | NotWritableError] = {}
    skin_map: Evidence | None = None
    for kind in gathered.kinds:
        try:
            found[kind] = written = write(gathered, kind, issues[kind], skin_map=skin_map)
        except NotWritableError as refusal:
            found[kind] = refusal
            continue
        if kind == skin_map_image.KIND:
            skin_map = evidence_of(written)
    return found


def substance_of(gathered: Gathered, kind: str, recorder: Recorder, *, skin_map: Evidence | None) -> str:
    """
    Return a digest of what one of the objects says: equal if nothing changed that a reader of it would see.

    Raises:
        NotWritableError: a valid object cannot be made of it.
    """
    return digest_of(write(gathered, kind, nobodys(recorder), skin_map=skin_map))


def reference_to(row: PublicationRow | None, gathered: Gathered) -> Evidence | None:
    """Return how a report names the map of skin dose that a row is, ``None`` where it names none."""
    kind = published_named(row.kind) if row else None
    return instance_of(row, kind, gathered.exam.study_instance_uid) if row and kind else None


def tells_effective_dose(gathered: Gathered, kind: str) -> bool:
    """Tell if one of the objects may tell an effective dose, so that it leaves where a site switches that off."""
    return any(map(is_effective_dose, gathered.doses.get(kind, ())))


def objects_of(session: Session, exam_id: UUID, recorder: Recorder) -> tuple[PatientDoseObject, ...]:
    """
    Return all patient dose reports of an exam and its skin map, as everything stands now; see ``gather``.

    Raises:
        UnusableHeaderError: the header of the dose report cannot be repeated.
    """
    gathered = gather(session, exam_id)
    if gathered is None:
        return ()
    issues = {kind: _issue(gathered, kind, recorder) for kind in gathered.kinds}
    return tuple(
        PatientDoseObject(kind=kind, uids=issues[kind].uids, dicom=None, missing=one.missing)
        if isinstance(one, NotWritableError)
        else PatientDoseObject(kind=kind, uids=issues[kind].uids, dicom=to_part10(one))
        for kind, one in write_all(gathered, issues).items()
    )


def _issue(gathered: Gathered, kind: str, recorder: Recorder) -> Issue:
    """Return which object this is: estimates change without a new revision of the exam, so that what it says counts."""
    told = (gathered.doses.get(kind), gathered.skin, gathered.reports, gathered.source, gathered.statement, recorder)
    digest = sha256(repr(told).encode()).hexdigest()
    uids = uids_of(f"{kind} {digest}", gathered.exam_id, gathered.revision)
    return Issue(uids=uids, made_at=gathered.made_at[kind], recorder=recorder)
