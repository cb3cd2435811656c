"""Tests of dose_services.finding_kinds: the list in the code is the list in the documentation."""

import re
from pathlib import Path

from dose_services import estimates, exam_findings, order_matching, skin_follow_up
from dose_services.device_trust import AGAINST
from dose_services.finding_kinds import ABOUT, FindingKind, Subject
from dose_services.publication_findings import (
    ARCHIVE_UNREACHABLE,
    NOT_CONFIRMED,
    NOT_PLANNED,
    NOT_WRITTEN,
    REFUSED_BY_ARCHIVE,
)

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "findings.md"


def rows() -> list[list[str]]:
    """Return the rows of the table of kinds."""
    lines = PAGE.read_text(encoding="utf-8").split("## Kinds")[1].splitlines()
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| `")]


def test_each_kind_is_explained_in_the_code_and_on_the_page() -> None:
    assert set(ABOUT) == set(FindingKind)
    assert [row[0] for row in rows()] == sorted(FindingKind)


def test_the_page_says_what_each_kind_is_about() -> None:
    assert {row[0]: row[1] for row in rows()} == {kind.value: about.subject.value for kind, about in ABOUT.items()}


def test_no_code_raises_a_kind_by_a_word_of_its_own() -> None:
    calls = re.compile(r"findings\.(?:raise_once|resolve|settle\w*)\([^)]*kind=\"")
    found = [
        path.name
        for room in ("api", "dose_services", "dose_worker", "doseledger", "hl7_bridge")
        for path in (ROOT / room).rglob("*.py")
        if calls.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_is_told_of_exams_is_about_exams() -> None:
    ours = {NOT_PLANNED, NOT_WRITTEN, NOT_CONFIRMED, REFUSED_BY_ARCHIVE, ARCHIVE_UNREACHABLE}
    of_orders = {*order_matching.EXAM_KINDS, FindingKind.DOSE_WITHOUT_ORDER}
    of_results = {FindingKind.RESULT_NOT_WRITTEN, FindingKind.RESULT_REFUSED}

    of_forwarding = {FindingKind.FORWARD_REFUSED}
    told = {*exam_findings.KINDS, *ours, *of_orders, *of_results, *of_forwarding, estimates.FAILED, skin_follow_up.KIND}
    assert {kind for kind in FindingKind if ABOUT[kind].subject is Subject.EXAM} == told


def test_a_kind_lowers_one_share_of_trust_at_most() -> None:
    against = [kind for kinds in AGAINST.values() for kind in kinds]

    assert len(against) == len(set(against))
    assert set(against) <= set(exam_findings.KINDS)
