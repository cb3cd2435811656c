"""Tests of hl7_bridge.messages."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hl7_bridge.messages import (
    MalformedMessageError,
    Message,
    NotHl7Error,
    Separators,
    Utf16Error,
    parse,
    read_header,
    unescape,
)
from tests.builders.hl7 import message, msh, pid

USUAL = Separators()


def parsed(raw: bytes) -> Message:
    return parse(raw, read_header(raw), default_codec="utf-8")


class TestReadHeader:
    def test_reads_the_header_from_bytes_of_any_set(self) -> None:
        header = read_header(b"MSH|^~\\&|R\xf6ntgen|HOSP|||20240306||ADT^A08|4711|P|2.3\rPID|1\r")

        assert header.raw(3) == b"R\xf6ntgen"
        assert (header.text(9, 1), header.text(9, 2), header.text(10)) == ("ADT", "A08", "4711")
        assert header.version == (2, 3)

    @pytest.mark.parametrize(("stated", "expected"), [("2.5.1^SWE", (2, 5, 1)), ("2.x", ()), ("", ()), ("2.9", (2, 9))])
    def test_reads_any_version(self, stated: str, expected: tuple[int, ...]) -> None:
        assert read_header(message(msh(version=stated))).version == expected

    @pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"\0 \x0b"])
    def test_passes_over_what_stands_before_the_header(self, before: bytes) -> None:
        assert read_header(before + message(msh())).text(10) == "MSG00001"

    @pytest.mark.parametrize(
        ("raw", "problem"),
        [
            (b"", "no MSH segment"),
            (b"PID|1||P100\r", "no MSH segment"),
            (b"msh|^~\\&|a\r", "no MSH segment"),
            (b"MSH", "not a field separator"),
            (b"MSHA^~\\&A", "not a field separator"),
            (b"BHS|^~\\&|A\rMSH|^~\\&|A\r", "one by one"),
        ],
    )
    def test_says_why_there_is_no_header(self, raw: bytes, problem: str) -> None:
        with pytest.raises(NotHl7Error, match=problem):
            read_header(raw)


class TestUtf16:
    @pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_is_recognised_and_says_what_an_answer_can_echo(self, codec: str, mark: str) -> None:
        raw = (mark + msh(charset="UNICODE UTF-16", sender="HIS|Röntgen") + "\r").encode(codec)

        with pytest.raises(Utf16Error) as caught:
            read_header(raw)

        header = caught.value.header
        assert (header.raw(10), header.raw(3), header.raw(4), header.raw(18)) == (b"MSG00001", b"HIS", b"R?ntgen", b"")

    def test_behind_an_msh_in_bytes_is_recognised_as_well(self) -> None:
        raw = message(msh(charset="UNICODE UTF-16")) + pid().encode("utf-16-le")

        with pytest.raises(Utf16Error):
            parse(raw, read_header(raw), default_codec="utf-8")

    def test_that_is_stated_and_not_there_is_told(self) -> None:
        raw = message(msh(charset="UNICODE UTF-16"), pid())

        problem = "MSH-18 says UTF-16, and the text is in bytes; read as utf-8"
        assert parse(raw, read_header(raw), default_codec="utf-8").problems == (f"character set: {problem}",)


class TestParse:
    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_segments_may_end_with_cr_lf_or_both(self, end: str) -> None:
        raw = end.join([msh(), pid(), "PV1|1|O"]).encode()

        assert [segment.name for segment in parsed(raw).segments] == ["MSH", "PID", "PV1"]

    def test_ends_may_be_mixed_in_one_message(self) -> None:
        raw = f"{msh()}\nEVN|A08\r{pid()}\nPD1\nPV1|1\n\r\n".encode()

        assert [segment.name for segment in parsed(raw).segments] == ["MSH", "EVN", "PID", "PD1", "PV1"]

    def test_a_line_feed_inside_a_field_is_text(self) -> None:
        result = parsed(message(msh(), "NTE|1||first\nsecond", pid()))

        assert [segment.name for segment in result.segments] == ["MSH", "NTE", "PID"]

    def test_follows_the_separators_of_the_message(self) -> None:
        raw = b"MSH#*:!%#RIS#HOSP#DMS#HOSP#20240306101500##ADT*A08#1#P#2.5.1\rPID#1##P1***HOSP%1.2.3%ISO*MR:P2\r"

        segment = parsed(raw).first("PID")

        assert segment is not None
        first, second = segment.values(3)
        assert (first.component(1), first.component(4), first.component(4, 2)) == ("P1", "HOSP", "1.2.3")
        assert second.component(1) == "P2"

    def test_an_escaped_separator_is_text(self) -> None:
        segment = parsed(message(msh(), pid(name=r"O\S\Hara\T\Son^Ann\F\e"))).first("PID")

        assert segment is not None
        assert (segment.value(5).component(1), segment.value(5).component(2)) == ("O^Hara&Son", "Ann|e")

    def test_tells_delete_from_leave(self) -> None:
        segment = parsed(message(msh(), 'PID|1||P1||""||')).first("PID")

        assert segment is not None
        assert segment.value(5).is_null
        assert (segment.value(7).is_null, segment.value(7).is_empty) == (False, True)
        assert (segment.value(40).is_null, segment.value(40).is_empty) == (False, True)

    def test_a_byte_of_a_wide_character_is_no_separator(self) -> None:
        r"""In Big5 the second byte of 許 is 0x5C, the escape character, and that of 一 is 0x40."""
        raw = message(msh(charset="BIG-5"))[:-1] + "\rPID|1||P1||許^一\r".encode("big5")

        segment = parsed(raw).first("PID")

        assert segment is not None
        assert (segment.value(5).component(1), segment.value(5).component(2)) == ("許", "一")

    def test_leaves_out_nul_and_says_so(self) -> None:
        result = parsed(message(msh(), pid(name="E\0k^Alma")))

        segment = result.first("PID")
        assert segment is not None
        assert segment.value(5).component(1) == "Ek"
        assert result.problems == ("NUL characters were left out",)

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(message(msh(), pid(), msh("ADT^A40"), pid()), id="two messages in one block"),
            pytest.param(
                message(msh(), "PID|1||P1||Ha") + b"\x0b" + message(msh(), pid()), id="a half message, then one"
            ),
            pytest.param(b"MSH|^^^^|A|B|C|D|2024||ADT^A08|1|P|2.5\rPID|1\r", id="four equal separators"),
        ],
    )
    def test_refuses_what_cannot_be_split_with_certainty(self, raw: bytes) -> None:
        with pytest.raises(MalformedMessageError):
            parsed(raw)

    @given(st.binary(max_size=300))
    def test_any_bytes_are_split_or_refused(self, noise: bytes) -> None:
        with contextlib.suppress(MalformedMessageError):
            parsed(b"MSH|^~\\&|A|B|C|D|2024||ADT^A08|1|P|2.5" + noise)


class TestUnescape:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e" + "\\f"),
            (r"line one\.br\line two", "line one line two"),
            (r"\H\bold\N\ ", "bold "),
            (r"a\X0D0A\b", "a\r\nb"),
            (r"a\X00\b", "ab"),
            (r"C:\dose", r"C:\dose"),
            (r"a\Zunknown\b", r"a\Zunknown\b"),
            (r"ends with \E", "ends with \\E"),
            (r"\F", r"\F"),
            (r"\XZZ\ ", r"\XZZ\ "),
            (r"no end \X0D", r"no end \X0D"),
        ],
    )
    def test_resolves_what_is_an_escape_and_leaves_the_rest(self, text: str, expected: str) -> None:
        assert unescape(text, USUAL) == expected

    @given(st.text(alphabet="\\FSTREXHN.br0DZ^|", max_size=40))
    def test_never_fails(self, text: str) -> None:
        assert isinstance(unescape(text, USUAL), str)
