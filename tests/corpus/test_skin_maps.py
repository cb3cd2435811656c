"""
Maps of skin dose of real reports: on the side where the tube was, and as large as an independent program has them.

The Artis zee: openSkin 1.0 computes 1.716671 mGy on its phantom of 178.6 cm and 73.2 kg, with all of the kerma-area
product on it. Its table of backscatter has one decimal, so the fields that make the peak get 1.5 where we interpolate.
"""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.skin.body import body_phantom
from dose_core.dosimetry.skin.drawing import Caption, picture
from dose_core.dosimetry.skin.geometry.aiming import Aimed, Choice, aim
from dose_core.dosimetry.skin.geometry.vendors import in_use
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.physics import Physics
from dose_core.model import ProjectionReport
from tests.builders.skin_physics import FreeInAir
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.read_as import read_as

pytestmark = [needs_corpus, pytest.mark.filterwarnings("default::UserWarning:pydicom")]
ZEE = "xa_rf_rdsr/openREM__RF-RDSR-Siemens-Zee.dcm"
AXIOM = "xa_rf_rdsr/PySkinDose__siemens_axiom_example_procedure.dcm"
ALLURA = "xa_rf_rdsr/PySkinDose__philips_allura_clarity_u104.dcm"
OPENSKIN_MGY = 1.716671
OPENSKIN_BACKSCATTER = 1.5


def aimed(name: str, body: Phantom, choice: Choice | None = None) -> Aimed:
    """Return the beams of a report by what is known of the maker's devices."""
    report = read_as(ProjectionReport, (CORPUS / name).read_bytes())
    known = in_use(report.device.manufacturer, report.device.model, None)
    assert not isinstance(known, NotComputable)
    found = aim(report.events, known.conventions, body, choice=choice)
    assert isinstance(found, Aimed)
    return found


def man() -> Phantom:
    """Return a body of the size that openSkin takes where none is stated."""
    return body_phantom("male", 178.6, 73.2)


def test_the_map_of_an_artis_zee_differs_from_that_of_openskin_by_its_rounded_backscatter() -> None:
    body = man()
    found = aimed(ZEE, body)
    ours = skin_map(found.beams, body, found.slab, Physics())
    in_air = skin_map(found.beams, body, None, FreeInAir())
    without_table = skin_map(found.beams, body, None, Physics())
    assert ours.peak is not None
    cell = ours.peak.cell

    assert ours.dap_fraction == pytest.approx(1.0, abs=0.01)
    assert ours.peak.dose_mgy == pytest.approx(OPENSKIN_MGY, rel=0.03)
    table = ours.dose_mgy[cell] / without_table.dose_mgy[cell]
    assert in_air.dose_mgy[cell] * OPENSKIN_BACKSCATTER * table == pytest.approx(OPENSKIN_MGY, rel=0.01)


def test_the_map_of_an_artis_zee_lies_on_the_back_whence_its_tube_shone() -> None:
    """Its events are from below, from the right at LAO 25 and from the left at RAO 45."""
    body = man()
    found = aimed(ZEE, body)
    dose = skin_map(found.beams, body, found.slab, Physics()).dose_mgy

    met = {body.regions[part] for part in np.unique(body.region[dose > 0])}
    assert {"upper back, left", "upper back, right", "lower back, left", "lower back, right"} <= met
    assert not [name for name in met if name.startswith(("chest", "abdomen", "pelvis", "face", "throat"))]
    from_left = found.beams.source_mm[:, 0] > 300
    alone = skin_map(found.beams.only(from_left), body, found.slab, Physics())
    assert alone.peak is not None
    assert alone.peak.region.endswith(", left")


def test_the_lateral_tube_of_an_allura_meets_the_left_of_the_head() -> None:
    """A biplane exam of the head; the place of the head on the table is not stated, so it is shifted to be met."""
    body = man()
    found = aimed(ALLURA, body, Choice(head_mm=300.0))
    lateral = np.abs(found.beams.axis[:, 0]) > 0.9
    side = skin_map(found.beams.only(lateral), body, found.slab, Physics())

    assert side.peak is not None
    assert side.peak.position_mm[0] > 0
    assert side.peak.region in ("side of the head, left", "back of the head, left", "face, left")


@pytest.mark.parametrize("name", [ZEE, AXIOM, ALLURA])
def test_a_real_map_is_drawn(name: str) -> None:
    body = man()
    found = aimed(name, body)
    dose = skin_map(found.beams, body, found.slab, Physics()).dose_mgy

    image = Image.open(BytesIO(picture(body, dose, Caption(title="A real exam", is_indicative=True))))
    assert image.format == "PNG"
    assert image.size[0] > 600
