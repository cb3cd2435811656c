"""A validator that knows the templates finds nothing wrong with reports that state all that templates ask for."""

from pathlib import Path

import pytest

from dose_core.writers import ct_rdsr, mammography_rdsr, projection_rdsr
from dose_core.writers.part10 import to_part10
from tests.builders.written import full_mammography, full_projection, header, issue
from tests.builders.written_ct import full_ct
from tests.support.pixelmed import FALSE_ALARMS, pixelmed_errors

pytestmark = pytest.mark.slow


def test_of_a_ct_report(tmp_path: Path) -> None:
    report = ct_rdsr.write_ct_rdsr(full_ct(), header(), issue(ct_rdsr.KIND))

    errors = pixelmed_errors(to_part10(report), tmp_path)
    assert [error for error in errors if not error.endswith(FALSE_ALARMS[ct_rdsr.KIND])] == []
    assert len(errors) == 9  # each alarm as often as its items stand there: it has looked at them


def test_of_a_biplane_report(tmp_path: Path) -> None:
    report = projection_rdsr.write_projection_rdsr(full_projection(), header(), issue(projection_rdsr.KIND))

    assert pixelmed_errors(to_part10(report), tmp_path) == []


def test_of_a_mammography_report(tmp_path: Path) -> None:
    report = mammography_rdsr.write_mammography_rdsr(full_mammography(), header(), issue(mammography_rdsr.KIND))

    errors = pixelmed_errors(to_part10(report), tmp_path)
    assert [error for error in errors if not error.endswith(FALSE_ALARMS[mammography_rdsr.KIND])] == []
