"""A validator that knows the templates finds nothing wrong with reports that state all that templates ask for."""

from pathlib import Path

import pytest

from dose_core.writers import mammography_rdsr, projection_rdsr
from dose_core.writers.part10 import to_part10
from tests.builders.written import full_mammography, full_projection, header, issue
from tests.support.pixelmed import pixelmed_errors

pytestmark = pytest.mark.slow

# CID 10016 holds (26194003, SCT, Tungsten) today; the rules of 2022 do not have it yet.
_FALSE_ALARMS = ('Code (26194003,SCT,"Tungsten") not found in context group 10016',)


def test_of_a_biplane_report(tmp_path: Path) -> None:
    report = projection_rdsr.write_projection_rdsr(full_projection(), header(), issue(projection_rdsr.KIND))

    assert pixelmed_errors(to_part10(report), tmp_path) == []


def test_of_a_mammography_report(tmp_path: Path) -> None:
    report = mammography_rdsr.write_mammography_rdsr(full_mammography(), header(), issue(mammography_rdsr.KIND))

    errors = pixelmed_errors(to_part10(report), tmp_path)
    assert [error for error in errors if not error.endswith(_FALSE_ALARMS)] == []
