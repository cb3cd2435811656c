"""Tests of dose_worker.store_status, by the tables of PS3.4, B.2.3 and PS3.18, I.2.2."""

import pytest

from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.store_status import warning_of


@pytest.mark.parametrize("code", [0x0000, 0x0111])
def test_an_object_that_is_stored_or_was_there_already_gives_no_warning(code: int) -> None:
    assert warning_of(code) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [(0xB000, "changed"), (0xB006, "discarded"), (0xB007, "match"), (0xB123, "own"), (0x0107, "own")],
)
def test_a_warning_means_that_it_is_stored_and_says_what_became_of_it(code: int, words: str) -> None:
    warning = warning_of(code)

    assert warning is not None
    assert words in warning
    assert f"{code:04X}" in warning


@pytest.mark.parametrize("code", [0xA700, 0xA7FF, 0x0110, 0x0213, 0x0124])
def test_what_may_pass_or_can_be_mended_there_is_tried_again(code: int) -> None:
    with pytest.raises(ArchiveUnavailableError, match=f"{code:04X}"):
        warning_of(code)


@pytest.mark.parametrize("code", [0xA900, 0xA9FF, 0xC000, 0xC122, 0xCFFF, 0x0117, 0x0122, 0x0210, 0xFE00, 0xFFFF])
def test_what_the_object_is_refused_for_is_not_tried_again(code: int) -> None:
    with pytest.raises(ArchiveRefusedError, match=f"{code:04X}"):
        warning_of(code)


def test_an_unsupported_sop_class_says_what_to_do() -> None:
    with pytest.raises(ArchiveRefusedError, match="allow dose SRs there"):
        warning_of(0x0122)
