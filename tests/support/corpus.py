"""Where the corpus of real objects lies: beside the repository, never in it."""

from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[3] / "shared" / "data"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real objects is not on this machine")


def corpus_files(folder: str) -> list[Path]:
    """Return the files of one folder of the corpus in order, none where it is absent."""
    return sorted((CORPUS / folder).glob("*"))
