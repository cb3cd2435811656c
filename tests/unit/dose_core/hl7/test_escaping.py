"""Tests of dose_core.hl7.escaping. The oracle is the splitter by which the bridge reads what others send."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dose_core.hl7.escaping import components, escaped, plain
from hl7_bridge.messages import Separators, unescape

MARKS = "|^~\\&\r\n\x0b\x1c\x00\x85\u2028\ud800"


class TestEscaped:
    @pytest.mark.parametrize(
        ("text", "stands"),
        [
            ("a|b", "a\\F\\b"),
            ("a^b", "a\\S\\b"),
            ("a&b", "a\\T\\b"),
            ("a~b", "a\\R\\b"),
            ("a\\b", "a\\E\\b"),
            ("\\F\\", "\\E\\F\\E\\"),
        ],
    )
    def test_separators_are_escape_sequences(self, text: str, stands: str) -> None:
        """HL7 v2.5.1, 2.7.1."""
        assert escaped(text) == stands

    @pytest.mark.parametrize("mark", ["\r", "\n", "\r\n", "\x0b", "\x1c", "\x1c\r", "\x00", "\x85", "\u2028", "\u2029"])
    def test_what_ends_a_segment_or_a_block_is_a_blank(self, mark: str) -> None:
        assert escaped(f"a{mark}b").split() == ["a", "b"]

    def test_two_quotation_marks_do_not_delete(self) -> None:
        """HL7 v2.5.1, 2.5.3: they would ask the receiver to delete what it knows."""
        assert escaped('""') == escaped('\r""\n') == ""

    def test_what_is_not_stated_is_empty(self) -> None:
        assert escaped(None) == ""

    @settings(derandomize=True, deadline=None)
    @given(st.text(alphabet=st.one_of(st.sampled_from(MARKS), st.characters())))
    def test_nothing_in_it_separates_anything(self, text: str) -> None:
        assert not set(escaped(text)) & set("|^~&\r\n\x0b\x1c\x00\x85\u2028")
        escaped(text).encode("utf-8")

    @settings(derandomize=True, deadline=None)
    @given(st.text(alphabet=st.one_of(st.sampled_from(MARKS), st.characters())))
    def test_the_receiver_reads_the_text_that_was_meant(self, text: str) -> None:
        meant = "" if plain(text) == '""' else plain(text)

        assert unescape(escaped(text), Separators()) == meant


class TestComponents:
    def test_stand_in_their_places(self) -> None:
        assert components("P100", None, None, "HOSP", "MR") == "P100^^^HOSP^MR"

    def test_end_with_the_last_that_is_stated(self) -> None:
        assert components("P100", None, "") == "P100"
