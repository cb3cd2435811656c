"""Tests of hl7_bridge.asked. Source: HL7 v2.5.1, 2.9.2, 2.9.3 and table 0155."""

import pytest

from hl7_bridge.asked import NOTHING, ORIGINAL, Asked, When, asked_by
from hl7_bridge.messages import read_header
from tests.builders.hl7 import message, msh


def header_with(accept: str, application: str, message_type: str = "ADT^A08") -> bytes:
    return message(rf"MSH|^~\&|HIS|HOSP|DOSE|XRAY|2024||{message_type}|1|P|2.5.1|||{accept}|{application}")


class TestAskedBy:
    @pytest.mark.parametrize("empty", ["", '""'])
    def test_the_original_mode_holds_where_neither_is_valued(self, empty: str) -> None:
        raw = header_with(empty, "")
        assert asked_by(read_header(raw), raw) == ORIGINAL
        assert asked_by(None, b"") == ORIGINAL

    @pytest.mark.parametrize(
        ("accept", "application", "expected"),
        [
            ("AL", "AL", (When.ALWAYS, When.ALWAYS)),
            ("AL", "NE", (When.ALWAYS, When.NEVER)),
            ("NE", "AL", (When.NEVER, When.ALWAYS)),
            ("ER", "SU", (When.ON_ERROR, When.ON_SUCCESS)),
            ("al", "ne", (When.ALWAYS, When.NEVER)),
            ("AL", "", (When.ALWAYS, When.NEVER)),
            ("", "ER", (When.NEVER, When.ON_ERROR)),
            ("what", "NE", (When.ALWAYS, When.NEVER)),
        ],
    )
    def test_the_enhanced_mode_does_as_msh_15_and_16_say(
        self, accept: str, application: str, expected: tuple[When, When]
    ) -> None:
        raw = header_with(accept, application)
        assert asked_by(read_header(raw), raw) == Asked(accept=expected[0], application=expected[1], is_enhanced=True)

    @pytest.mark.parametrize("code", ["CA", "CE", "CR"])
    def test_an_accept_acknowledgement_is_never_answered(self, code: str) -> None:
        raw = header_with("AL", "AL", "ACK^A08^ACK") + f"MSA|{code}|1\r".encode()
        assert asked_by(read_header(raw), raw) == NOTHING

    def test_an_application_acknowledgement_that_comes_as_a_message_is(self) -> None:
        raw = message(msh("ACK"), "MSA|AA|1")
        assert asked_by(read_header(raw), raw) == ORIGINAL

    @pytest.mark.parametrize(
        ("when", "on_success", "on_error"),
        [
            (When.ALWAYS, True, True),
            (When.NEVER, False, False),
            (When.ON_ERROR, False, True),
            (When.ON_SUCCESS, True, False),
        ],
    )
    def test_table_0155_says_which_outcome_is_told(self, when: When, on_success: object, on_error: object) -> None:
        assert (when.holds(is_success=True), when.holds(is_success=False)) == (on_success, on_error)
