"""
Write Patient Radiation Dose SR objects: what DoseLedger estimated, by one method, of the patient of one exam.

Source: PS3.16, TID 10030 (Patient Radiation Dose), which includes one Radiation Dose Estimate, and TID 10033
(Methodology); PS3.17, Annex GGGG. Which rows were read: ``docs/conformance/patient-dose-written.md``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import PatientRadiationDoseSRStorage

from dose_core.ledger.exam import Exam
from dose_core.model import Code
from dose_core.writers import concepts as c
from dose_core.writers.devices import observer
from dose_core.writers.document import Evidence, Issue, document
from dose_core.writers.errors import NotWritableError
from dose_core.writers.items import HAS_PROPERTIES, reference, uid_ref
from dose_core.writers.patient_dose_values import (
    MODELS,
    Model,
    PatientDose,
    given_doses,
    has_concept,
    is_effective_dose,
    problems,
)
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.templates.conditions import Facts
from dose_core.writers.templates.fill import Given, With, filled
from dose_core.writers.templates.values import words
from dose_core.writers.valid import is_uid, source_problems

SERIES_DESCRIPTION = "Estimated patient dose, written by DoseLedger"
_KIND = "patient dose"
_WRITTEN = (
    "Estimates of DoseLedger, made from what the dose reports named here state. They are no measurements and no dose "
    "of a device, and must not be counted beside the doses of these reports."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedReport:
    """A dose report that estimates were made from, with the Irradiation Event UIDs that it states."""

    evidence: Evidence
    event_uids: tuple[str, ...]


def kind_of(method_id: str) -> str:
    """Return the kind of report that a method has: each method has one of its own, since a report holds one."""
    return f"{_KIND} {method_id}"


def write_patient_dose_sr(
    exam: Exam,
    doses: Sequence[PatientDose],
    source: SourceStudy,
    issue: Issue,
    *,
    reports: Sequence[UsedReport],
    left_out: frozenset[str] = frozenset(),
    skin_map: Evidence | None = None,
    effective_dose_statement: str | None = None,
) -> Dataset:
    """
    Return a valid patient dose report of the estimates of one method. The same arguments give the same dataset.

    Args:
        exam: the exam that the estimates are of.
        doses: what the method says, each with its interval; quantities that the templates have no concept for, and
            estimates of events that no dose report states, are left out and counted in the comment.
        source: the study's own header values, which the report repeats.
        issue: which report this is; ``uids_of(kind_of(method), exam id, revision)`` gives its UIDs.
        reports: the dose reports that the method looked at.
        left_out: the UIDs of events that the method left out, where its estimates are of the whole exam.
        skin_map: the image that shows the distribution, for estimates of the skin.
        effective_dose_statement: what must stand beside an effective dose; ``None`` if the site lets none out.

    Raises:
        NotWritableError: no estimate can be told, they are of several methods, one lacks its interval or source, no
            dose report is named, or the study's header values cannot be repeated.
    """
    told = _reported([one for one in doses if has_concept(one)], exam, reports, left_out)
    used = list(_used(told, reports, left_out))
    missing = tuple(dict.fromkeys(_problems(exam, told, used, source, effective_dose_statement)))
    if missing:
        raise NotWritableError(exam.study_instance_uid, missing)
    named = [*(one.evidence for one in used), *([skin_map] if skin_map else [])]
    comment = _comment(len(doses) - len(told), effective_dose_statement if any(map(is_effective_dose, told)) else None)
    return document(
        _tree(told, used, skin_map, issue, comment),
        source,
        replace(issue, evidence=(*issue.evidence, *named)),
        tid="10030",
        series_description=SERIES_DESCRIPTION,
        sop_class=PatientRadiationDoseSRStorage,
    )


def _reported(
    doses: Sequence[PatientDose], exam: Exam, reports: Sequence[UsedReport], left_out: frozenset[str]
) -> list[PatientDose]:
    """Return the doses that rest on the reports: each of an event that one states, and of all where they state all."""
    stated = {uid for report in reports for uid in report.event_uids}
    if any(not report.event_uids for report in reports):  # one with totals alone speaks of all that there was
        return list(doses)
    named = {one.event_uid for one in doses} - {None}
    irradiated = named or {one.event_uid for one in exam.events} - left_out
    return [one for one in doses if (one.event_uid in stated if one.event_uid else irradiated <= stated)]


def _used(
    doses: Sequence[PatientDose], reports: Sequence[UsedReport], left_out: frozenset[str]
) -> Iterator[UsedReport]:
    """Yield the reports of which events were used; all of those are left where the report has no other."""
    named = {one.event_uid for one in doses} - {None}
    for report in reports:
        events = tuple(dict.fromkeys(report.event_uids))
        used = tuple(uid for uid in events if (uid in named if named else uid not in left_out))
        if used == events:
            yield replace(report, event_uids=())
        elif used:
            yield replace(report, event_uids=used)


def _problems(
    exam: Exam,
    doses: Sequence[PatientDose],
    used: Sequence[UsedReport],
    source: SourceStudy,
    effective_dose_statement: str | None,
) -> Iterator[str]:
    if not doses:
        yield "an estimate with a concept in patient dose reports, of events that a dose report of a device states"
    if len({(one.estimate.method_id, one.estimate.method_version) for one in doses}) > 1:
        yield "estimates of one method (PS3.16, TID 10030, row 4)"
    for dose in doses:
        yield from problems(dose)
    if effective_dose_statement is None and any(map(is_effective_dose, doses)):
        yield "the site's permission to tell an effective dose"
    if not used:
        yield "a dose report that the estimates were made from (PS3.16, TID 10033, row 2)"
    if not all(map(is_uid, _uids(used))):
        yield "valid UIDs of the dose reports and of their events"
    yield from source_problems(exam.study_instance_uid, source)


def _uids(used: Sequence[UsedReport]) -> Iterator[str]:
    for one in used:
        evidence = one.evidence
        yield from (evidence.study_instance_uid, evidence.series_instance_uid)
        yield from (evidence.sop_class_uid, evidence.sop_instance_uid, *one.event_uids)


def _comment(untold: int, statement: str | None) -> str:
    sentences = [_WRITTEN, *([statement] if statement else [])]
    if untold:
        sentences.append(f"Not told: {untold} values without a concept here, or of events that no dose report states.")
    return " ".join(sentences)


def _tree(
    doses: Sequence[PatientDose], used: Sequence[UsedReport], skin_map: Evidence | None, issue: Issue, comment: str
) -> Dataset:
    first = doses[0].estimate
    estimate: dict[str, Any] = {
        "Radiation Dose Estimate Name": f"{first.method_id}, version {first.method_version}",
        **given_doses(tuple(doses)),
        "Radiation Dose Estimate Methodology": With(below=_methodology(doses, used)),
    }
    if skin_map is not None:
        estimate["Radiation Dose Estimate Representation"] = With(below=_representation(skin_map))
    given: dict[str, Any] = {item.ConceptNameCodeSequence[0].CodeMeaning: item for item in observer(issue.recorder)}
    given |= {
        "Language of Content Item and Descendants": c.ENGLISH,
        "Radiation Dose Estimate": With(below=estimate),
        "Comment": comment,
    }
    return filled("10030", given, Facts())


def _methodology(doses: Sequence[PatientDose], used: Sequence[UsedReport]) -> Given:
    method = doses[0].estimate.method_id
    model = MODELS.get(method, Model())
    sources = "; ".join(dict.fromkeys(one.estimate.source for one in doses))
    sexes = {str(one.value) for dose in doses for one in dose.estimate.inputs if one.name == "sex"}
    sex = words("7455").get(sexes.pop()) if len(sexes) == 1 else None
    return {
        "SR Instance Used": [_sr_instance(one) for one in used],
        "Patient Radiation Dose Model": With(
            below={
                "Patient Model Type": _word("10064", model.body),
                "Radiation Transport Model Type": _word("10065", model.transport),
                "Patient Radiation Dose Model Reference": sources,
                "Patient Model Demographics": With(below={"Model Patient Sex": sex} if sex else {}),
            }
        ),
        "Radiation Dose Estimate Method": With(
            below={
                "Radiation Dose Estimate Method Type": _word("10068", model.method),
                "Radiation Dose Estimate Method Reference": sources,
            }
        ),
    }


def _sr_instance(used: UsedReport) -> Dataset:
    """Return a report that was used, with its events that were used if others were not (TID 10033, row 4)."""
    events = [uid_ref(c.EVENT_UID_USED, uid, HAS_PROPERTIES) for uid in used.event_uids]
    evidence = used.evidence
    return reference("COMPOSITE", c.SR_INSTANCE_USED, evidence.sop_class_uid, evidence.sop_instance_uid, events)


def _representation(skin_map: Evidence) -> Given:
    """Return the map of skin dose as an image that is named (CID 10063)."""
    image = reference("IMAGE", c.RADIATION_DOSE_REPRESENTATION_DATA, skin_map.sop_class_uid, skin_map.sop_instance_uid)
    return {"Distribution Representation": words("10063")["skin map"], "Radiation Dose Representation Data": image}


def _word(group: str, word: str | None) -> Code:
    return words(group)[word] if word is not None else c.UNKNOWN
