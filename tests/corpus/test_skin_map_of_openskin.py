"""The map that openSkin 1.0 made of a report of an Artis zee, and what our physics changes of it."""

import pytest

from dose_core.dosimetry.skin.body.body_phantom import body_phantom
from dose_core.dosimetry.skin.geometry.aiming import Aimed, aim
from dose_core.dosimetry.skin.geometry.vendors import InUse, in_use
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.transmission import MEASURED
from dose_core.model import ProjectionReport
from tests.builders.openskin import UNDERSIDE, OpenSkinPhysics, openskin_beams, openskin_trunk
from tests.builders.skin_beams import slab
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.read_as import read_as

pytestmark = [needs_corpus, pytest.mark.filterwarnings("default::UserWarning:pydicom")]
ZEE = CORPUS / "xa_rf_rdsr" / "openREM__RF-RDSR-Siemens-Zee.dcm"
TUBE = Physics(inherent_al_mm=3.1, anode_deg=8.0, table_system=MEASURED)
PEAK_MGY = 1.716671  # of the map that comes with openSkin, 8 events on 8,460 cells


def test_by_its_assumptions_the_peak_is_that_of_openskin() -> None:
    """Its cells lie a little otherwise around the trunk, so that a beam meets a row more or less."""
    beams = openskin_beams(read_as(ProjectionReport, ZEE.read_bytes()).events)
    found = skin_map(beams, openskin_trunk(), UNDERSIDE, OpenSkinPhysics())
    assert found.dose_mgy.max() == pytest.approx(PEAK_MGY, rel=0.01)
    assert found.left_out == ()


def test_our_physics_lowers_it_by_backscatter_that_is_not_rounded() -> None:
    """Fields of 8.6 cm scatter 1.47 with the medium in it, where openSkin rounds to 10 cm and to 1.5."""
    beams = openskin_beams(read_as(ProjectionReport, ZEE.read_bytes()).events)
    table = slab(x_min_mm=-200, x_max_mm=200, z_min_mm=-1500, z_max_mm=0, table_mm=5)
    ours = skin_map(beams, openskin_trunk(), table, TUBE).dose_mgy.max()
    assert ours / PEAK_MGY == pytest.approx(1.47 / 1.5, rel=0.005)


def test_our_own_geometry_and_body_change_it_no_further() -> None:
    """We and openSkin read angles and table in our own ways; its trunk and our body lie flat on the same mattress."""
    report = read_as(ProjectionReport, ZEE.read_bytes())
    known = in_use(report.device.manufacturer, report.device.model, None)
    assert isinstance(known, InUse)
    body = body_phantom(None, 178.6, 73.2)
    found = aim(report.events, known.conventions, body)
    assert isinstance(found, Aimed)
    on_our_body = skin_map(found.beams, body, found.slab, TUBE)
    assert on_our_body.dose_mgy.max() / PEAK_MGY == pytest.approx(1.47 / 1.5, rel=0.01)
    assert on_our_body.dap_fraction == pytest.approx(1.0, abs=0.03)
    assert on_our_body.peak is not None
    assert on_our_body.peak.region.startswith("lower back")
