"""Tests of dose_core.writers.projection_rdsr; each object made here is shown to validators that are not ours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import Code, Filter, Kind, Plane, PlaneTotals, ProjectionReport, ProjectionTotals
from dose_core.writers.errors import NotWritableError
from dose_core.writers.part10 import to_part10
from dose_core.writers.projection_rdsr import KIND, write_projection_rdsr
from dose_core.writers.source_study import SourceStudy
from tests.builders.statements import STUDY
from tests.builders.statements_projection import ACQUISITION, exam, manual, report, run
from tests.builders.written import IMAGE, header, issue
from tests.support.content import coded, items, judged, numbers, texts

Write = Callable[..., Dataset]
UNKNOWN = "261665006"
ONE_RUN = exam(report(1, run(1)))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(of: Exam = ONE_RUN, source: SourceStudy | None = None, *, revision: int = 1) -> Dataset:
        return judged(write_projection_rdsr(of, source or header(), issue(KIND, revision, IMAGE)), tmp_path)

    return written


def known_from(source: Source, of: Exam = ONE_RUN) -> Exam:
    """Return an exam of the same events and totals, known from another source."""
    return replace(
        of,
        projection=tuple(replace(one, source=source) for one in of.projection),
        totals=tuple(replace(total, source=source) for total in of.totals),
    )


def with_event(**values: Any) -> Exam:  # noqa: ANN401  fields of an event, of several types
    """Return an exam of one run with these values."""
    (counted,) = ONE_RUN.projection
    return replace(ONE_RUN, projection=(replace(counted, event=replace(counted.event, **values)),))


class TestDose:
    def test_a_single_plane(self, write: Write) -> None:
        """2 Gy.cm2 are 0.0002 Gy.m2, 8 mGy are 0.008 Gy."""
        written = write(exam(report(1, run(1), run(2, 3.0, 4.0, event_type=ACQUISITION))))

        assert coded(written, "113764") == ["113622"] * 3
        assert numbers(written, "113722") == [0.0005]
        assert numbers(written, "113725") == [0.012]
        assert numbers(written, "122130") == [0.0002, 0.0003]
        assert numbers(written, "113738") == [0.008, 0.004]
        assert numbers(written, "113726") == [0.0002]
        assert numbers(written, "113727") == [0.0003]

    def test_planes_are_told_apart_and_air_kerma_is_never_added_over_them(self, write: Write) -> None:
        written = write(exam(report(1, run(1, plane=Plane.A), run(2, 3.0, 4.0, plane=Plane.B))))

        assert coded(written, "113764") == ["113620", "113621", "113620", "113621"]
        assert numbers(written, "113722") == [0.0002, 0.0003]
        assert numbers(written, "113725") == [0.008, 0.004]

    def test_a_plane_that_did_not_irradiate_has_a_container_all_the_same(self, write: Write) -> None:
        written = write(exam(report(1, run(1, plane=Plane.B))))

        assert len(items(written, "113702")) == 2

    def test_what_nobody_states_is_unknown(self, write: Write) -> None:
        written = write(exam(report(1, replace(run(1, None, None), event_type=None, plane=None), planes=())))

        assert numbers(written, "122130") == [None]
        assert numbers(written, "113722") == [None]
        assert coded(written, "113721") == [UNKNOWN]
        assert coded(written, "123014") == [UNKNOWN]
        assert coded(written, "113764") == [UNKNOWN, UNKNOWN]
        qualifiers = [item.NumericValueQualifierCodeSequence[0].CodeValue for item in items(written, "122130")]
        assert qualifiers == ["114010"]

    def test_a_lower_bound_is_no_total(self, write: Write) -> None:
        """Sums over images leave fluoroscopy out."""
        bound = Total(
            quantity=Quantity.DAP, value=2.0, basis=Basis.ACQUISITIONS_ONLY, source=Source.IMAGE_HEADER, missing=0
        )
        written = write(replace(known_from(Source.IMAGE_HEADER), totals=(bound,)))

        assert numbers(written, "113722") == [None]
        assert "dap_gy_cm2 at least 2" in texts(written, "121106")[-1]

    def test_a_sum_that_lacks_a_part_is_no_total(self, write: Write) -> None:
        of = replace(ONE_RUN, totals=tuple(replace(total, missing=1) for total in ONE_RUN.totals))

        assert numbers(write(of), "113725") == [None]

    def test_fluoroscopy_without_an_event_of_it_is_told_in_the_comment(self, write: Write) -> None:
        """TID 10004, row 5, is for reports with an event of fluoroscopy."""
        step = ProjectionReport(
            kind=Kind.MPPS,
            sop_instance_uid=f"{STUDY}.90",
            study_instance_uid=STUDY,
            totals=ProjectionTotals(planes=(PlaneTotals(dap_gy_cm2=5.0, fluoro_time_s=60.0),), dap_gy_cm2=5.0),
        )
        written = write(exam(replace(report(1), key="step", report=step)))

        assert numbers(written, "113722") == [0.0005]
        assert items(written, "113730") == items(written, "113706") == []
        assert "fluoro_time_s 60" in texts(written, "121106")[0]
        assert coded(written, "113854") == ["113858"]

    def test_a_step_whose_exposures_have_no_times_is_repeated_by_its_totals(self, write: Write) -> None:
        """TID 10001, row 14."""
        step = known_from(Source.MPPS, with_event(started_at=None))
        written = write(step)

        assert items(written, "113706") == []
        assert numbers(written, "113722") == [0.0002]
        assert "times are not known: 1 exposures" in texts(written, "121106")[0]


class TestSources:
    @pytest.mark.parametrize(
        ("source", "codes"),
        [
            (Source.RDSR, ["113856"]),
            (Source.IMAGE_HEADER, ["113866", "113867"]),
            (Source.MPPS, ["113858"]),
            (Source.SCREEN, ["113868"]),
            (Source.MANUAL, ["113857"]),
        ],
    )
    def test_each_source_has_its_code_of_cid_10020(self, write: Write, source: Source, codes: list[str]) -> None:
        written = write(known_from(source))

        assert coded(written, "113854") == codes
        assert "113856" not in coded(written, "113854") or source is Source.RDSR

    def test_several_sources_are_all_named(self, write: Write) -> None:
        mixed = replace(known_from(Source.MANUAL), projection=ONE_RUN.projection)

        assert coded(write(mixed), "113854") == ["113856", "113857"]

    def test_the_device_irradiates_and_doseledger_records(self, write: Write) -> None:
        written = write()

        assert set(coded(written, "113876")) == {"113859", "121097"}
        assert set(texts(written, "113880")) == {"820002"}
        assert written.Manufacturer == "DoseLedger"

    def test_the_scope_is_the_study(self, write: Write) -> None:
        written = write()

        assert coded(written, "113705") == ["113014"]
        assert [item.UID for item in items(written, "110180")] == [STUDY]

    @pytest.mark.parametrize(
        ("intents", "code"),
        [
            (("Diagnostic Intent",), "261004008"),
            (("Therapeutic Intent",), "262202000"),
            ((), UNKNOWN),
            (("Diagnostic Intent", "Therapeutic Intent"), UNKNOWN),
            (("cosmetic",), UNKNOWN),
        ],
    )
    def test_the_intent_is_that_which_all_sources_name(self, write: Write, intents: tuple[str, ...], code: str) -> None:
        assert coded(write(replace(ONE_RUN, intents=intents)), "363703001") == [code]

    def test_the_objects_used_are_referenced(self, write: Write) -> None:
        (study,) = write().CurrentRequestedProcedureEvidenceSequence

        named = study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
        assert named.ReferencedSOPInstanceUID == IMAGE.sop_instance_uid

    def test_what_a_report_can_hold_is_said(self, write: Write) -> None:
        """TID 10001, rows 8 to 10: detector, source, mechanical data."""
        written = write(with_event(kv=80.0))

        yes, no = "373066001", "373067005"
        assert [coded(written, one) for one in ("113945", "113943", "113944")] == [[no], [yes], [no]]

    def test_a_made_event_uid_is_told(self, write: Write) -> None:
        (counted,) = ONE_RUN.projection
        written = write(replace(ONE_RUN, projection=(replace(counted, uid_is_stand_in=True),)))

        assert any("this one was made" in text for text in texts(written, "121106"))


class TestIdentity:
    def test_a_reissue_is_a_new_document_in_a_new_series_and_names_its_predecessor(self, write: Write) -> None:
        first, second = write(), write(revision=2)

        assert first.SOPInstanceUID != second.SOPInstanceUID
        assert first.SeriesInstanceUID != second.SeriesInstanceUID
        named = second.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
        assert named.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID

    def test_the_same_arguments_give_the_same_bytes(self) -> None:
        files = [to_part10(write_projection_rdsr(ONE_RUN, header(), issue(KIND))) for _ in range(2)]

        assert files[0] == files[1]
        assert files[0][:132] == b"\0" * 128 + b"DICM"


class TestOddValues:
    @pytest.mark.parametrize(
        "values",
        [
            pytest.param({"protocol": "Angio\x00 ^=\\ <l&r> ü 血管"}, id="a protocol of odd characters"),
            pytest.param({"protocol": "\x1b\n ", "comment": "\x00"}, id="texts that show nothing"),
            pytest.param({"comment": "<Root>\x07 " + "x" * 3000}, id="a long comment"),
            pytest.param({"target_region": Code(value="1", scheme="99X", meaning="m" * 65)}, id="a long meaning"),
            pytest.param({"anatomy": Code(value="T-D3000", scheme="SRT", meaning="Chest\\")}, id="a backslash"),
            pytest.param({"patient_orientation": Code(value="F-10450", scheme="SRT", meaning="recumbent")}, id="SRT"),
            pytest.param({"reference_point": " "}, id="a blank reference point"),
            pytest.param({"reference_point": "at the table"}, id="a reference point in words"),
            pytest.param(
                {"kv_per_pulse": (70.0, 71.0), "kv": 70.5, "ma_per_pulse": (1.0, 2.0), "ma": 1.5}, id="pulses"
            ),
            pytest.param({"mas_per_pulse": (0.1, 0.2)}, id="exposures of pulses"),
            pytest.param(
                {"filters": (Filter(material="none"), Filter(material="kryptonite", max_mm=1 / 3))}, id="filters"
            ),
            pytest.param({"fluoro_mode": "Continuous", "pulse_rate_per_s": 15.0, "pulse_count": 3.0}, id="no pulses"),
            pytest.param(
                {"primary_end_angle_deg": 30.0, "column_angulation_deg": 3.0}, id="angles that exclude others"
            ),
            pytest.param({"grid": "Fixed grid, Unheard-of grid"}, id="a grid of two words"),
            pytest.param({"dap_gy_cm2": 1e-9, "ka_r_mgy": 123456.789012345}, id="long numbers"),
            pytest.param({"patient_position": "HFDR"}, id="a position"),
        ],
    )
    def test_still_give_a_valid_report(self, write: Write, values: dict[str, Any]) -> None:
        assert len(items(write(with_event(**values)), "113706")) == 1

    @pytest.mark.parametrize(
        "name",
        ["O^^=X", "Åström^Örjan=山田^太郎=やまだ^たろう", "a^b^c^d^e"],
        ids=["signs", "three groups", "five components"],
    )
    def test_a_name_stands_as_it_is_stated(self, write: Write, name: str) -> None:
        assert str(write(source=header(patient_name=name)).PatientName) == name


class TestRefusals:
    @pytest.mark.parametrize(
        ("of", "missing"),
        [
            pytest.param(with_event(started_at=None), "DateTime Started", id="no time"),
            pytest.param(
                replace(known_from(Source.MPPS, with_event(started_at=None)), totals=()),
                "DateTime Started",
                id="a step without times and totals",
            ),
            pytest.param(with_event(plane=Plane.BOTH), "plane of each event", id="both planes in one"),
            pytest.param(with_event(kv=nan), "finite numbers", id="not a number"),
            pytest.param(with_event(kv_per_pulse=(1.0, inf)), "finite numbers", id="infinite"),
            pytest.param(exam(manual(3.0)), "row 14", id="a typed total alone"),
            pytest.param(replace(ONE_RUN, projection=(), totals=()), "a dose", id="nothing"),
            pytest.param(exam(report(1, run(1), run(2, plane=Plane.A))), "plane A and plane B", id="mixed planes"),
        ],
    )
    def test_names_what_the_exam_lacks(self, of: Exam, missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing):
            write_projection_rdsr(of, header(), issue(KIND))

    @pytest.mark.parametrize("uid", ["1.02.3", "1." + "2" * 68, "", "1.2.\x00"])
    def test_an_event_uid_that_no_dicom_object_can_hold(self, uid: str) -> None:
        (counted,) = ONE_RUN.projection

        with pytest.raises(NotWritableError, match="Irradiation Event UID"):
            write_projection_rdsr(
                replace(ONE_RUN, projection=(replace(counted, event_uid=uid),)), header(), issue(KIND)
            )

    def test_a_report_is_about_one_device(self) -> None:
        (counted,) = ONE_RUN.projection
        two = (counted, replace(counted, device=1, event_uid="2.25.1"))

        with pytest.raises(NotWritableError, match="one irradiating device"):
            write_projection_rdsr(replace(ONE_RUN, projection=two), header(), issue(KIND))

    @pytest.mark.parametrize(
        ("values", "missing"),
        [
            ({"patient_name": "a\\b"}, "PatientName"),
            ({"patient_name": "x\x00y"}, "PatientName"),
            ({"study_instance_uid": "1." + "3" * 68}, "same study"),
            ({"device_uid": "1." + "3" * 68}, "DeviceUID"),
        ],
    )
    def test_names_the_header_value_without_telling_it(self, values: dict[str, str], missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing) as raised:
            write_projection_rdsr(ONE_RUN, header(**values), issue(KIND))
        assert all(value not in str(raised.value) for value in values.values())


def test_a_time_with_offset_keeps_it(write: Write) -> None:
    started = datetime.fromisoformat("2026-03-04T10:15:30+02:00")

    assert items(write(with_event(started_at=started)), "111526")[0].DateTime == "20260304101530+0200"
