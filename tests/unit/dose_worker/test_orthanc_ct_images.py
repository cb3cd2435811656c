"""Tests of dose_worker.orthanc_ct_images on what an Orthanc answers; a real one is asked in tests/integration."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from dose_core.contract import MAX_OBJECT_BYTES
from dose_worker import orthanc_ct_images
from dose_worker.ct_images import UndecodableImageError
from dose_worker.orthanc_ct_images import OrthancCtImages
from tests.builders.ct_image_files import image_of
from tests.builders.ct_phantoms import ellipse, painted, scanned
from tests.builders.dicom_files import file_of

PIXELS = scanned(painted((ellipse(60, 60), 0), size=128))
HEADER: dict[str, Any] = {
    "SOPInstanceUID": "2.25.9",
    "SamplesPerPixel": "1",
    "Rows": "128",
    "Columns": "128",
    "BitsAllocated": "16",
    "BitsStored": "16",
    "PixelRepresentation": "0",
    "PhotometricInterpretation": "MONOCHROME2",
    "SharedFunctionalGroupsSequence": [
        {
            "PlaneOrientationSequence": [{"ImageOrientationPatient": "1\\0\\0\\0\\1\\0"}],
            "PixelMeasuresSequence": [{"PixelSpacing": "0.8\\0.8"}],
            "PixelValueTransformationSequence": [{"RescaleSlope": "1", "RescaleIntercept": "-1024"}],
        }
    ],
    "PerFrameFunctionalGroupsSequence": [
        {"PlanePositionSequence": [{"ImagePositionPatient": f"0\\0\\{z_mm}"}]} for z_mm in (0, 5, 10)
    ],
}


@dataclass
class Answer:
    """What Orthanc answers."""

    content: bytes

    @property
    def text(self) -> str:
        """It as text."""
        return self.content.decode()

    def json(self) -> object:
        """It as JSON."""
        return json.loads(self.content)


@dataclass
class Rest:
    """An Orthanc of plain answers, by path; ``asked`` is what it was asked for."""

    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask_for(self, method: str, path: str, **_: object) -> Answer | None:
        """Answer a call, ``None`` if there is no such thing."""
        assert method == "get"
        self.asked.append(path)
        found = self.answers.get(path)
        return None if found is None else Answer(found)

    def ask(self, method: str, path: str, **_: object) -> Answer:
        """Answer the look-up of a study."""
        assert (method, path) == ("post", "tools/lookup")
        return Answer(b'[{"Type": "Study", "ID": "s"}]')


def enhanced(archive_id: str) -> dict[str, Any]:
    return {"ID": archive_id, "ParentSeries": "e", "MainDicomTags": {"NumberOfFrames": "3"}}


def classic(archive_id: str) -> dict[str, Any]:
    tags = {
        "ImagePositionPatient": "0\\0\\1",
        "ImageOrientationPatient": "1\\0\\0\\0\\1\\0",
        "SOPInstanceUID": "2.25.7",
    }
    return {"ID": archive_id, "ParentSeries": "c", "MainDicomTags": tags}


@pytest.fixture
def rest() -> Rest:
    """An Orthanc with an enhanced image ``i`` of three frames, the only one of its study."""
    series = [{"ID": one, "MainDicomTags": {"Modality": "CT", "SeriesInstanceUID": f"2.25.{one}"}} for one in "ec"]
    return Rest(
        {
            "studies/s/series": json.dumps(series).encode(),
            "studies/s/instances": json.dumps([enhanced("i")]).encode(),
            "instances/i/simplified-tags": json.dumps(HEADER).encode(),
            "instances/i/metadata/TransferSyntax": b"1.2.840.10008.1.2.1",
            "instances/i/frames/2/raw": PIXELS.stored.tobytes(),
            "instances/k/simplified-tags": b'{"ImageType": "ORIGINAL\\\\PRIMARY\\\\AXIAL"}',
            "instances/k/file": file_of(image_of(PIXELS)),
        }
    )


@pytest.fixture
def images(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> OrthancCtImages:
    """The adapter on it."""
    monkeypatch.setattr(orthanc_ct_images, "OrthancRest", lambda *_, **__: rest)
    return OrthancCtImages("http://orthanc.example", timeout_s=1)


def test_a_frame_of_an_enhanced_image_is_fetched_alone(rest: Rest, images: OrthancCtImages) -> None:
    (found,) = images.reconstructions("2.25.1")
    rest.asked.clear()

    shown = images.decoded(found.slices[2])

    assert shown is not None
    assert np.array_equal(shown.pixels.stored, PIXELS.stored)
    assert rest.asked == ["instances/i/frames/2/raw"]


def test_a_frame_that_went_meanwhile_is_none(images: OrthancCtImages) -> None:
    (found,) = images.reconstructions("2.25.1")

    assert images.decoded(found.slices[0]) is None


def test_an_enhanced_image_stands_beside_others(rest: Rest, images: OrthancCtImages) -> None:
    rest.answers["studies/s/instances"] = json.dumps([enhanced("i"), classic("k")]).encode()

    assert [(one.series_instance_uid, len(one.slices)) for one in images.reconstructions("2.25.1")] == [
        ("2.25.c", 1),
        ("2.25.e", 3),
    ]


@pytest.mark.parametrize("header", [b"{}", b" " * (MAX_OBJECT_BYTES + 1)])
def test_an_enhanced_image_that_cannot_be_read_is_named_where_nothing_else_is_there(
    rest: Rest, images: OrthancCtImages, header: bytes
) -> None:
    rest.answers["instances/i/simplified-tags"] = header

    with pytest.raises(UndecodableImageError):
        images.reconstructions("2.25.1")
    rest.answers["studies/s/instances"] = json.dumps([enhanced("i"), classic("k")]).encode()
    assert [one.series_instance_uid for one in images.reconstructions("2.25.1")] == ["2.25.c"]


def test_a_series_along_the_body_that_is_no_localiser_is_asked_once(rest: Rest, images: OrthancCtImages) -> None:
    along = {"ImageOrientationPatient": "1\\0\\0\\0\\0\\-1", "ImagePositionPatient": "0\\0\\0"}
    coronal = [
        {"ID": f"c{n}", "ParentSeries": "c", "MainDicomTags": along | {"SOPInstanceUID": f"2.25.8{n}"}}
        for n in range(9)
    ]
    rest.answers["studies/s/instances"] = json.dumps(coronal).encode()
    rest.answers["instances/c0/simplified-tags"] = b'{"ImageType": "DERIVED\\\\SECONDARY\\\\MPR"}'

    assert images.localisers("2.25.1") == []
    assert rest.asked == ["studies/s/series", "studies/s/instances", "instances/c0/simplified-tags"]


def test_an_enhanced_image_that_went_meanwhile_is_none(rest: Rest, images: OrthancCtImages) -> None:
    del rest.answers["instances/i/metadata/TransferSyntax"]

    assert images.reconstructions("2.25.1") == []
