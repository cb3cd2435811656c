"""Tests of dose_core.readers.ct.image."""

from datetime import UTC, datetime

import pytest

from dose_core.model import AcquisitionType, CtReport, CtTotals, Kind, ReadWarning, XRaySource
from tests.builders.ct_image import HEAD_PHANTOM, ct_image, ct_image_bytes
from tests.builders.dicom import IMPLICIT_LITTLE, part10
from tests.builders.sr import coded
from tests.support.read_as import read_as


class TestReadCtImage:
    def test_states_one_event_and_one_slice(self) -> None:
        report = read_as(CtReport, ct_image_bytes())

        assert report.kind is Kind.CT_IMAGE
        assert report.totals == CtTotals()
        (event,) = report.events
        assert (event.event_uid, event.protocol) == ("2.25.4001", "Abdomen")
        assert (event.ctdi_vol_mgy, event.phantom_diameter_mm, event.pitch) == (7.5, 320, 0.9)
        assert (event.exposure_time_s, event.total_collimation_mm) == (0.5, 38.4)
        assert event.sources == (XRaySource(kv=120.0, ma_mean=200.0, rotation_time_s=0.5),)
        assert event.dlp_mgy_cm is None
        assert report.warnings == ()

    def test_states_where_the_slice_lies(self) -> None:
        lies = read_as(CtReport, ct_image_bytes()).slices[0]

        assert lies is not None
        assert (lies.series_instance_uid, lies.series_number) == ("2.25.3003", 3)
        assert (lies.instance_number, lies.acquisition_number) == (17, 2)
        assert (lies.z_mm, lies.thickness_mm) == (-412.5, 5.0)
        assert lies.frame_of_reference_uid == "2.25.3004"
        assert lies.image_type == ("ORIGINAL", "PRIMARY", "AXIAL")

    @pytest.mark.parametrize(
        ("orientation", "z_mm"),
        [
            pytest.param(["1", "0", "0", "0", "1", "0"], -412.5, id="axial"),
            pytest.param(["1", "0", "0", "0", "0.866", "-0.5"], -412.5, id="gantry tilted by 30 degrees"),
            pytest.param(["1", "0", "0", "0", "0", "-1"], None, id="coronal"),
            pytest.param(["0", "1", "0", "0", "0", "-1"], None, id="sagittal"),
            pytest.param(["0", "0", "0", "0", "0", "0"], None, id="no plane at all"),
            pytest.param(["1", "0", "0"], None, id="half an orientation"),
        ],
    )
    def test_states_no_place_along_the_patient_for_a_slice_that_is_not_axial(
        self, orientation: list[str], z_mm: float | None
    ) -> None:
        """The corners of coronal slices have one z in common: a length of one slice would come out of them."""
        lies = read_as(CtReport, ct_image_bytes(ImageOrientationPatient=orientation)).slices[0]

        assert lies is not None
        assert lies.z_mm == z_mm

    def test_reads_binary_numbers_from_implicit_vr_too(self) -> None:
        report = read_as(CtReport, part10(ct_image(), transfer_syntax=IMPLICIT_LITTLE))

        assert report.events[0].ctdi_vol_mgy == 7.5

    def test_reads_ctdi_that_a_pacs_wrote_as_text(self) -> None:
        assert (
            read_as(CtReport, ct_image_bytes(XRayTubeCurrentInmA=None, XRayTubeCurrent="199.5"))
            .events[0]
            .sources[0]
            .ma_mean
            == 199.5
        )

    def test_prefers_the_exact_elements(self) -> None:
        (event,) = read_as(CtReport, ct_image_bytes(ExposureTimeInms=512.5, XRayTubeCurrentInmA=201.25)).events

        assert (event.exposure_time_s, event.sources[0].ma_mean) == (0.5125, 201.25)

    def test_names_a_phantom_that_nobody_knows_by_the_beginning_of_its_code(self) -> None:
        """A warning quotes no free text, which could name a patient."""
        unknown = coded(("24CM-PHANTOM-OF-BEISPIEL-BO", "99ACME", "24 cm"))

        report = read_as(CtReport, ct_image_bytes(CTDIPhantomTypeCodeSequence=[unknown]))

        assert report.events[0].phantom_diameter_mm is None
        (warning,) = report.warnings
        assert warning.path == "(0018,9346)"
        assert warning.problem == "no diameter is known for phantom 24CM-PHANTOM-OF- of 99ACME"

    def test_tells_the_head_phantom(self) -> None:
        assert (
            read_as(CtReport, ct_image_bytes(CTDIPhantomTypeCodeSequence=[coded(HEAD_PHANTOM)]))
            .events[0]
            .phantom_diameter_mm
            == 160
        )

    def test_leaves_what_is_not_stated_none(self) -> None:
        (event,) = read_as(
            CtReport,
            ct_image_bytes(
                CTDIvol=None, CTDIPhantomTypeCodeSequence=None, KVP=None, XRayTubeCurrent="", RevolutionTime=None
            ),
        ).events

        assert (event.ctdi_vol_mgy, event.phantom_diameter_mm, event.sources) == (None, None, ())

    @pytest.mark.parametrize(
        ("ctdi_mgy", "problem"),
        [
            (-1.0, "-1.0 is not a dose"),
            (float("nan"), "not a finite number"),
            (float("inf"), "not a finite number"),
            ([1.0, 2.0], "holds several values"),
        ],
    )
    def test_names_a_dose_it_cannot_use(self, ctdi_mgy: object, problem: str) -> None:
        report = read_as(CtReport, ct_image_bytes(CTDIvol=ctdi_mgy))

        assert report.events[0].ctdi_vol_mgy is None
        assert report.warnings == (ReadWarning(path="(0018,9345)", concept="CTDIvol", problem=problem),)

    def test_states_a_localizer_as_such(self) -> None:
        report = read_as(CtReport, ct_image_bytes(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]))

        assert report.events[0].acquisition_type is AcquisitionType.CONSTANT_ANGLE
        assert "LOCALIZER" in report.slices[0].image_type

    def test_takes_no_event_uid_from_an_image_of_several_events(self) -> None:
        report = read_as(CtReport, ct_image_bytes(IrradiationEventUID=["2.25.1", "2.25.2"]))

        assert report.events[0].event_uid is None
        assert report.slices[0].event_uids == ("2.25.1", "2.25.2")

    def test_prefers_the_acquisition_date_time(self) -> None:
        report = read_as(CtReport, ct_image_bytes(AcquisitionDateTime="20260301111213+0100"))

        assert report.started_at == datetime(2026, 3, 1, 10, 12, 13, tzinfo=UTC)

    def test_numbers_nothing_by_a_fraction(self) -> None:
        lies = read_as(CtReport, ct_image_bytes(InstanceNumber="17.5", SeriesNumber="99999999999")).slices[0]

        assert lies is not None
        assert (lies.instance_number, lies.series_number) == (None, None)
