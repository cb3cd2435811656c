"""
Write a CT X-Ray Radiation Dose SR, whatever the exam was known from.

Source: PS3.3, A.35.8 (X-Ray Radiation Dose SR IOD), PS3.16, TID 10011 with 10012 to 10015.
"""

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.apart import are_apart
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.model import Code, DeviceStated
from dose_core.units import MGY_CM
from dose_core.writers import concepts as c
from dose_core.writers import xray_report as xray
from dose_core.writers.ct_comments import event_comment, report_comment
from dose_core.writers.ct_requirements import require
from dose_core.writers.ct_sums import Sums, is_computed, standing_for_all, sums_of
from dose_core.writers.ct_times import times_of
from dose_core.writers.ct_values import event_values, has_dose, phantom_code
from dose_core.writers.devices import IrradiatingDevice, irradiating_device, observer
from dose_core.writers.document import Issue, document
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.templates.conditions import Facts
from dose_core.writers.templates.fill import Given, Measured, NamedUid, With, filled
from dose_core.writers.templates.values import words
from dose_core.writers.valid import is_uid

KIND = "ct rdsr"

SERIES_DESCRIPTION = "Radiation dose, computed from image headers"
_EVENTS = "{events}"


def write_ct_rdsr(exam: Exam, source: SourceStudy, issue: Issue) -> Dataset:
    """
    Return a valid dose SR of what an exam holds of CT. The same arguments give the same dataset.

    A lower bound is told in the comment, never as a total. Where no source lists an acquisition, one for each phantom
    stands for all.

    Args:
        exam: the exam; of one with several kinds of irradiation the CT part is written.
        source: the study's own header values, which the report repeats.
        issue: which report this is; ``uids_of(KIND, exam id, revision)`` gives its UIDs.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    events = exam.ct.events if exam.ct and exam.ct.events else standing_for_all(exam)
    require(exam, events, source)
    tree = _tree(exam, events, source, issue)
    description = SERIES_DESCRIPTION if is_computed(exam, events) else xray.SERIES_DESCRIPTION
    return document(tree, source, issue, tid="10011", series_description=description)


def _tree(exam: Exam, events: Sequence[ExamEvent], source: SourceStudy, issue: Issue) -> Dataset:
    sums, times = sums_of(exam, events), times_of(exam)
    devices = _devices(exam)
    device = [irradiating_device(_device(devices[0], exam, source))] if len(devices) == 1 else []
    stands_for_all = exam.ct is None or not exam.ct.events
    sources = _sources(events, sums, is_all_computed=is_computed(exam, events))
    phantoms = {phantom_code(one.event.phantom_diameter_mm).value for one in events if has_dose(one)}
    scope = NamedUid(name=c.STUDY_INSTANCE_UID, uid=exam.study_instance_uid)
    given: dict[str, Any] = {item.ConceptNameCodeSequence[0].CodeMeaning: item for item in observer(issue.recorder)}
    given |= {
        "Language of Content Item and Descendants": c.ENGLISH,
        "Procedure reported": With(value=c.COMPUTED_TOMOGRAPHY_X_RAY, below={"Has Intent": xray.intent_of(exam)}),
        "Scope of Accumulation": With(value=c.STUDY, below={"CID 10001": scope}),
        "CT Accumulated Dose Data": With(below=_accumulated(sums, None if stands_for_all else len(events), device)),
        "CT Acquisition": [
            With(below=event_values(one, device, comment=event_comment(one, stands_for_all=stands_for_all)))
            for one in events
        ],
        "Source of Dose Information": sources,
    }
    if times:  # ``require`` has seen to it
        given |= {
            "Start of X-Ray Irradiation": times.start,
            "End of X-Ray Irradiation": times.end,
            "Comment": report_comment(exam, events, sums, times, devices),
        }
    facts = Facts(
        procedure=c.COMPUTED_TOMOGRAPHY_X_RAY.value,
        sources=frozenset(code.value for code in sources),
        phantoms=frozenset(phantoms),
    )
    return filled("10011", given, facts)


def _accumulated(sums: Sums, event_count: int | None, device: Sequence[Dataset]) -> Given:
    sub_totals = [
        With(
            value=Measured(value=dlp_mgy_cm, unit=MGY_CM),
            below={"CTDIw Phantom Type": phantom_code(diameter_mm)},
        )
        for diameter_mm, dlp_mgy_cm in sums.of_phantoms
    ]
    return {
        "Total Number of Irradiation Events": Measured(value=event_count, unit=_EVENTS),
        "CT Dose Length Product Total": Measured(value=sums.total, unit=MGY_CM),
        "CT Dose Length Product Sub-Total": sub_totals,
        "Device Role in Procedure": device,
    }


def _sources(events: Sequence[ExamEvent], sums: Sums, *, is_all_computed: bool) -> list[Code]:
    """
    Return where the dose comes from (CID 10021); values of images are copied, DLPs from them computed.

    The group has no code for a performed procedure step, so that the one of CID 10020 extends it.
    """
    if is_all_computed:
        return [c.COMPUTED_FROM_IMAGE_ATTRIBUTES]
    told = {*(event.source for event in events), *sums.told_by}
    told |= {Source.IMAGE_HEADER} if any(event.filled for event in events) else set()
    named = {words("10020")[one.value] for one in told}
    if Source.IMAGE_HEADER in sums.told_by or any(isinstance(one.dlp_estimate, Estimate) for one in events):
        named.add(c.COMPUTED_FROM_IMAGE_ATTRIBUTES)
    return sorted(named, key=lambda code: code.value)


def _devices(exam: Exam) -> list[DeviceStated]:
    """Return the device that irradiated; several if the exam names some that are surely different."""
    of_others = {
        exam.devices[number]
        for part in (exam.projection, exam.mammography, exam.nuclear)
        for number in {one.device for one in part}
    }
    leading = exam.ct.device if exam.ct else DeviceStated()
    return [leading, *(one for one in exam.devices if one not in of_others and are_apart(leading, one))]


def _device(stated: DeviceStated, exam: Exam, source: SourceStudy) -> IrradiatingDevice:
    own = stated.observer_uid if stated.observer_uid is not None and is_uid(stated.observer_uid) else None
    header_uid = source.device_uid if len(exam.devices) < 2 else None  # noqa: PLR2004  the header may be of another
    return IrradiatingDevice(stated=stated, device_uid=own or header_uid)
