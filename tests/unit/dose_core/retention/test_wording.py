"""Tests of dose_core.retention.wording. All people are invented."""

import pytest

from dose_core.retention.wording import NoReasonError, reason_of

NAMES, NUMBERS = ("Quuxington^Zelda=Ku^Zo", "Example", "Xu^Q=例^示子"), ("P-77", " 4711 ")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("emergency, patient unconscious", "emergency, patient unconscious"),
        ("Mrs. QUUXINGTON collapsed", "Mrs. [patient] collapsed"),
        ("Zelda, number P-77 (or 4711)", "[patient], number [patient] (or [patient])"),
        ("two\nlines\tand a bell\a", "two lines and a bell"),
        ("counterexample of 14711", "counterexample of 14711"),
        ("Ms Xu has a question", "Ms [patient] has a question"),
        ("急診患者例示子無反應", "急診患者[patient][patient]無反應"),
        ("Kuala Lumpur asked for it", "Kuala Lumpur asked for it"),
    ],
)
def test_a_reason_is_kept_as_one_line_without_the_patient(written: str, kept: str) -> None:
    assert reason_of(written, names=NAMES, numbers=NUMBERS) == kept


@pytest.mark.parametrize("written", ["", "  ok ", "why\n\n", "x" * 501])
def test_a_reason_of_no_words_or_of_too_many_is_refused(written: str) -> None:
    with pytest.raises(NoReasonError, match="5 to 500"):
        reason_of(written)
