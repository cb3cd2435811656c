"""Where a CT dose report contradicts itself. Nothing is corrected: both values stay, the contradiction is named."""

from collections import Counter
from collections.abc import Sequence

from dose_core.model import AcquisitionType, CtEvent, CtTotals
from dose_core.readers.ct import codes as ct
from dose_core.readers.read_log import ReadLog
from dose_core.readers.sr import codes
from dose_core.readers.sr.tree import SrNode
from dose_core.units import COUNT

# Acquisition, its CT Dose container if it has one, and the event read from them.
Acquisition = tuple[SrNode, SrNode | None, CtEvent]

# Devices round each event and the total on their own: to 0.01 mGy.cm at best, to 1 % at worst.
_DLP_TOLERANCE_MGY_CM = 0.1
_DLP_TOLERANCE = 0.01

# Over-ranging adds one or two rotations; ten times the time that pitch and length allow is another unit.
_EXPOSURE_TIME_FACTOR = 10.0

# No CT event of a patient lies above these: perfusion of the brain gives some 500 mGy, the whole body at 100 mGy
# some 20,000 mGy.cm. What does is a value in another unit.
_MAX_CTDI_VOL_MGY = 1000.0
_MAX_DLP_MGY_CM = 100_000.0
# Tubes of CT and cone-beam CT give 70 to 150 kV; V or MV read as kV lie far outside.
_KV_RANGE = (20.0, 300.0)

# DLP is CTDIvol times the exposed length, which by vendor includes or leaves out the run-in and run-out of a
# spiral: reports of real devices lie between 0.88 and 1.15. Twice or half is another length, phantom or unit.
_DLP_FACTOR = 2.0
_RUN_IN_COLLIMATIONS = 2.0
_CTDI_VOL_ROUNDING_MGY = 0.05
_TYPES_WITH_ONE_PASS = (AcquisitionType.SPIRAL, AcquisitionType.SEQUENCED, AcquisitionType.CONSTANT_ANGLE)


def check_report(root: SrNode, totals: CtTotals, acquisitions: Sequence[Acquisition], log: ReadLog) -> None:
    """Note in the log what does not fit together."""
    events = [event for _, _, event in acquisitions]
    accumulated = root.first(ct.CT_ACCUMULATED_DOSE)
    path = accumulated.path if accumulated else root.path
    _check_event_count(path, totals, events, log)
    _check_dlp_total(path, totals, events, log)
    _check_phantoms_in_total(path, totals, events, log)
    _check_event_uids(root, events, log)
    _check_only(root, ct.CT_ACCUMULATED_DOSE)
    for node, dose, event in acquisitions:
        _check_only(node, ct.CT_PARAMETERS)
        _check_only(node, ct.CT_DOSE)
        if dose is not None:
            _check_phantom(dose, event)
            _check_dlp(dose, event)
        _check_plausible(node, event)
        _check_exposure_time(node, event)
        _check_source_count(node, event)


def _check_only(parent: SrNode, concept: codes.Concept) -> None:
    """Name containers that the template has once (TID 10011, 10013): what stands in the others is not read."""
    found = parent.all(concept)
    if len(found) > 1:
        found[1].warn(concept, f"stands {len(found)} times; the first is read, the others are not")


def _check_event_count(path: str, totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    if totals.event_count is not None and totals.event_count != len(events):
        problem = f"{totals.event_count} events are stated, {len(events)} are listed"
        log.add_warning(path, codes.EVENT_COUNT.meaning, problem)


def _check_dlp_total(path: str, totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    if totals.dlp_mgy_cm is None:
        return
    of_events = [event.dlp_mgy_cm for event in events if event.dlp_mgy_cm is not None]
    of_phantoms = [sub.dlp_mgy_cm for sub in totals.dlp_sub_totals if sub.dlp_mgy_cm is not None]
    for parts, name in ((of_events, "events"), (of_phantoms, "sub-totals")):
        if parts and not is_sum_of(totals.dlp_mgy_cm, parts):
            problem = f"the total is {totals.dlp_mgy_cm:g} mGy.cm, the {name} add up to {sum(parts):g} mGy.cm"
            log.add_warning(path, codes.DLP_TOTAL.meaning, problem)


def is_sum_of(total: float, dlps: Sequence[float]) -> bool:
    """Test if a total is what DLPs in mGy.cm add up to, but for their rounding."""
    return abs(total - sum(dlps)) <= max(_DLP_TOLERANCE_MGY_CM, _DLP_TOLERANCE * total)


def _check_phantoms_in_total(path: str, totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    """Name a total that adds doses to different phantoms without the sub-totals of TID 10012, row 3a."""
    used = {event.phantom_diameter_mm for event in events if event.dlp_mgy_cm and event.phantom_diameter_mm}
    told_apart = {sub.phantom_diameter_mm for sub in totals.dlp_sub_totals}
    if totals.dlp_mgy_cm is not None and len(used) > 1 and not used <= told_apart:
        diameters = " and ".join(str(diameter) for diameter in sorted(used))
        log.add_warning(path, codes.DLP_TOTAL.meaning, f"several phantoms in one total: {diameters} mm")


def _check_event_uids(root: SrNode, events: Sequence[CtEvent], log: ReadLog) -> None:
    for uid, times in Counter(event.event_uid for event in events if event.event_uid).items():
        if times > 1:
            log.add_warning(root.path, codes.EVENT_UID.meaning, f"{uid} stands for {times} events")


def _check_phantom(dose: SrNode, event: CtEvent) -> None:
    if event.phantom_diameter_mm is not None or (event.ctdi_vol_mgy is None and event.dlp_mgy_cm is None):
        return
    if dose.code(codes.PHANTOM_TYPE) is None:  # one without a known diameter was named when it was read
        dose.warn(codes.PHANTOM_TYPE, "no phantom is stated for this dose")


def _check_dlp(dose: SrNode, event: CtEvent) -> None:
    """Compare DLP with CTDIvol times scanning length; stationary and free scans repeat theirs in several ways."""
    if event.acquisition_type not in _TYPES_WITH_ONE_PASS:
        return
    if not (event.ctdi_vol_mgy and event.dlp_mgy_cm and event.scanning_length_mm):
        return
    run_in_mm = _RUN_IN_COLLIMATIONS * (event.total_collimation_mm or 0.0)
    longest_cm = (event.scanning_length_mm + run_in_mm) / 10
    shortest_cm = event.scanning_length_mm / 10
    least = (event.ctdi_vol_mgy - _CTDI_VOL_ROUNDING_MGY) * shortest_cm / _DLP_FACTOR
    most = (event.ctdi_vol_mgy + _CTDI_VOL_ROUNDING_MGY) * longest_cm * _DLP_FACTOR
    if not least <= event.dlp_mgy_cm <= most:
        product = event.ctdi_vol_mgy * shortest_cm
        problem = f"{event.dlp_mgy_cm:g} mGy.cm are stated, CTDIvol times length gives {product:.4g} mGy.cm"
        dose.warn(ct.DLP, problem)


def _check_plausible(acquisition: SrNode, event: CtEvent) -> None:
    limits: list[tuple[codes.Concept, float | None, tuple[float, float], str]] = [
        (ct.MEAN_CTDI_VOL, event.ctdi_vol_mgy, (0.0, _MAX_CTDI_VOL_MGY), "mGy"),
        (ct.DLP, event.dlp_mgy_cm, (0.0, _MAX_DLP_MGY_CM), "mGy.cm"),
        *((codes.KVP, source.kv, _KV_RANGE, "kV") for source in event.sources if source.kv),
    ]
    for concept, value, (least, most), unit in limits:
        if value is not None and not least <= value <= most:
            acquisition.warn(concept, f"{value:g} {unit} is implausible; the unit may be another one")


def _check_exposure_time(acquisition: SrNode, event: CtEvent) -> None:
    """
    Compare with table travel: length / (pitch x collimation) rotations (IEC 60601-2-44, CT pitch factor).

    For spirals only: GE states a pitch for axial scans too, and it means nothing there.
    """
    if event.acquisition_type not in (AcquisitionType.SPIRAL, None):
        return
    rotation_s = next((source.rotation_time_s for source in event.sources if source.rotation_time_s), None)
    if not (event.exposure_time_s and event.scanning_length_mm and event.pitch and event.total_collimation_mm):
        return
    if rotation_s is None:
        return
    rotations = event.scanning_length_mm / (event.pitch * event.total_collimation_mm)
    expected_s = rotations * rotation_s
    if event.exposure_time_s > _EXPOSURE_TIME_FACTOR * expected_s:
        problem = f"{event.exposure_time_s:g} s are stated, length and pitch give about {expected_s:.3g} s"
        acquisition.warn(codes.EXPOSURE_TIME, problem)


def _check_source_count(acquisition: SrNode, event: CtEvent) -> None:
    parameters = acquisition.first(ct.CT_PARAMETERS)
    number = parameters.first(ct.NUMBER_OF_SOURCES) if parameters else None
    if number is None or not event.sources:
        return
    stated = number.as_number(ct.NUMBER_OF_SOURCES, unit=COUNT)
    if stated is not None and stated != len(event.sources):
        number.warn(ct.NUMBER_OF_SOURCES, f"{stated:g} sources are stated, {len(event.sources)} are described")
