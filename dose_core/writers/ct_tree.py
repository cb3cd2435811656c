"""
The content tree of a CT dose SR whose values come from image headers.

Source: PS3.16, TID 10011 (CT Radiation Dose) to TID 10014 (Scanning Length).
"""

from collections.abc import Iterator
from math import fsum

from pydicom.dataset import Dataset

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.ct_totals import estimated_dlp
from dose_core.ledger.estimated import added
from dose_core.ledger.exam import CtExam, ExamEvent
from dose_core.model import AcquisitionType, CtEvent, XRaySource
from dose_core.writers import concepts as c
from dose_core.writers.ct_requirements import is_dosed
from dose_core.writers.devices import IrradiatingDevice, Recorder, irradiating_device, observer
from dose_core.writers.irradiation import ended_at, started_at
from dose_core.writers.items import (
    HAS_CONCEPT_MOD,
    HAS_OBS_CONTEXT,
    HAS_PROPERTIES,
    coded,
    container,
    date_time,
    number,
    text,
    uid_ref,
)
from dose_core.writers.valid import writable

_MOVING = frozenset({AcquisitionType.SPIRAL, AcquisitionType.SEQUENCED})  # TID 10013 asks for the pitch of these


def content_tree(exam: CtExam, scanner: IrradiatingDevice, recorder: Recorder) -> Dataset:
    """Return the root CONTAINER of TID 10011 for an exam that ``ct_requirements`` has passed."""
    return container(
        c.X_RAY_RADIATION_DOSE_REPORT,
        [
            coded(c.LANGUAGE, c.ENGLISH, HAS_CONCEPT_MOD),
            coded(
                c.PROCEDURE_REPORTED,
                c.COMPUTED_TOMOGRAPHY_X_RAY,
                HAS_CONCEPT_MOD,
                # Image headers do not tell the intent; a scan for planning or of a test object is no diagnosis.
                [coded(c.HAS_INTENT, c.UNKNOWN, HAS_CONCEPT_MOD)],
            ),
            *observer(recorder),
            date_time(c.START_OF_X_RAY_IRRADIATION, started_at(exam), HAS_OBS_CONTEXT),
            date_time(c.END_OF_X_RAY_IRRADIATION, ended_at(exam), HAS_OBS_CONTEXT),
            coded(
                c.SCOPE_OF_ACCUMULATION,
                c.STUDY,
                HAS_OBS_CONTEXT,
                [uid_ref(c.STUDY_INSTANCE_UID, exam.study_instance_uid, HAS_PROPERTIES)],
            ),
            _accumulated(exam, scanner),
            *(_acquisition(event, scanner) for event in exam.events),
            text(c.COMMENT, _comment(exam)),
            coded(c.SOURCE_OF_DOSE_INFORMATION, c.COMPUTED_FROM_IMAGE_ATTRIBUTES),
        ],
        relationship=None,
    )


def _accumulated(exam: CtExam, scanner: IrradiatingDevice) -> Dataset:
    """
    Return TID 10012; sub-totals stand there if, and only if, the events use different phantoms (row 3a).

    The total is that of the events below it, also where the exam counts one that a procedure step states.
    """
    dlp_mgy_cm, by_phantom = estimated_dlp(exam.events)
    sub_totals = []
    for sub_total in by_phantom:
        item = number(c.CT_DOSE_LENGTH_PRODUCT_SUB_TOTAL, sub_total.dlp_mgy_cm, c.MGY_CM)
        phantom = c.PHANTOMS[sub_total.phantom_diameter_mm or 0]
        item.ContentSequence = [coded(c.CTDIW_PHANTOM_TYPE, phantom, HAS_CONCEPT_MOD)]
        sub_totals.append(item)
    return container(
        c.CT_ACCUMULATED_DOSE_DATA,
        [
            number(c.TOTAL_NUMBER_OF_IRRADIATION_EVENTS, len(exam.events), c.EVENTS),
            number(c.CT_DOSE_LENGTH_PRODUCT_TOTAL, dlp_mgy_cm, c.MGY_CM),
            *sub_totals,
            irradiating_device(scanner),
        ],
    )


def _acquisition(counted: ExamEvent, scanner: IrradiatingDevice) -> Dataset:
    """Return TID 10013 for one event."""
    event = counted.event
    acquisition_type = c.ACQUISITION_TYPES[event.acquisition_type] if event.acquisition_type else c.UNKNOWN
    comment = _event_comment(counted)
    return container(
        c.CT_ACQUISITION,
        [
            *([text(c.ACQUISITION_PROTOCOL, event.protocol)] if event.protocol and event.protocol.strip() else []),
            coded(c.TARGET_REGION, writable(event.target_region) or c.UNKNOWN),
            coded(c.CT_ACQUISITION_TYPE, acquisition_type),
            uid_ref(c.IRRADIATION_EVENT_UID, counted.event_uid),
            *([date_time(c.DATETIME_STARTED, event.started_at)] if event.started_at else []),
            container(c.CT_ACQUISITION_PARAMETERS, _parameters(event)),
            *([_dose(counted)] if is_dosed(counted) else []),
            *([text(c.X_RAY_MODULATION_TYPE, event.modulation)] if event.modulation else []),
            *([text(c.COMMENT, comment)] if comment else []),
            irradiating_device(scanner),
        ],
    )


def _parameters(event: CtEvent) -> Iterator[Dataset]:
    """
    Yield the parameters; those that images do not tell are unknown.

    Exposure Time (0018,1150) of an image is that of its rotation, not of the event; the scanned length
    is longer than the reconstructed one; and no attribute counts the tubes.
    """
    yield number(c.EXPOSURE_TIME, None, c.SECONDS)
    yield number(c.SCANNING_LENGTH, None, c.MM)
    yield number(c.NOMINAL_SINGLE_COLLIMATION_WIDTH, None, c.MM)
    yield number(c.NOMINAL_TOTAL_COLLIMATION_WIDTH, event.total_collimation_mm, c.MM)
    if event.acquisition_type in _MOVING:
        yield number(c.PITCH_FACTOR, event.pitch, c.RATIO)
    yield number(c.NUMBER_OF_X_RAY_SOURCES, None, c.X_RAY_SOURCES)
    for position, source in enumerate(event.sources or (XRaySource(),), start=1):
        yield container(c.CT_X_RAY_SOURCE_PARAMETERS, _source(source, position, event.acquisition_type))


def _source(source: XRaySource, position: int, acquisition_type: AcquisitionType | None) -> Iterator[Dataset]:
    yield text(c.IDENTIFICATION_OF_THE_X_RAY_SOURCE, str(position))
    yield number(c.KVP, source.kv, c.KV)
    yield number(c.MAXIMUM_X_RAY_TUBE_CURRENT, source.ma_max, c.MA)
    yield number(c.X_RAY_TUBE_CURRENT, source.ma_mean, c.MA)
    if acquisition_type is not AcquisitionType.CONSTANT_ANGLE:
        yield number(c.EXPOSURE_TIME_PER_ROTATION, source.rotation_time_s, c.SECONDS)


def _dose(counted: ExamEvent) -> Dataset:
    estimate = counted.dlp_estimate
    return container(
        c.CT_DOSE,
        [
            number(c.MEAN_CTDI_VOL, counted.event.ctdi_vol_mgy, c.MGY),
            coded(c.CTDIW_PHANTOM_TYPE, c.PHANTOMS[counted.event.phantom_diameter_mm or 0]),
            number(c.DLP, estimate.value if isinstance(estimate, Estimate) else None, c.MGY_CM),
        ],
    )


def _event_comment(counted: ExamEvent) -> str:
    sentences = []
    estimate = counted.dlp_estimate
    if isinstance(estimate, Estimate) and is_dosed(counted):
        sentences.append(
            f"DLP is an estimate from the headers of {counted.slice_count} images by method {estimate.method_id} "
            f"version {estimate.method_version}, {_interval(estimate)}: {'; '.join(estimate.caveats)}."
        )
    if counted.uid_is_stand_in:
        sentences.append("The images state no Irradiation Event UID; this one was made from their acquisition.")
    return " ".join(sentences)


def _interval(estimate: Estimate) -> str:
    its = estimate.interval
    return f"interval {its.low:.4g} to {its.high:.4g} {estimate.unit} ({its.source})"


def _comment(exam: CtExam) -> str:
    estimates = [event.dlp_estimate for event in exam.events if isinstance(event.dlp_estimate, Estimate)]
    total = added(estimates, fsum(one.value for one in estimates))
    told = f"method {', '.join(total.methods)}, interval {total.low:.4g} to {total.high:.4g} mGy.cm" if total else ""
    return (
        "The device sent no dose report. These values were computed from the headers of its CT images by DoseLedger. "
        f"DLP is estimated, {told}; over-ranging is not included. "
        "End of X-Ray Irradiation is the start of the last acquisition, since images tell no end."
    )
