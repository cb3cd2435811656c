"""Cone-beam CT, which arrives as a CT report, as a projection report or as an enhanced one."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import AcquisitionType, CtReport, EventType, Kind, ProjectionReport
from tests.builders.ct_rdsr import (
    HEAD,
    accumulated,
    acquisition,
    ct_rdsr,
    ct_rdsr_bytes,
    dlp_total,
    dose,
    parameters,
    source,
)
from tests.builders.dicom import part10
from tests.builders.projection_rdsr import ROTATIONAL, event, projection_rdsr_bytes, totals
from tests.builders.projection_rdsr import dose as projection_dose
from tests.builders.sr import Concept, code, text
from tests.support.problems import problems
from tests.support.read_as import read_as

CONE_BEAM: Concept = ("702569007", "SCT", "Cone Beam Acquisition")
CONE_BEAM_CT: Concept = ("717193008", "SCT", "Cone beam computed tomography")


class TestCtReport:
    @pytest.mark.parametrize("kind", [("702569007", "SCT", "CBCT"), ("R-FB8F1", "SRT", "Cone Beam")])
    def test_is_an_acquisition_type_of_ct(self, kind: Concept) -> None:
        """CID 10013; dental and linac devices send TID 10011 with it."""
        event = acquisition(
            text(codes.DCM.AcquisitionProtocol, "Jaw 8x8"),
            parameters(source(kv="90", rotation_s=None)),
            dose(),
            kind=kind,
        )

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert report.events[0].acquisition_type is AcquisitionType.CONE_BEAM
        assert report.events[0].sources[0].kv == 90.0
        assert report.warnings == ()

    def test_of_a_jaw_states_its_dose_for_a_phantom_of_16_cm(self) -> None:
        event = acquisition(dose("4.2", "33", HEAD), kind=CONE_BEAM)

        assert read_as(CtReport, ct_rdsr_bytes(event)).events[0].phantom_diameter_mm == 160

    def test_of_a_linac_has_one_event_for_each_setup(self) -> None:
        """Several scans in one session, each for positioning; no scanning length is travelled."""
        scans = [acquisition(dose("3", "50"), uid=f"2.25.{number}", kind=CONE_BEAM) for number in (1, 2)]

        assert problems(ct_rdsr_bytes(accumulated(dlp_total("100")), *scans)) == []

    def test_in_a_phantom_of_another_size_keeps_its_dose(self) -> None:
        """CID 4052 has one of 10 cm; IEC 60601-2-44 defines CTDI for 16 and 32 cm, so its diameter is not taken up."""
        event = acquisition(dose("4", "20", ("130541", "DCM", "10 cm Dosimetry Phantom")))

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert (report.events[0].ctdi_vol_mgy, report.events[0].phantom_diameter_mm) == (4.0, None)
        assert [warning.problem for warning in report.warnings] == ["no diameter is known for phantom 130541 of DCM"]

    def test_that_names_cone_beam_ct_as_its_procedure_is_told_by_its_content(self) -> None:
        procedure = code(codes.DCM.ProcedureReported, CONE_BEAM_CT, relationship="HAS CONCEPT MOD")

        report = read_as(CtReport, part10(ct_rdsr(ContentSequence=[procedure, acquisition(dose(), kind=CONE_BEAM)])))

        assert report.kind is Kind.CT_RDSR
        assert report.events[0].acquisition_type is AcquisitionType.CONE_BEAM


class TestProjectionReport:
    def test_of_a_c_arm_has_rotational_events(self) -> None:
        """CID 10002 has no type for cone-beam CT: Rotational Acquisition stands for it (PS3.16, TID 10042)."""
        run = event(*projection_dose("0.002", "0.05"), kind=ROTATIONAL)

        report = read_as(ProjectionReport, projection_rdsr_bytes(totals("0.002", "0.05"), run))

        assert report.kind is Kind.PROJECTION_RDSR
        assert report.events[0].event_type is EventType.ROTATIONAL_ACQUISITION
        assert (report.events[0].dap_gy_cm2, report.events[0].ka_r_mgy) == (20.0, 50.0)

    def test_that_names_cone_beam_ct_as_its_procedure_is_told_by_its_content(self) -> None:
        """A dental device states a dose-area product and no CTDIvol."""
        run = event(*projection_dose("0.00012", "0.004"), kind=ROTATIONAL)

        report = read_as(
            ProjectionReport, projection_rdsr_bytes(totals("0.00012", "0.004"), run, procedure=CONE_BEAM_CT)
        )

        assert report.totals.dap_gy_cm2 == pytest.approx(1.2)
