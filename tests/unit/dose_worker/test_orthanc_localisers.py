"""Tests of dose_worker.orthanc_localisers: how the lines of a localiser lie, by its header as Orthanc tells it."""

import numpy as np
import pytest

from dose_core.dosimetry.ct_size.localiser import View
from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from dose_worker.ct_images import ShownLocaliser
from dose_worker.orthanc_localisers import HeldLocaliser, shown_localiser

STORED = np.arange(6, dtype=np.int16).reshape(2, 3)
FRONTAL = "1\\0\\0\\0\\0\\-1"


def shown(tags: dict[str, str] | None = None, padding: tuple[float, float] | None = None) -> ShownLocaliser | None:
    told = {
        "ImagePositionPatient": "-200\\0\\100",
        "ImageOrientationPatient": FRONTAL,
        "KVP": "120",
        "ConvolutionKernel": "T20f\\1",
        "FrameOfReferenceUID": "2.25.4",
    }
    held = HeldLocaliser(
        archive_id="a", series_instance_uid="2.25.2", sop_instance_uid="2.25.3", tags=told | (tags or {})
    )
    pixels = CtPixels(
        stored=STORED, slope=2.0, intercept=-1.0, row_spacing_mm=4.0, column_spacing_mm=5.0, padding=padding
    )
    return shown_localiser(held, pixels)


def lines(told: ShownLocaliser | None) -> tuple[View, tuple[float, ...], float, list[list[float]]]:
    assert told is not None
    scout = told.localiser
    return scout.view, scout.z_mm, scout.width_mm, scout.values.tolist()


def test_its_rows_are_lines_from_head_to_feet() -> None:
    assert lines(shown()) == (View.FRONTAL, (100, 96), 15, [[-1, 1, 3], [5, 7, 9]])


def test_its_columns_may_be_the_lines() -> None:
    told = lines(shown({"ImageOrientationPatient": "0\\0\\1\\0\\1\\0"}))

    assert told == (View.LATERAL, (100, 105, 110), 8, [[-1, 5], [1, 7], [3, 9]])


def test_it_says_what_a_calibration_must_hold_for() -> None:
    told = shown()

    assert told is not None
    assert (told.localiser.kv, told.localiser.kernel, told.frame_of_reference_uid) == (120, "T20f", "2.25.4")


def test_what_it_does_not_state_is_not_known() -> None:
    told = shown({"KVP": "", "ConvolutionKernel": "", "FrameOfReferenceUID": ""})

    assert told is not None
    assert (told.localiser.kv, told.localiser.kernel, told.frame_of_reference_uid) == (None, None, None)


def test_padding_is_no_number() -> None:
    told = shown(padding=(5, 5))

    assert told is not None
    assert np.isnan(told.localiser.values[1, 2])


@pytest.mark.parametrize(
    "tags",
    [
        {"ImagePositionPatient": ""},
        {"ImageOrientationPatient": "1\\0\\0"},
        {"ImageOrientationPatient": "1\\0\\0\\0\\1\\0"},
        {"ImageOrientationPatient": "0.6\\0.6\\0.5\\0\\-0.6\\0.8"},
    ],
)
def test_one_that_lies_askew_or_nowhere_is_none(tags: dict[str, str]) -> None:
    assert shown(tags) is None
