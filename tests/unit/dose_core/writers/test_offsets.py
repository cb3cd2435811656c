"""Tests of dose_core.writers.offsets on whole reports, which DCMTK then reads."""

from datetime import UTC
from pathlib import Path

import pytest

from dose_core.model import CtReport
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.part10 import to_part10
from tests.builders.statements import STARTED
from tests.builders.written import header, issue
from tests.builders.written_ct import device_report, exam, scan
from tests.support.content import items, judged
from tests.support.read_as import read_as

AT_ZERO = exam(device_report(scan(started_at=STARTED.replace(tzinfo=UTC, microsecond=250000))))


@pytest.mark.parametrize(
    ("of_document", "written"),
    [
        (None, "20260302111500.250000+0100"),
        ("+0000", "20260302101500.250000"),
        ("+0100", "20260302111500.250000+0100"),
        ("-0330", "20260302064500.250000-0330"),
    ],
)
def test_a_time_at_zero_is_the_same_instant_at_the_offset_of_the_document(
    tmp_path: Path, of_document: str | None, written: str
) -> None:
    report = judged(
        write_ct_rdsr(AT_ZERO, header(timezone_offset_from_utc=of_document), issue(KIND)),
        tmp_path,
    )

    assert items(report, "111526")[0].DateTime == written
    (event,) = read_as(CtReport, to_part10(report)).events
    assert event.started_at == STARTED.replace(tzinfo=UTC, microsecond=250000)
