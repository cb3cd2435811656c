"""CT dose SRs of exams and headers that are odd or wrong: valid all the same, or refused by name."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.model import Kind, XRaySource
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.errors import NotWritableError
from dose_core.writers.source_study import SourceStudy
from tests.builders.statements import STUDY
from tests.builders.written import header, issue
from tests.builders.written_ct import alert, device_report, exam, said, scan, typed
from tests.support.content import items, judged

Write = Callable[..., Dataset]
ONE_SCAN = exam(device_report(scan()))


def with_event(uid: str = f"{STUDY}.7.1", **values: Any) -> Exam:  # noqa: ANN401  fields of an event, of several types
    """Return an exam of one scan with these values, which no statement can bring into an exam."""
    assert ONE_SCAN.ct is not None
    (counted,) = ONE_SCAN.ct.events
    event = replace(counted, event_uid=uid, event=replace(counted.event, **values))
    return replace(ONE_SCAN, ct=replace(ONE_SCAN.ct, events=(event,)))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(of: Exam, source: SourceStudy | None = None) -> Dataset:
        return judged(write_ct_rdsr(of, source or header(), issue(KIND)), tmp_path)

    return written


class TestHostileValues:
    @pytest.mark.parametrize(
        "fields",
        [
            pytest.param({"protocol": "Thorax\x00 ^=\\ <l&r> ü 胸部"}, id="a protocol of odd characters"),
            pytest.param({"protocol": "\x1b\n ", "comment": "\x00", "modulation": "\t"}, id="texts that show nothing"),
            pytest.param({"comment": "<Root>\x07 " + "x" * 3000}, id="a long comment"),
            pytest.param({"ctdi_vol_mgy": 1e-12, "dlp_mgy_cm": 123456789.012345678}, id="long numbers"),
            pytest.param({"sources": ()}, id="no tube"),
            pytest.param({"pitch": None, "started_at": None}, id="no pitch and no time"),
            pytest.param({"ctdi_vol_mgy": None, "dlp_mgy_cm": None}, id="no dose"),
            pytest.param({"phantom_diameter_mm": 100}, id="a phantom without a code"),
        ],
    )
    def test_still_give_a_valid_report(self, write: Write, fields: dict[str, Any]) -> None:
        assert len(items(write(exam(device_report(scan(**fields)))), "113819")) == 1

    @pytest.mark.parametrize(
        ("of", "missing"),
        [
            pytest.param(replace(ONE_SCAN, ct=None, totals=()), "an irradiation event", id="no CT"),
            pytest.param(exam(said(Kind.DOSE_SCREEN, started_at=None, dlp_mgy_cm=1.0)), "the time", id="no time"),
            pytest.param(with_event(ctdi_vol_mgy=inf), "finite numbers", id="infinite"),
            pytest.param(with_event(ctdi_vol_mgy=-1.0), "CTDIvol .* of zero or more", id="a CTDIvol below zero"),
            pytest.param(exam(device_report(scan(sources=(XRaySource(kv=nan),)))), "finite numbers", id="no number"),
            pytest.param(
                exam(device_report(scan(dose_checks=(alert(dlp_forward_mgy_cm=-inf),)))), "finite", id="a check"
            ),
            pytest.param(with_event(dlp_mgy_cm=-1.0), "DLP of zero or more", id="a DLP below zero"),
            pytest.param(exam(typed(inf)), "DLP", id="an infinite total"),
        ],
    )
    def test_names_what_the_exam_lacks(self, of: Exam, missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing):
            write_ct_rdsr(of, header(), issue(KIND))

    @pytest.mark.parametrize("uid", ["1.02.3", "1." + "2" * 68, "1.2.\x00"])
    def test_an_event_uid_that_no_object_can_hold_is_refused(self, uid: str) -> None:
        with pytest.raises(NotWritableError, match="Irradiation Event UID"):
            write_ct_rdsr(with_event(uid), header(), issue(KIND))

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
            write_ct_rdsr(ONE_SCAN, header(**values), issue(KIND))
        assert all(value not in str(raised.value) for value in values.values())

    @pytest.mark.parametrize("name", ["O^^=X", "Åström^Örjan=山田^太郎=やまだ^たろう", "a^b^c^d^e"])
    def test_a_name_stands_as_it_is_stated(self, write: Write, name: str) -> None:
        assert str(write(ONE_SCAN, header(patient_name=name)).PatientName) == name
