"""Skin doses of several exams add up place by place: where they meet, and only there."""

from uuid import UUID

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.vendors import UNKNOWN_DEVICE, InUse
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.transmission import MEASURED
from dose_core.estimating.skin_dose import Device, compute
from dose_core.estimating.skin_sum import Part, SkinSum, add_up
from dose_core.model import ProjectionEvent
from tests.builders.estimation_exams import projection_case
from tests.builders.skin_geometry import aimed_event

KNOWN = InUse(conventions=Conventions(), calibration_version=1, is_validated=True)


def part(number: int, *events: ProjectionEvent, known: InUse | NotComputable = KNOWN) -> Part:
    """Return an exam of these events."""
    device = Device(number=0, known=known, physics=Physics(inherent_al_mm=3.0, anode_deg=10.0, table_system=MEASURED))
    return Part(exam_id=UUID(int=number), case=projection_case(*events), device=device, choice=Choice())


def peak_mgy(found: SkinSum) -> float:
    """Return the peak of a sum, which must have been computed."""
    assert isinstance(found.peak, Estimate)
    return found.peak.value


def alone_mgy(event: ProjectionEvent) -> float:
    """Return the peak of one exam by itself."""
    one = part(1, event)
    peak = compute(one.case, one.device, one.choice).result.peak
    assert isinstance(peak, Estimate)
    return peak.value


def test_two_exams_from_one_side_add_up() -> None:
    """The same beam twice is twice the dose."""
    found = add_up([part(1, aimed_event()), part(2, aimed_event())])
    assert peak_mgy(found) == pytest.approx(2 * alone_mgy(aimed_event()))
    assert [one.at_peak_mgy for one in found.parts] == pytest.approx([peak_mgy(found) / 2] * 2)


def test_two_exams_from_opposite_sides_do_not() -> None:
    """One on the back, one on the chest: the sum of their peaks is a dose that no skin got."""
    back, chest = aimed_event(), aimed_event(primary_angle_deg=180.0)
    found = add_up([part(1, back), part(2, chest)])
    assert peak_mgy(found) == pytest.approx(max(alone_mgy(back), alone_mgy(chest)))
    assert min(one.at_peak_mgy or 0.0 for one in found.parts) == 0.0


def test_an_exam_that_gives_nothing_is_named_and_widens_the_interval() -> None:
    """What it would have added nobody knows."""
    sure = add_up([part(1, aimed_event())])
    found = add_up([part(1, aimed_event(), known=UNKNOWN_DEVICE), part(2, aimed_event())])
    assert found.parts[0].refused == UNKNOWN_DEVICE
    assert isinstance(sure.peak, Estimate)
    assert isinstance(found.peak, Estimate)
    assert sure.peak.interval.high == pytest.approx(1.28 * sure.peak.value)
    assert found.peak.interval.high == pytest.approx(1.61 * found.peak.value)


def test_no_exam_is_no_sum() -> None:
    """And neither are exams of which none can be computed."""
    assert isinstance(add_up([]).peak, NotComputable)
    assert isinstance(add_up([part(1, aimed_event(), known=UNKNOWN_DEVICE)]).peak, NotComputable)
