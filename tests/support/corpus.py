"""Where the corpus of real objects lies: beside the repository, never in it."""

import csv
import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("CORPUS") or Path(__file__).parents[3] / "shared" / "data").resolve()

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real objects is not on this machine")


def corpus_files(folder: str) -> list[Path]:
    """Return the files of one folder of the corpus in order, none where it is absent."""
    return sorted((CORPUS / folder).glob("*"))


def indexed() -> list[dict[str, str]]:
    """Return the rows of the corpus's index, a file each; none where it is absent."""
    index = CORPUS / "INDEX.csv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def no_hl7() -> list[Path]:
    """Return all files that are no HL7 messages: objects, sound or not, and what lies beside them."""
    return [CORPUS / row["file"] for row in indexed() if "hl7" not in row["kind"]]
