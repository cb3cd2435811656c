"""Tests of dose_core.writers.ct_rdsr on exams of any source; each object is shown to validators that are not ours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam, Filled
from dose_core.model import AcquisitionType, DeviceStated, Kind, XRaySource
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.document import Evidence
from dose_core.writers.source_study import SourceStudy
from tests.builders import statements_study as built
from tests.builders.statements import DEVICE, STARTED, STUDY, volume
from tests.builders.written import header, issue
from tests.builders.written_ct import (
    ENDED,
    device_report,
    exam,
    full_ct,
    other_scanner,
    said,
    scan,
    typed,
)
from tests.support.content import coded, items, judged, numbers, texts

Write = Callable[..., Dataset]
UNKNOWN = "261665006"
BODY, HEAD = "113691", "113690"
ONE_SCAN = exam(device_report(scan()))
SCREEN = Evidence(
    study_instance_uid=STUDY,
    series_instance_uid=f"{STUDY}.5",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.7",
    sop_instance_uid=f"{STUDY}.5.1",
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(of: Exam = ONE_SCAN, source: SourceStudy | None = None, *evidence: Evidence) -> Dataset:
        return judged(write_ct_rdsr(of, source or header(), issue(KIND, 1, *evidence)), tmp_path)

    return written


class TestSources:
    @pytest.mark.parametrize(
        ("of", "codes"),
        [
            pytest.param(ONE_SCAN, ["113856"], id="device report"),
            pytest.param(exam(said(Kind.MPPS, scan(event_uid=None), dlp_mgy_cm=100.0)), ["113858"], id="step"),
            pytest.param(exam(said(Kind.DOSE_SCREEN, scan(event_uid=None))), ["113868"], id="dose screen"),
            pytest.param(exam(typed(300.0)), ["113857"], id="typed"),
            pytest.param(exam(*volume(20)), ["113867"], id="image headers"),
            pytest.param(exam(*volume(20), typed(300.0)), ["113857", "113866", "113867"], id="headers, typed total"),
        ],
    )
    def test_each_has_its_code_of_cid_10021(self, write: Write, of: Exam, codes: list[str]) -> None:
        """CID 10021 has none for a performed procedure step; that of CID 10020 extends it."""
        assert coded(write(of), "113854") == codes

    def test_a_report_that_images_fill_names_both(self, write: Write) -> None:
        of = exam(device_report(scan()))
        assert of.ct is not None
        (event,) = of.ct.events
        filled = replace(of.ct, events=(replace(event, filled=(Filled(field="protocol", place=1),)),))

        assert coded(write(replace(of, ct=filled)), "113854") == ["113856", "113866"]

    def test_the_intent_is_that_which_the_source_names(self, write: Write) -> None:
        assert coded(write(full_ct()), "363703001") == ["261004008"]
        assert coded(write(), "363703001") == [UNKNOWN]

    def test_the_scope_is_the_study_and_the_device_irradiates(self, write: Write) -> None:
        written = write()

        assert [item.UID for item in items(written, "110180")] == [STUDY]
        assert set(coded(written, "113876")) == {"113859", "121097"}
        assert set(texts(written, "113880")) == {"7"}

    def test_the_objects_used_are_referenced(self, write: Write) -> None:
        (study,) = write(ONE_SCAN, None, SCREEN).CurrentRequestedProcedureEvidenceSequence

        named = study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
        assert named.ReferencedSOPInstanceUID == SCREEN.sop_instance_uid


class TestSums:
    def test_each_phantom_has_its_sub_total_where_two_are_used(self, write: Write) -> None:
        """TID 10012, row 3a."""
        written = write(exam(device_report(scan(1), scan(2, dlp_mgy_cm=50.0, phantom_diameter_mm=160))))

        assert numbers(written, "113813") == [150.0]
        assert numbers(written, "130745") == [50.0, 100.0]
        assert [coded(item, "113835") for item in items(written, "130745")] == [[HEAD], [BODY]]

    def test_one_phantom_needs_none(self, write: Write) -> None:
        assert items(write(), "130745") == []

    def test_a_phantom_that_nobody_states_is_unknown_and_has_its_own_sub_total(self, write: Write) -> None:
        written = write(exam(device_report(scan(1), scan(2, dlp_mgy_cm=50.0, phantom_diameter_mm=None))))

        assert [coded(item, "113835") for item in items(written, "113829")] == [[BODY], [UNKNOWN]]
        assert [coded(item, "113835") for item in items(written, "130745")] == [[UNKNOWN], [BODY]]

    def test_a_sum_that_lacks_a_part_is_told_as_a_lower_bound_and_not_as_a_total(self, write: Write) -> None:
        written = write(exam(said(Kind.DOSE_SCREEN, scan(1, event_uid=None), scan(2, event_uid=None, dlp_mgy_cm=None))))

        assert numbers(written, "113813") == [None]
        assert numbers(written, "113838") == [100.0, None]
        assert "DLP at least 100 mGy.cm" in texts(written, "121106")[-1]

    def test_a_stated_total_stands_over_estimates_of_ours(self, write: Write) -> None:
        """A typed or displayed total wins over what image headers add up to, here and in the exam."""
        of = exam(*volume(20), typed(300.0))
        written = write(of)

        assert numbers(written, "113813") == [300.0]
        assert numbers(written, "113838") == [80.0]
        assert "the total is not their sum" in texts(written, "121106")[-1]

    def test_a_sub_total_of_another_source_than_the_total_is_told_in_words(self, write: Write) -> None:
        two = [*volume(20), *volume(10, series="2", phantom_diameter_mm=160, event_uids=(f"{STUDY}.7.2",))]
        written = write(exam(*two, typed(300.0)))

        assert numbers(written, "113813") == [300.0]
        assert numbers(written, "130745") == [None, None]
        assert "on the phantom of 320 mm 80 mGy.cm from image headers" in texts(written, "121106")[-1]


class TestTotalsWithoutAcquisitions:
    def test_one_acquisition_stands_for_all(self, write: Write) -> None:
        """TID 10011, row 10, wants one; how many there were is not known."""
        written = write(exam(typed(300.0)))

        assert numbers(written, "113813") == numbers(written, "113838") == [300.0]
        assert numbers(written, "113812") == [None]
        assert numbers(written, "113830") == [None]
        assert coded(written, "113820") == coded(written, "113835") == [UNKNOWN]
        assert "no source lists" in texts(written, "121106")[0]

    def test_there_is_one_for_each_phantom_that_has_a_part_of_its_own(self, write: Write) -> None:
        written = write(exam(typed(None, mm160=100.0, mm320=200.0)))

        assert numbers(written, "113813") == [300.0]
        assert numbers(written, "113838") == numbers(written, "130745") == [100.0, 200.0]
        assert [coded(item, "113835") for item in items(written, "113829")] == [[HEAD], [BODY]]
        assert len({item.UID for item in items(written, "113769")}) == 2

    def test_parts_that_do_not_make_the_whole_are_left_out(self, write: Write) -> None:
        written = write(exam(typed(500.0, mm160=100.0, mm320=200.0)))

        assert numbers(written, "113838") == [500.0]

    def test_its_identity_is_the_same_each_time(self, write: Write) -> None:
        first, second = (write(exam(typed(300.0))) for _ in range(2))

        assert items(first, "113769")[0].UID == items(second, "113769")[0].UID


class TestTimes:
    def test_start_and_end_are_those_that_the_source_states(self, write: Write) -> None:
        written = write()

        assert items(written, "113809")[0].DateTime == f"{STARTED:%Y%m%d%H%M%S}"
        assert items(written, "113810")[0].DateTime == f"{ENDED:%Y%m%d%H%M%S}"

    def test_an_end_that_nobody_states_is_the_last_start_and_is_told(self, write: Write) -> None:
        written = write(exam(said(Kind.DOSE_SCREEN, scan(1), scan(5))))

        assert items(written, "113810")[0].DateTime == f"{STARTED + timedelta(minutes=5):%Y%m%d%H%M%S}"
        assert "start of the last acquisition" in texts(written, "121106")[-1]

    def test_instants_are_compared_and_not_clocks(self, write: Write) -> None:
        """10:30 in Athens is before 10:00 in Berlin."""
        athens, berlin = (timezone(timedelta(hours=hours)) for hours in (2, 1))
        first = scan(1, started_at=STARTED.replace(hour=10, minute=30, tzinfo=athens))
        second = scan(2, started_at=STARTED.replace(hour=10, minute=0, tzinfo=berlin))
        written = write(exam(said(Kind.DOSE_SCREEN, first, second, started_at=None)))

        assert items(written, "113809")[0].DateTime == f"{STARTED:%Y%m%d}103000+0200"
        assert items(written, "113810")[0].DateTime == f"{STARTED:%Y%m%d}100000+0100"

    def test_without_times_of_acquisitions_they_are_the_time_of_the_examination(self, write: Write) -> None:
        written = write(exam(typed(300.0)))

        times = {items(written, one)[0].DateTime for one in ("113809", "113810")}
        assert times == {f"{STARTED:%Y%m%d%H%M%S}"}
        assert "the time of the examination" in texts(written, "121106")[-1]


class TestAcquisitions:
    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            (AcquisitionType.SPIRAL, "116152004"),
            (AcquisitionType.SEQUENCED, "113804"),
            (AcquisitionType.CONSTANT_ANGLE, "113805"),
            (AcquisitionType.STATIONARY, "113806"),
            (AcquisitionType.FREE, "113807"),
            (AcquisitionType.CONE_BEAM, "702569007"),
            (None, UNKNOWN),
        ],
    )
    def test_each_type_has_its_code_and_a_pitch_only_where_the_table_moves(
        self, write: Write, kind: AcquisitionType | None, code: str
    ) -> None:
        written = write(exam(device_report(scan(acquisition_type=kind))))

        assert coded(written, "113820") == [code]
        moves = kind in {AcquisitionType.SPIRAL, AcquisitionType.SEQUENCED}
        assert numbers(written, "113828") == ([1.2] if moves else [])
        rotates = kind is not AcquisitionType.CONSTANT_ANGLE
        assert numbers(written, "113834") == ([0.5] if rotates else [])

    def test_a_localizer_has_a_dose_if_the_device_states_one(self, write: Write) -> None:
        silent = scan(2, acquisition_type=AcquisitionType.CONSTANT_ANGLE, ctdi_vol_mgy=None, dlp_mgy_cm=None)
        said_so = replace(silent, event_uid=f"{STUDY}.7.3", ctdi_vol_mgy=0.05, dlp_mgy_cm=2.0)

        assert len(items(write(exam(device_report(scan(), silent, said_so))), "113829")) == 2

    def test_a_report_counts_its_tubes_and_nothing_else_does(self, write: Write) -> None:
        two = scan(sources=(XRaySource(kv=100.0), XRaySource(kv=140.0)))

        assert numbers(write(exam(device_report(two))), "113823") == [2.0]
        assert numbers(write(exam(said(Kind.MPPS, two))), "113823") == [None]
        assert texts(write(exam(device_report(two))), "113832") == ["1", "2"]

    def test_what_the_device_estimated_for_the_size_has_an_unknown_method(self, write: Write) -> None:
        written = write(exam(device_report(scan(ssde_mgy=12.5))))

        assert numbers(written, "113930") == [12.5]
        assert coded(written, "370129005") == [UNKNOWN]

    def test_a_made_event_uid_is_told(self, write: Write) -> None:
        written = write(exam(said(Kind.DOSE_SCREEN, scan(event_uid=None, comment="Series 2"))))

        assert texts(written, "121106")[0] == "Series 2 No source states an Irradiation Event UID; this one was made."


class TestDevices:
    def test_one_scanner_of_which_sources_state_more_or_less_is_one(self, write: Write) -> None:
        report = device_report(scan(), device=replace(DEVICE, software_versions=("VA1",), serial_number=None))
        written = write(exam(report, said(Kind.MPPS, dlp_mgy_cm=100.0)))

        assert set(texts(written, "113879")) == {"One"}

    def test_the_other_part_of_a_combined_device_and_its_dose_are_not_in_it(self, write: Write) -> None:
        """A PET/CT, whose parts name different models."""
        injection = built.nuclear_report(1, [built.injection(1, agent="FDG", activity_mbq=250.0)])
        written = write(exam(device_report(scan()), injection))

        assert set(texts(written, "113879")) == {"One"}
        assert numbers(written, "113813") == [100.0]
        assert coded(written, "113854") == ["113856"]
        assert "Several devices" not in texts(written, "121106")[-1]

    def test_two_scanners_are_named_and_neither_is_called_the_one(self, write: Write) -> None:
        first = device_report(scan(1))
        second = device_report(scan(2), device=other_scanner(1), sop_instance_uid=f"{STUDY}.91")
        written = write(exam(first, replace(second, key="second")))

        assert texts(written, "113880") == []
        assert "Several devices are named" in texts(written, "121106")[-1]
        assert "881" in texts(written, "121106")[-1]

    @pytest.mark.parametrize(
        "device",
        [
            pytest.param(DeviceStated(), id="no name"),
            pytest.param(DeviceStated(manufacturer="\x00", model=" ", serial_number="\x1b"), id="nothing to show"),
            pytest.param(DeviceStated(manufacturer="M^=\\", observer_uid="1." + "3" * 70), id="a long UID"),
        ],
    )
    def test_a_device_without_a_usable_name_is_called_not_stated(self, write: Write, device: DeviceStated) -> None:
        written = write(exam(device_report(scan(), device=device)))

        assert set(texts(written, "113880")) == {"not stated"}
        assert all(len(item.UID) <= 64 for item in items(written, "121012"))
