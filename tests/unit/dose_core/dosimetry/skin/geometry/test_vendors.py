"""What is known of a maker's devices counts until a site calibrates its own; what nobody checked is refused."""

import math

import pytest

from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.skin.geometry.conventions import Conventions, NotAConventionError
from dose_core.dosimetry.skin.geometry.vendors import Calibration, InUse, in_use, of_maker


def test_an_artis_has_the_axes_of_the_standard_and_no_offset() -> None:
    """As PySkinDose has it; a case of letters does not matter."""
    found = of_maker("SIEMENS", "AXIOM-Artis")
    assert found is not None
    assert (found.head_foot, found.left_sign, found.height_offset_mm) == ("lateral", 1, 0.0)


def test_an_allura_counts_its_height_from_the_floor() -> None:
    """Up is positive there, and the isocentre of the one site that published it lies 1055 mm above."""
    found = of_maker("Philips", "Allura Clarity")
    assert found is not None
    assert found.height_sign * 905.0 + found.height_offset_mm == pytest.approx(150.0)


@pytest.mark.parametrize(
    ("manufacturer", "model"),
    [(None, None), ("Philips", "Azurion 7"), ("GE", "Innova"), ("Canon", "DFP-8000D"), ("Siemens", "Fluorospot")],
)
def test_a_device_whose_origins_nobody_checked_is_refused_until_it_is_calibrated(
    manufacturer: str | None, model: str | None
) -> None:
    """The standard leaves the origin of a table position to the maker."""
    found = in_use(manufacturer, model, None)
    assert isinstance(found, NotComputable)
    assert found.missing == ("a calibration of this device",)
    calibration = Calibration(version=3, conventions=Conventions(head_offset_mm=12.0), is_validated=True)
    calibrated = in_use(manufacturer, model, calibration)
    assert calibrated == InUse(conventions=calibration.conventions, calibration_version=3, is_validated=True)


def test_what_is_known_of_a_maker_is_never_validated() -> None:
    """Only a physicist at the device can say that."""
    found = in_use("Siemens", "AXIOM-Artis", None)
    assert isinstance(found, InUse)
    assert not found.is_validated


@pytest.mark.parametrize(
    "wrong",
    [
        {"left_sign": 0},
        {"head_sign": 2},
        {"head_offset_mm": math.nan},
        {"head_offset_mm": 1e6},
        {"table_mm": -1.0},
        {"head_foot": "vertical"},
        {"angles_of": "room"},
    ],
)
def test_what_is_no_convention_is_refused(wrong: dict[str, object]) -> None:
    """Before anything is computed by it."""
    with pytest.raises(NotAConventionError):
        Conventions(**wrong)  # type: ignore[arg-type]  # wrong on purpose
