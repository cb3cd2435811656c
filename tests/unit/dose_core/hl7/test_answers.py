"""Tests of dose_core.hl7.answers. The oracles are HL7 v2.5.1, table 0008 and table 0357."""

import pytest

from dose_core.hl7.answers import Verdict, read_answer


def ack(code: str, *more: str, control_id: str = "C1", end: str = "\r") -> bytes:
    """Return an acknowledgement as other systems write it."""
    return end.join(
        (r"MSH|^~\&|RIS|HOSP|DOSELEDGER|HOSP|20260305||ACK|9|P|2.5.1", f"MSA|{code}|{control_id}", *more)
    ).encode()


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("code", "verdict"),
        [
            ("AA", Verdict.ACCEPTED),
            ("CA", Verdict.ACCEPTED),
            ("AE", Verdict.REFUSED),
            ("CE", Verdict.REFUSED),
            ("AR", Verdict.LATER),
            ("CR", Verdict.LATER),
        ],
    )
    def test_accepts_refuses_or_asks_for_patience(self, code: str, verdict: Verdict) -> None:
        answer = read_answer(ack(code))

        assert answer is not None
        assert (answer.verdict, answer.control_id, answer.problem) == (verdict, "C1", code)

    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_names_the_condition_by_its_code_alone(self, end: str) -> None:
        """The texts are the receiver's own, and may name a patient."""
        error = "ERR||PID^1^3|204^Unknown key identifier^HL70357|E|||Ek, Alma is not known|no such patient"

        answer = read_answer(ack("AE", error, end=end))

        assert answer is not None
        assert answer.problem == "AE 204: unknown key identifier"
        assert "Ek, Alma is not known" in answer.text
        assert "no such patient" in answer.text

    def test_before_2_5_names_it_in_err_1(self) -> None:
        answer = read_answer(ack("AE", "ERR|PID^1^3^205&Duplicate key identifier&HL70357"))

        assert answer is not None
        assert answer.problem == "AE 205: duplicate key identifier"

    def test_with_a_condition_of_its_own_keeps_it_as_text(self) -> None:
        answer = read_answer(ack("AE", "ERR||PID|P77^patient P100 is closed^L|E"))

        assert answer is not None
        assert (answer.problem, answer.text) == ("AE", "P77^patient P100 is closed^L")

    def test_with_separators_of_its_own_is_read(self) -> None:
        answer = read_answer(b"MSH#*~\\&#RIS#HOSP#D#H#20260305##ACK#9#P#2.5.1\rMSA#AE#C1\rERR###204*no*HL70357")

        assert answer is not None
        assert (answer.control_id, answer.problem) == ("C1", "AE 204: unknown key identifier")

    def test_without_a_control_id_has_none(self) -> None:
        answer = read_answer(ack("AR", control_id=""))

        assert answer is not None
        assert answer.control_id == ""


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x15", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"MSH", b"MSH|^~\\&|RIS\r", ack("XX"), ack(""), b"\xff\xfe"],
)
def test_what_is_no_acknowledgement_is_no_answer(raw: bytes) -> None:
    assert read_answer(raw) is None
