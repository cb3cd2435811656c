# ruff: noqa: E501 - the lines of the page
"""Skin doses of several exams, added up place by place: what two beams must give by reason alone."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.vendors import UNKNOWN_DEVICE, InUse
from dose_core.dosimetry.skin.physics import Physics
from dose_core.estimating.skin_dose import METHOD_VERSION, Device
from dose_core.estimating.skin_sum import METHOD_ID, Part, SkinSum, add_up
from tests.builders.estimation_exams import projection_case
from tests.builders.skin_geometry import aimed_event
from tests.support.validation import REFUSED, Case, Record

KNOWN = InUse(conventions=Conventions(), calibration_version=1, is_validated=True)
_REASON = "by reason: doses to one place add up, doses to different places do not"
_ABOUT = """
## What is made

Each exam is computed on one body, that of the newest exam; the doses of each cell are added, and the peak is that of the
sum. Maps of exams are made as [elsewhere](skin-dose-map.md). What the skin recovers between exams is not taken off.
"""


def _sum_of(*primary_deg: float, known: InUse | NotComputable = KNOWN, half: bool = False) -> SkinSum:
    """Return the sum of exams of one beam each, from these angles; of half the dose if told so."""
    part = 0.5 if half else 1.0
    parts = [
        Part(
            exam_id=UUID(int=number + 1),
            case=projection_case(aimed_event(primary_angle_deg=angle, ka_r_mgy=10 * part, dap_gy_cm2=part)),
            device=Device(number=0, known=known, physics=Physics()),
            choice=Choice(),
        )
        for number, angle in enumerate(primary_deg)
    ]
    return add_up(parts)


def _mgy(found: SkinSum) -> float:
    assert isinstance(found.peak, Estimate)
    return found.peak.value


def _over_one(*primary_deg: float, half: bool = False) -> float:
    """Return the peak of a sum over the largest peak of one of its exams of the whole dose."""
    return _mgy(_sum_of(*primary_deg, half=half)) / max(_mgy(_sum_of(one)) for one in primary_deg)


def _refused() -> NotComputable | Estimate:
    return _sum_of(0.0, known=UNKNOWN_DEVICE).peak


def _case(name: str, expected: float, compute: Callable[[], float]) -> Case:
    return Case(name=name, expected=expected, expected_from=_REASON, compute=compute)


RECORD = Record(
    method_id=METHOD_ID,
    method_version=METHOD_VERSION,
    title="Skin dose of several exams, added up on the map",
    source="dose is additive; the method of each map is validated by itself",
    tolerance=1e-9,
    tolerance_reason="sums of the same numbers",
    cases=(
        _case("one exam, over itself", 1.0, partial(_over_one, 0.0)),
        _case("two exams of the same beam, over one of them", 2.0, partial(_over_one, 0.0, 0.0)),
        _case("two halves of an exam, over the exam", 1.0, partial(_over_one, 0.0, 0.0, half=True)),
        _case("one from the back and one from the chest, over the larger", 1.0, partial(_over_one, 0.0, 180.0)),
        _case("one from each side, over the larger", 1.0, partial(_over_one, 90.0, -90.0)),
        _case("five exams of the same beam, over one of them", 5.0, partial(_over_one, *[30.0] * 5)),
        Case(
            name="exams of a device that nobody calibrated",
            expected=REFUSED,
            expected_from="nothing says where its beams fell",
            compute=_refused,
        ),
    ),
    about=_ABOUT,
)
