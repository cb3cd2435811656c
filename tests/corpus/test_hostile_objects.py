"""Whatever the bytes, reading ends soon, with a report or with a reason."""

from collections import Counter
from typing import Any

import pytest

from dose_core.model import CtReport
from tests.support.corpus import corpus_files, needs_corpus, no_hl7
from tests.support.read_apart import read_apart
from tests.support.read_as import read_as

SECONDS = 2.0
MEGABYTES = 200


@pytest.fixture(scope="module")
def outcomes() -> list[dict[str, Any]]:
    return read_apart(no_hl7())


@needs_corpus
@pytest.mark.real_dicom
class TestEveryFile:
    def test_has_one_outcome(self, outcomes: list[dict[str, Any]]) -> None:
        assert len(outcomes) == len(no_hl7()) == 512
        assert Counter(one["status"] for one in outcomes).keys() == {"read", "not_dose", "unreadable"}

    def test_is_read_or_says_why_not(self, outcomes: list[dict[str, Any]]) -> None:
        silent = [one["file"] for one in outcomes if one["status"] != "read" and not one["reason"]]
        assert silent == []

    def test_meets_no_bug(self, outcomes: list[dict[str, Any]]) -> None:
        assert [one for one in outcomes if "a bug in DoseLedger" in (one["reason"] or "")] == []

    def test_takes_two_seconds_at_most(self, outcomes: list[dict[str, Any]]) -> None:
        assert [one for one in outcomes if one["seconds"] > SECONDS] == []

    def test_takes_200_megabytes_at_most(self, outcomes: list[dict[str, Any]]) -> None:
        assert [one for one in outcomes if one["mb"] > MEGABYTES] == []


@needs_corpus
@pytest.mark.real_dicom
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("synth__20_units_dlp_m.dcm", None),
        ("synth__21_units_ctdi_gy.dcm", None),
        ("synth__23_units_unknown.dcm", "no conversion from 'foo' to 'mGy'"),
        ("synth__51_negative_dose.dcm", "-0.15 is not a dose"),
        ("synth__28_event_count_mismatch.dcm", "99 events are stated, 1 are listed"),
        ("synth__45_duplicate_tag.dcm", "the element stands twice; the first one is used"),
    ],
)
def test_names_what_is_wrong_and_reads_the_rest(name: str, problem: str | None) -> None:
    """The seed of these files states one event with CTDIvol 0.15 mGy and DLP 7.46 mGy.cm."""
    (path,) = [path for path in corpus_files("synthetic_hostile_dicom") if path.name == name]

    report = read_as(CtReport, path.read_bytes())

    (event,) = report.events
    assert event.ctdi_vol_mgy in (0.15, None)
    assert event.dlp_mgy_cm in (7.46, None)
    assert [warning.problem for warning in report.warnings][:1] == ([problem] if problem else [])
