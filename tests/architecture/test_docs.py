"""The documentation leads somewhere, and says what the product is for."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
INTENDED_USE = (
    "quality assurance and record keeping",
    "not a medical device",
    "not for diagnosis or therapy decisions",
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert broken == []


def test_decisions_are_numbered_without_a_gap_and_each_is_listed() -> None:
    numbers = [int(decision.name[:4]) for decision in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert [decision.name for decision in DECISIONS if f"({decision.name})" not in index] == []


def test_every_decision_says_what_was_decided_and_what_follows() -> None:
    headings = ("## Context", "## Decision", "## Consequences")
    incomplete = [d.name for d in DECISIONS if any(h not in d.read_text(encoding="utf-8") for h in headings)]
    assert incomplete == []


@pytest.mark.parametrize("page", ["README.md", "docs/intended-use.md"])
def test_the_intended_use_is_stated(page: str) -> None:
    text = " ".join((ROOT / page).read_text(encoding="utf-8").lower().split())
    assert [phrase for phrase in INTENDED_USE if phrase not in text] == []


def test_every_fragment_is_of_a_kind_that_the_changelog_knows() -> None:
    kinds = {"security", "removed", "deprecated", "added", "changed", "fixed"}
    fragments = [path.name for path in (ROOT / "changelog.d").glob("*.md")]
    assert [name for name in fragments if name.split(".")[-2] not in kinds] == []
