"""Tests of dose_core.readers.projection.siemens_arcadis."""

from datetime import datetime

from dose_core.model import Kind, PlaneTotals, ProjectionReport
from tests.builders.ct_rdsr import HEADER
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, coded, date_time, num
from tests.support.read_as import read_as


def summary(value: str, meaning: str) -> Concept:
    """Return a concept of the Arcadis scheme."""
    return value, "99SMS_RADSUM", meaning


def arcadis_bytes(*content: Item) -> bytes:
    """Return the file of a radiation summary; its study date is the day before."""
    return part10(
        {
            **HEADER,
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.22",
            "StudyDate": "20260228",
            "ValueType": "CONTAINER",
            "ConceptNameCodeSequence": [coded(summary("C-10", "Radiation Summary Report"))],
            "ContinuityOfContent": "SEPARATE",
            "ContentSequence": list(content),
        }
    )


class TestArcadis:
    def test_siemens_arcadis_summary_is_read_from_its_own_scheme(self) -> None:
        report = read_as(
            ProjectionReport,
            arcadis_bytes(
                num(summary("C-200", "Total number of exposures"), "2", "1"),
                num(summary("C-202", "Cumulative fluoro time"), "34.427", "s"),
                num(summary("C-204", "Cumulative dose area product"), "0.2359", "Gy.cm^2"),
                date_time(summary("C-206", "Start of the examination"), "20260301145428"),
                date_time(summary("C-208", "End of the examination"), "20260301151638"),
                num(summary("C-210", "Cumulative air kerma"), "0.004", "Gy"),
            ),
        )

        assert report.kind is Kind.LEGACY_DOSE_SR
        assert report.totals.planes == (
            PlaneTotals(dap_gy_cm2=0.2359, ka_r_mgy=4.0, fluoro_time_s=34.427, frame_count=2.0),
        )
        assert report.totals.dap_gy_cm2 == 0.2359
        assert report.events == ()
        assert report.warnings == ()

    def test_siemens_arcadis_examination_starts_when_it_says_so_not_at_the_study_date(self) -> None:
        report = read_as(
            ProjectionReport, arcadis_bytes(date_time(summary("C-206", "Start of the examination"), "20260301145428"))
        )

        assert report.started_at == datetime(2026, 3, 1, 14, 54, 28)  # noqa: DTZ001  no offset is stated

    def test_siemens_arcadis_empty_air_kerma_is_unknown(self) -> None:
        report = read_as(ProjectionReport, arcadis_bytes(num(summary("C-210", "Cumulative air kerma"), None, None)))

        assert report.totals.planes[0].ka_r_mgy is None
        assert report.warnings == ()
