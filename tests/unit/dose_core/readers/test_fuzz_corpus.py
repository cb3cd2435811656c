"""What the fuzzer once found is read on every machine, also without a fuzzer; so is what it begins with."""

from pathlib import Path

import pytest

from tests.fuzz.seeds import seeds
from tests.fuzz.target import check

CORPUS = Path(__file__).parents[3] / "fuzz" / "corpus"
KEPT = sorted(CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_keeps_the_promise(path: Path) -> None:
    check(path.read_bytes())


@pytest.mark.parametrize("target", ["sr", "header"])
def test_what_the_fuzzer_begins_with_keeps_it_too(target: str) -> None:
    for seed in seeds(target).values():
        check(seed)
