"""
The conventions of makers, held against reports of their devices.

What must be true of a sound report: the isocentre lies in or before the body, the tube below the table where the angles
are near 0, and the field that kerma-area product and air kerma make is the stated one (within 1 dm2 of rounding).
"""

import math

import numpy as np
import pytest

from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.skin.geometry.aiming import Aimed, aim
from dose_core.dosimetry.skin.geometry.vendors import InUse, in_use
from dose_core.model import ProjectionReport
from tests.builders.skin_geometry import block_of_a_body
from tests.support.corpus import CORPUS, corpus_files, needs_corpus
from tests.support.read_as import read_as

pytestmark = [needs_corpus, pytest.mark.filterwarnings("default::UserWarning:pydicom")]
BODY = block_of_a_body()
SIEMENS = "xa_rf_rdsr/PySkinDose__siemens_axiom_example_procedure.dcm"
ZEE = "xa_rf_rdsr/openREM__RF-RDSR-Siemens-Zee.dcm"
ALLURA = "xa_rf_rdsr/PySkinDose__philips_allura_clarity_u104.dcm"


def report_of(name: str) -> ProjectionReport:
    """Return what a report of the corpus states."""
    return read_as(ProjectionReport, (CORPUS / name).read_bytes())


def aimed(report: ProjectionReport) -> Aimed | NotComputable:
    """Return the beams by what is known of the maker's devices."""
    known = in_use(report.device.manufacturer, report.device.model, None)
    return known if isinstance(known, NotComputable) else aim(report.events, known.conventions, BODY)


@pytest.mark.parametrize("name", [SIEMENS, ZEE])
def test_the_isocentre_of_an_artis_lies_along_and_across_the_body(name: str) -> None:
    """Not in its height: a table that is lowered leaves the isocentre before the chest."""
    report = report_of(name)
    found = aimed(report)
    assert isinstance(found, Aimed)
    isocentre = found.beams.source_mm + found.beams.axis * 785.0
    low, high = BODY.cells_mm.min(axis=0), BODY.cells_mm.max(axis=0)
    assert (isocentre[:, ::2] > low[::2]).all()
    assert (isocentre[:, ::2] < high[::2]).all()
    assert (isocentre[:, 1] < high[1]).all()
    assert {*found.beams.event.tolist()} == {*range(len(report.events))}


def test_the_field_of_an_artis_is_the_one_it_states() -> None:
    """The sheet of vendors has 1.00 to 1.10; both numbers are rounded to 10 uGy, which small events feel."""
    report = report_of(SIEMENS)
    found = aimed(report)
    assert isinstance(found, Aimed)
    area = (found.beams.tan_u_max - found.beams.tan_u_min) * (found.beams.tan_v_max - found.beams.tan_v_min)
    ratios = [
        float(event.field_area_cm2 * 100.0 / event.source_to_detector_mm**2 / area[index])
        for index, event in enumerate(report.events)
        if event.field_area_cm2 and event.source_to_detector_mm and (event.ka_r_mgy or 0) >= 0.5
    ]
    assert ratios
    assert 0.95 < np.median(ratios) < 1.15


def test_the_tube_of_an_allura_is_below_its_table_at_angle_0() -> None:
    """Its height is above the floor, so it is turned round."""
    report = report_of(ALLURA)
    found = aimed(report)
    assert isinstance(found, Aimed)
    assert found.slab is not None
    upright = [i for i, e in enumerate(report.events) if e.primary_angle_deg == 0 and e.secondary_angle_deg == 0]
    below = found.beams.source_mm[np.isin(found.beams.event, upright), 1]
    assert (below > found.slab.y_mm + found.slab.mattress_mm + found.slab.table_mm).all()


@pytest.mark.parametrize("path", corpus_files("xa_rf_rdsr") + corpus_files("dx_rdsr"), ids=lambda path: path.name)
def test_every_report_is_aimed_or_refused_by_name(path: object) -> None:
    """Devices without geometry and devices that nobody calibrated are refused; no beam has a number that is none."""
    report = report_of(str(path))
    found = aimed(report)
    if isinstance(found, NotComputable):
        assert found.missing
        return
    assert np.isfinite(found.beams.source_mm).all()
    assert math.isfinite(found.beams.ka_r_mgy.sum())


def test_a_mobile_device_without_table_and_angles_is_refused_even_when_calibrated() -> None:
    """GE Super-C: it states neither (C08)."""
    report = report_of("xa_rf_rdsr/openREM__RF-RDSR-GE.dcm")
    known = in_use("Siemens", "AXIOM-Artis", None)
    assert isinstance(known, InUse)
    found = aim(report.events, known.conventions, BODY)
    assert isinstance(found, NotComputable)
    assert found.missing == ("the distance from source to isocentre",)
