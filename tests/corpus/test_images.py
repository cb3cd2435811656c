"""
Image headers of real devices, file by file: radiography, angiography and fluoroscopy, CT.

Oracles: the key values of ``INDEX.csv``, and pydicom for the same elements of the same file. Which element states
which field stands here once more, in the units of PS3.3, since the reader's own table would only confirm itself.
"""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from dose_core.model import CtReport, DoseReport, ProjectionReport
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, corpus_files, needs_corpus

PROJECTIONS = [path for folder in ("dx_cr_image", "xa_rf_image") for path in corpus_files(folder)]
CT_IMAGES = corpus_files("ct_image")

# No dose and no exposure: two Fuji readers and an Agfa one without generator (KVP and Exposure 0), a Siemens RF image.
NOT_DOSE = {
    "dicom-test-files__RG2_JPLY",
    "dwv__gdcm-CR-MONO1-10-chest.dcm",
    "pydicom__CR1_6154",
    "orthanc-tests__KarstenHilbertRF.dcm",
}
DECIMETRES = "DR 7500"  # states the distance from source to detector in dm

Field = tuple[str, Callable[[float], float]]  # field of the event and how PS3.3 converts the element to our unit
PROJECTION_FIELDS: dict[str, Field] = {
    "ImageAndFluoroscopyAreaDoseProduct": ("dap_gy_cm2", lambda dgy_cm2: dgy_cm2 / 10),
    "KVP": ("kv", lambda kv: kv),
    "XRayTubeCurrent": ("ma", lambda ma: ma),
    "DistanceSourceToDetector": ("source_to_detector_mm", lambda mm: mm),
    "ExposureIndex": ("exposure_index", lambda index: index),
    "TargetExposureIndex": ("target_exposure_index", lambda index: index),
    "DeviationIndex": ("deviation_index", lambda index: index),
    "Sensitivity": ("sensitivity", lambda value: value),
    "NumberOfFrames": ("frame_count", lambda count: count),
}
CT_FIELDS: dict[str, Field] = {
    "CTDIvol": ("ctdi_vol_mgy", lambda mgy: mgy),
    "ExposureTime": ("exposure_time_s", lambda ms: ms / 1000),
    "Exposure": ("mas", lambda mas: mas),
    "TotalCollimationWidth": ("total_collimation_mm", lambda mm: mm),
    "SingleCollimationWidth": ("single_collimation_mm", lambda mm: mm),
    "SpiralPitchFactor": ("pitch", lambda pitch: pitch),
}
CT_SOURCE_FIELDS: dict[str, Field] = {
    "KVP": ("kv", lambda kv: kv),
    "XRayTubeCurrent": ("ma_mean", lambda ma: ma),
    "RevolutionTime": ("rotation_time_s", lambda s: s),
}


def named(path: Path) -> str:
    """Return how a test calls a file."""
    return path.name


@cache
def key_values() -> dict[str, dict[str, str]]:
    """Return what INDEX.csv says of each file: keyword of an element to its value."""
    with (CORPUS / "INDEX.csv").open(newline="", encoding="utf-8") as file:
        return {
            row["file"]: dict(pair.split("=", 1) for pair in row["key_values"].split("; ") if "=" in pair)
            for row in csv.DictReader(file)
        }


def of_index(path: Path) -> dict[str, float]:
    """Return the key values of a file that are numbers."""
    return {
        keyword: float(value)
        for keyword, value in key_values()[f"{path.parent.name}/{path.name}"].items()
        if is_number(value)
    }


def is_number(text: str) -> bool:
    """Tell if INDEX.csv gives a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def of_pydicom(dataset: Dataset, keywords: object) -> dict[str, float]:
    """Return the elements that state one number other than the zero that stands for an unknown one."""
    stated: dict[str, float] = {}
    for keyword in keywords:  # type: ignore[attr-defined]  # any iterable of keywords
        value = dataset.get(keyword)
        if value is not None and value != "" and not isinstance(value, (list, tuple)) and float(value) != 0:
            stated[keyword] = float(value)
    return stated


def opened(path: Path) -> Dataset:
    """Return the header as pydicom reads it."""
    return dcmread(path, stop_before_pixels=True, force=True)


def differences(part: object, expected: dict[str, float], fields: dict[str, Field]) -> dict[str, tuple[object, float]]:
    """Return each field that is not what the oracle has, with both values."""
    found = {}
    for keyword, stated in expected.items():
        if keyword in fields:
            name, convert = fields[keyword]
            value = getattr(part, name)
            if value is None or value != pytest.approx(convert(stated), rel=1e-12):
                found[keyword] = (value, stated)
    return found


def read_projection(path: Path) -> ProjectionReport:
    """Return what a projection image states."""
    report = read_dose(path.read_bytes())
    assert isinstance(report, ProjectionReport)
    return report


def identifies(report: DoseReport, dataset: Dataset) -> bool:
    """Tell if the report is of the object that pydicom read."""
    return (report.sop_instance_uid, report.study_instance_uid) == (dataset.SOPInstanceUID, dataset.StudyInstanceUID)


@needs_corpus
@pytest.mark.real_dicom
class TestProjectionImages:
    def test_are_all_there(self) -> None:
        assert len(PROJECTIONS) == 14
        assert {path.name for path in PROJECTIONS} >= NOT_DOSE

    @pytest.mark.parametrize("path", [path for path in PROJECTIONS if path.name in NOT_DOSE], ids=named)
    def test_that_state_nothing_of_the_exposure_are_no_dose(self, path: Path) -> None:
        with pytest.raises(NotDoseError, match="neither dose nor exposure"):
            read_dose(path.read_bytes())

    @pytest.mark.parametrize("path", [path for path in PROJECTIONS if path.name not in NOT_DOSE], ids=named)
    def test_state_what_the_index_and_pydicom_find(self, path: Path) -> None:
        report, dataset = read_projection(path), opened(path)
        (event,) = report.events
        found = of_pydicom(dataset, PROJECTION_FIELDS)
        indexed = {keyword: value for keyword, value in of_index(path).items() if value}
        if dataset.get("ManufacturerModelName") == DECIMETRES:
            for oracle in (found, indexed):
                oracle["DistanceSourceToDetector"] *= 100

        assert identifies(report, dataset)
        assert len(found) >= 2
        assert differences(event, found, PROJECTION_FIELDS) == {}
        assert differences(event, indexed, PROJECTION_FIELDS) == {}

    @pytest.mark.parametrize("path", [path for path in PROJECTIONS if path.name not in NOT_DOSE], ids=named)
    def test_state_exposure_and_time_in_their_finest_form(self, path: Path) -> None:
        (event,), dataset = read_projection(path).events, opened(path)
        fine_mas, coarse_mas = dataset.get("ExposureInuAs"), dataset.get("Exposure")
        fine_us, coarse_ms = dataset.get("ExposureTimeInuS"), dataset.get("ExposureTime")

        assert event.mas == (float(fine_mas) / 1000 if fine_mas else float(coarse_mas) if coarse_mas else None)
        assert event.exposure_time_s == pytest.approx(
            float(fine_us) / 1e6 if fine_us else float(coarse_ms) / 1000 if coarse_ms else None
        )

    def test_of_kodak_dr7500_have_filters_in_order_and_distances_in_mm(self) -> None:
        kodak = [path for path in PROJECTIONS if "DR7500-2" in path.name]

        ((event,),) = [read_projection(path).events for path in kodak]

        assert [(one.material, one.min_mm, one.max_mm) for one in event.filters] == [
            ("aluminum", 0.94, 1.06),
            ("copper", 0.194, 0.206),
        ]
        assert event.source_to_detector_mm == 1150.0

    def test_of_siemens_multix_have_the_filter_of_its_type(self) -> None:
        ((event,),) = [read_projection(path).events for path in PROJECTIONS if "SiemensMultix" in path.name]

        assert [(one.material, one.min_mm, one.max_mm) for one in event.filters] == [("copper", 0.2, 0.2)]
        assert (event.exposure_index, event.exposure_index_scale) == (287.0, "Siemens EXI")

    def test_without_any_date_state_no_time(self) -> None:
        (report,) = [read_projection(path) for path in PROJECTIONS if "Date-Missing" in path.name]

        assert (report.started_at, report.study_started_at) == (None, None)


@needs_corpus
@pytest.mark.real_dicom
class TestCtImages:
    def test_are_all_there(self) -> None:
        assert len(CT_IMAGES) == 13

    @pytest.mark.parametrize("path", CT_IMAGES, ids=named)
    def test_state_what_the_index_and_pydicom_find(self, path: Path) -> None:
        report, dataset = read_dose(path.read_bytes()), opened(path)
        assert isinstance(report, CtReport)
        source = report.events[0].sources[0] if report.events[0].sources else None

        assert identifies(report, dataset)
        for oracle in (of_pydicom(dataset, [*CT_FIELDS, *CT_SOURCE_FIELDS]), of_index(path)):
            assert differences(report.events[0], oracle, CT_FIELDS) == {}
            assert differences(source, oracle, CT_SOURCE_FIELDS) == {}

    @pytest.mark.parametrize("path", [path for path in CT_IMAGES if "eCT" not in path.name], ids=named)
    def test_state_where_their_slice_lies(self, path: Path) -> None:
        report, dataset = read_dose(path.read_bytes()), opened(path)
        assert isinstance(report, CtReport)
        (lies,) = report.slices
        position, orientation = dataset.get("ImagePositionPatient"), dataset.get("ImageOrientationPatient")
        is_axial = not orientation or max(abs(float(orientation[2])), abs(float(orientation[5]))) < 0.5

        assert lies.z_mm == (float(position[2]) if position and is_axial else None)
        thickness = dataset.get("SliceThickness")
        assert lies.thickness_mm == (float(thickness) if thickness else None)

    def test_of_enhanced_ct_state_each_frame(self) -> None:
        (path,) = [path for path in CT_IMAGES if "eCT" in path.name]
        report, dataset = read_dose(path.read_bytes()), opened(path)
        assert isinstance(report, CtReport)
        frames = dataset.PerFrameFunctionalGroupsSequence

        assert [lies.z_mm for lies in report.slices] == [
            float(frame.PlanePositionSequence[0].ImagePositionPatient[2]) for frame in frames
        ]
        shared = dataset.SharedFunctionalGroupsSequence[0]
        event_uid = shared.IrradiationEventIdentificationSequence[0].IrradiationEventUID
        assert [event.event_uid for event in report.events] == [event_uid] * len(frames)
        assert report.slices[0].thickness_mm == float(shared.PixelMeasuresSequence[0].SliceThickness)
        assert report.slices[0].image_type == tuple(shared.CTImageFrameTypeSequence[0].FrameType)
