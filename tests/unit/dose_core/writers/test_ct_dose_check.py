"""Tests of dose_core.writers.ct_dose_check on whole reports, which validators that are not ours judge."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from tests.builders.written import header, issue
from tests.builders.written_ct import alert, device_report, exam, notification, scan
from tests.support.content import coded, items, judged, numbers, texts

Write = Callable[..., Dataset]
YES, NO, UNDETERMINED = "373066001", "373067005", "373068000"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(of: Exam) -> Dataset:
        return judged(write_ct_rdsr(of, header(), issue(KIND)), tmp_path)

    return written


class TestDoseCheck:
    def test_an_alert_that_was_exceeded_names_reason_and_person(self, write: Write) -> None:
        written = write(exam(device_report(scan(dose_checks=(alert(), notification())))))

        assert coded(written, "113901") == coded(written, "113909") == [YES]
        assert numbers(written, "113903") == numbers(written, "113911") == [900.0]
        assert numbers(written, "113905") == numbers(written, "113913") == [1000.0]
        assert texts(written, "113907") == ["Large patient"]
        assert [str(item.PersonName) for item in items(written, "113870")] == ["Beispiel^Berta", "not stated"]
        assert set(coded(written, "113875")) == {"113850"}

    def test_one_that_was_not_exceeded_has_neither(self, write: Write) -> None:
        """TID 10015, rows 8 and 18: if, and only if, a forward estimate exceeds the value."""
        calm = {"dlp_forward_mgy_cm": 800.0, "ctdi_vol_forward_mgy": 7.0}
        written = write(exam(device_report(scan(dose_checks=(alert(**calm), notification(**calm))))))

        assert numbers(written, "113905") == [800.0]
        assert texts(written, "113907") == []
        assert len(items(written, "113870")) == 1  # row 9 lets a known person stand

    def test_none_configured_is_said(self, write: Write) -> None:
        check = alert(is_configured=False, dlp_limit_mgy_cm=None, ctdi_vol_limit_mgy=None, authorized_by=None)
        written = write(exam(device_report(scan(dose_checks=(check,)))))

        assert coded(written, "113901") == coded(written, "113902") == [NO]
        assert items(written, "113903") == items(written, "113904") == []

    def test_one_of_two_values_leaves_the_other_undetermined(self, write: Write) -> None:
        written = write(exam(device_report(scan(dose_checks=(alert(dlp_limit_mgy_cm=None),)))))

        assert (coded(written, "113901"), coded(written, "113902")) == ([UNDETERMINED], [YES])

    @pytest.mark.parametrize("name", ["a\\b", "x\x00y", "  ", "n" * 70])
    def test_a_name_that_no_object_can_hold_is_not_stated(self, write: Write, name: str) -> None:
        written = write(exam(device_report(scan(dose_checks=(alert(authorized_by=name),)))))

        assert str(items(written, "113870")[0].PersonName) == "not stated"

    def test_no_more_than_one_of_a_level_stands(self, write: Write) -> None:
        """TID 10015, row 1."""
        written = write(exam(device_report(scan(dose_checks=(alert(), alert(dlp_limit_mgy_cm=1.0))))))

        assert numbers(written, "113903") == [900.0]
