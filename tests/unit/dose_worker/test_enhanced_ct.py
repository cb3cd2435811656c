"""Tests of dose_worker.enhanced_ct. What Orthanc tells of a header is written here as it tells it: all as text."""

from typing import Any

import pytest

from dose_worker.ct_images import Reconstruction, UndecodableImageError
from dose_worker.enhanced_ct import is_enhanced, reconstructions_of

SHARED: dict[str, Any] = {
    "PlaneOrientationSequence": [{"ImageOrientationPatient": "1\\0\\0\\0\\1\\0"}],
    "PixelMeasuresSequence": [{"PixelSpacing": "0.8\\0.9"}],
    "PixelValueTransformationSequence": [{"RescaleSlope": "1", "RescaleIntercept": "-1024", "RescaleType": "HU"}],
    "CTImageFrameTypeSequence": [{"FrameType": "ORIGINAL\\PRIMARY\\VOLUME\\NONE"}],
    "CTExposureSequence": [{"CTDIvol": "8.5"}],
    "IrradiationEventIdentificationSequence": [{"IrradiationEventUID": "2.25.1"}],
}


def frame(z_mm: float | None, acquisition: int = 1, **groups: object) -> dict[str, Any]:
    told: dict[str, Any] = {"FrameContentSequence": [{"FrameAcquisitionNumber": str(acquisition)}], **groups}
    if z_mm is not None:
        told["PlanePositionSequence"] = [{"ImagePositionPatient": f"-200\\-200\\{z_mm}"}]
    return told


def tags(*frames: dict[str, Any], shared: dict[str, Any] = SHARED) -> dict[str, Any]:
    return {
        "SOPInstanceUID": "2.25.9",
        "Rows": "512",
        "Columns": "500",
        "BitsAllocated": "16",
        "SharedFunctionalGroupsSequence": [shared],
        "PerFrameFunctionalGroupsSequence": list(frames),
    }


def read(*frames: dict[str, Any], shared: dict[str, Any] = SHARED) -> list[Reconstruction]:
    return reconstructions_of("a", "2.25.8", tags(*frames, shared=shared), "1.2.840.10008.1.2.1")


def places(found: list[Reconstruction]) -> list[list[float]]:
    return [[held.z_mm for held in one.slices] for one in found]


def values_of(found: list[Reconstruction], at: int = 0) -> dict[str, str]:
    held = found[0].slices[at]
    assert held.frame is not None
    return dict(held.frame.values)


def test_each_frame_is_a_slice_where_it_lies() -> None:
    found = read(frame(10), frame(0), frame(5))

    assert places(found) == [[0, 5, 10]]
    assert [held.frame.number for held in found[0].slices if held.frame] == [1, 2, 0]
    assert (found[0].series_instance_uid, found[0].event_uids, found[0].is_original) == ("2.25.8", ("2.25.1",), True)
    assert found[0].slices[0].sop_instance_uid == "2.25.9"


def test_what_all_frames_share_is_said_of_each() -> None:
    told = values_of(read(frame(0)))

    assert (told["PixelSpacing"], told["RescaleIntercept"], told["CTDIvol"]) == ("0.8\\0.9", "-1024", "8.5")
    assert (told["Rows"], told["IrradiationEventUID"]) == ("512", "2.25.1")


def test_what_a_frame_says_goes_before_what_all_share() -> None:
    found = read(frame(0, CTExposureSequence=[{"CTDIvol": "9"}]), frame(5))

    assert [values_of(found, at)["CTDIvol"] for at in (0, 1)] == ["9", "8.5"]


def test_a_converted_image_keeps_what_it_says_in_groups_of_its_own() -> None:
    shared = {key: value for key, value in SHARED.items() if key != "CTExposureSequence"}
    shared["UnassignedSharedConvertedAttributesSequence"] = [{"CTDIvol": "7"}]
    own = frame(5, UnassignedPerFrameConvertedAttributesSequence=[{"CTDIvol": "6"}])
    found = read(frame(0), own, shared=shared)

    assert [values_of(found, at)["CTDIvol"] for at in (0, 1)] == ["7", "6"]


def test_the_width_of_the_field_of_view_is_that_of_its_columns() -> None:
    assert read(frame(0))[0].field_of_view_mm == pytest.approx(450)


def test_frames_of_several_acquisitions_and_events_are_several_reconstructions() -> None:
    other = [{"IrradiationEventUID": "2.25.2"}]
    found = read(frame(0), frame(5), frame(0, 2), frame(5, 2), frame(0, IrradiationEventIdentificationSequence=other))

    assert places(found) == [[0, 5], [0], [0, 5]]
    assert [one.event_uids for one in found] == [("2.25.1",), ("2.25.2",), ("2.25.1",)]


def test_localisers_and_frames_along_the_body_or_nowhere_are_left_out() -> None:
    scout = [{"FrameType": "ORIGINAL\\PRIMARY\\LOCALIZER\\NONE"}]
    coronal = [{"ImageOrientationPatient": "1\\0\\0\\0\\0\\-1"}]
    found = read(
        frame(0, CTImageFrameTypeSequence=scout), frame(1, PlaneOrientationSequence=coronal), frame(None), frame(3)
    )

    assert places(found) == [[3]]


def test_what_was_derived_is_no_original() -> None:
    derived = [{"FrameType": "DERIVED\\PRIMARY\\VOLUME\\MAXIMUM"}]

    assert not read(frame(0, CTImageFrameTypeSequence=derived))[0].is_original


@pytest.mark.parametrize(
    "told", [{}, {"PerFrameFunctionalGroupsSequence": None}, {"PerFrameFunctionalGroupsSequence": []}]
)
def test_frames_that_do_not_say_where_they_lie_are_refused_by_name(told: dict[str, Any]) -> None:
    with pytest.raises(UndecodableImageError, match="where each lies"):
        reconstructions_of("a", "2.25.8", told, "1.2.840.10008.1.2.1")


@pytest.mark.parametrize("place", ["", "1\\2", "a\\b\\c", "0\\0\\nan", None, [{}]])
def test_a_place_that_is_none_leaves_the_frame_out(place: object) -> None:
    assert read(frame(None, PlanePositionSequence=[{"ImagePositionPatient": place}])) == []


def test_an_image_with_a_place_of_its_own_is_one_slice() -> None:
    assert is_enhanced({"NumberOfFrames": "1"})
    assert not is_enhanced({"NumberOfFrames": "1", "ImagePositionPatient": "0\\0\\0"})
    assert not is_enhanced({"ImagePositionPatient": "0\\0\\0"})
