"""
Write a rejection note: the Key Object Selection Document by which we take back an object of ours.

Source: PS3.3, A.35.4 (Key Object Selection Document IOD); PS3.16, TID 2010; IHE RAD TF, Imaging Object Change
Management, RAD-66 Rejection Note Stored.
"""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import KeyObjectSelectionDocumentStorage

from dose_core.writers import concepts as c
from dose_core.writers.devices import observer
from dose_core.writers.document import Evidence, Issue, framed, references, template
from dose_core.writers.errors import NotWritableError
from dose_core.writers.items import HAS_CONCEPT_MOD, coded, composite, container, text
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.valid import is_uid, source_problems

KIND = "rejection note"
SERIES_DESCRIPTION = "Withdrawn dose reports"

_WHY = "Withdrawn by DoseLedger, which wrote it: its values must not be counted any more."


def write_rejection_note(rejected: tuple[Evidence, ...], source: SourceStudy, issue: Issue) -> Dataset:
    """
    Return a valid note that objects of one study are withdrawn. The same arguments give the same dataset.

    Its title is 113037, Rejected for Patient Safety Reasons. Of the four titles that RAD-66 knows this is the one that
    is true and that hides the objects from every user: one rejected for quality reasons (113001) may stay in use where
    a site wishes so, and 113038 and 113039 speak of a wrong worklist entry and of the end of retention.

    Args:
        rejected: the objects, all of the source's study.
        source: the study's own header values, which the note repeats.
        issue: which note this is; ``uids_of(KIND, exam id, revision)`` gives its UIDs. Neither its evidence nor its
            predecessor is used.

    Raises:
        NotWritableError: no object is named, one is of another study, or the study's header values cannot be repeated.
    """
    missing = tuple(dict.fromkeys([*_problems(rejected, source), *source_problems(source.study_instance_uid, source)]))
    if missing:
        raise NotWritableError(source.study_instance_uid, missing)
    children = [
        coded(c.LANGUAGE, c.ENGLISH, HAS_CONCEPT_MOD),
        *observer(issue.recorder),
        text(c.KEY_OBJECT_DESCRIPTION, _WHY),
        *(composite(one.sop_class_uid, one.sop_instance_uid) for one in rejected),
    ]
    note = framed(
        container(c.REJECTED_FOR_PATIENT_SAFETY_REASONS, children, relationship=None),
        source,
        issue,
        sop_class=KeyObjectSelectionDocumentStorage,
        modality="KO",
        series_description=SERIES_DESCRIPTION,
    )
    # Key Object Document Module (PS3.3, C.17.6.2): every object of the tree, here also those of no request.
    note.CurrentRequestedProcedureEvidenceSequence = Items(references(rejected))
    note.ContentTemplateSequence = Items([template("2010")])
    return note


def _problems(rejected: tuple[Evidence, ...], source: SourceStudy) -> list[str]:
    if not rejected:
        return ["an object to withdraw"]
    found = []
    if any(one.study_instance_uid != source.study_instance_uid for one in rejected):
        found.append("objects of the study of the note")
    if not all(is_uid(uid) for one in rejected for uid in _uids(one)):
        found.append("valid UIDs of the objects")
    return found


def _uids(one: Evidence) -> tuple[str, str, str]:
    return one.series_instance_uid, one.sop_class_uid, one.sop_instance_uid
