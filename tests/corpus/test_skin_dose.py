"""
Skin doses of real reports.

Oracle: openSkin 1.0 ships its map of the report of an Artis zee: peak 1.716671 mGy, all of the kerma-area product on
the body. It was validated by Monte Carlo within 20 % on that device; its body is another one than ours.
"""

import math

import numpy as np
import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.geometry.vendors import in_use
from dose_core.dosimetry.skin.physics import Physics
from dose_core.estimating.skin_dose import Computed, Device, compute
from dose_core.model import ProjectionReport
from tests.builders.estimation_exams import projection_case
from tests.support.corpus import CORPUS, corpus_files, needs_corpus
from tests.support.read_as import read_as

pytestmark = [needs_corpus, pytest.mark.filterwarnings("default::UserWarning:pydicom")]
ZEE = "openREM__RF-RDSR-Siemens-Zee.dcm"
ALLURA = "PySkinDose__philips_allura_clarity_u104.dcm"


def computed(name: str) -> Computed:
    """Return the skin dose of a report by what is known of its maker's devices."""
    report = read_as(ProjectionReport, (CORPUS / "xa_rf_rdsr" / name).read_bytes())
    known = in_use(report.device.manufacturer, report.device.model, None)
    return compute(projection_case(*report.events), Device(number=0, known=known, physics=Physics()), Choice())


def test_the_peak_of_an_artis_zee_is_that_of_openskin() -> None:
    """Within the 20 % to which that was validated; on the back, where the tube was."""
    found = computed(ZEE).result
    assert isinstance(found.peak, Estimate)
    assert found.peak.value == pytest.approx(1.716671, rel=0.2)
    assert found.peak.interval.low < 1.716671 < found.peak.interval.high
    assert found.dap_fraction == pytest.approx(1.0, abs=0.02)
    assert found.region is not None
    assert "back" in found.region
    assert found.left_out == ()


def test_beams_beside_the_body_are_no_dose_of_zero() -> None:
    """The offsets of another site put the patient of this Allura beside the beams."""
    found = computed(ALLURA).result
    assert isinstance(found.peak, NotComputable)
    assert found.dap_fraction == 0.0
    assert sum(len(one.event_uids) for one in found.left_out) == 25


@pytest.mark.parametrize("path", corpus_files("xa_rf_rdsr"), ids=lambda path: path.name)
def test_every_report_has_a_finite_peak_or_says_what_is_missing(path: object) -> None:
    """None crashes, none is zero."""
    found = computed(getattr(path, "name", ""))
    if isinstance(found.result.peak, NotComputable):
        assert found.result.peak.missing
        return
    assert 0 < found.result.peak.value < math.inf
    assert found.dose_mgy is not None
    assert np.isfinite(found.dose_mgy).all()
