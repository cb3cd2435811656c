r"""Tests of hl7_bridge.code_extensions. Byte values from the code tables that ISO 2022 registers."""

import pytest

from hl7_bridge.code_extensions import decode_extended, has_extensions


class TestDecodeExtended:
    @pytest.mark.parametrize(
        ("raw", "first", "expected"),
        [
            pytest.param(b"Yamada=\x1b$B;3ED\x1b(B^x", "ascii", "Yamada=山田^x", id="JIS X 0208"),
            pytest.param(b"\x1b$@;3ED\x1b(J|", "ascii", "山田|", id="its older edition, and back by JIS X 0201"),
            pytest.param(b"\x1b$(D\x30\x21\x1b(B", "ascii", "丂", id="JIS X 0212"),
            pytest.param(b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "jis_x0201", "ﾔﾏﾀﾞ^ﾀﾛｳ", id="katakana in the upper half"),
            pytest.param(b"\x1b(ITO@^\x1b(B^", "ascii", "ﾔﾏﾀﾞ^", id="katakana in the lower half"),
            pytest.param(b"\xd4\xcf=\x1b$B;3ED\x1b(J", "jis_x0201", "ﾔﾏ=山田", id="katakana, then JIS X 0208"),
            pytest.param(b"Kim=\x1b$)C\xb1\xe8", "ascii", "Kim=김", id="KS X 1001"),
            pytest.param(b"Wang=\x1b$)A\xcd\xf5", "ascii", "Wang=王", id="GB 2312"),
            pytest.param(b"Bj\xf6rk \x1b-L\xd8\xd2\xd0\xdd", "iso8859_1", "Björk иван", id="Cyrillic behind Latin-1"),
            pytest.param(b"A\\M2442\\;3ED\\C2842\\^B", "ascii", "A山田^B", id="as HL7 writes the sequences"),
            pytest.param(b"A\\M242844\\\x30\x21\\C2842\\", "ascii", "A丂", id="three bytes as HL7 writes them"),
            pytest.param(b"\\T\\ \\X0D\\ \\C28\\", "ascii", "\\T\\ \\X0D\\ \\C28\\", id="other escapes stay"),
        ],
    )
    def test_reads_each_part_in_its_set(self, raw: bytes, first: str, expected: str) -> None:
        assert decode_extended(raw, first, "\\") == expected

    def test_each_segment_begins_in_the_first_set(self) -> None:
        assert (
            decode_extended(b"PID|\x1b$B;3ED\rPV1|1\n\x1b-L\xd8\rZ\xf6", "iso8859_1", "\\") == "PID|山田\rPV1|1\nи\rZö"
        )

    def test_the_messages_own_escape_character_counts(self) -> None:
        assert decode_extended(b"!M2442!;3ED!C2842!\\M2442\\", "ascii", "!") == "山田\\M2442\\"

    @pytest.mark.parametrize(
        ("raw", "first"),
        [
            pytest.param(b"\x1b$Zab", "ascii", id="a set that is not known"),
            pytest.param(b"\x1b", "ascii", id="half a sequence"),
            pytest.param(b"\x1b$B;", "ascii", id="half a character"),
            pytest.param(b"\x1b(B\xf6", "ascii", id="an upper half that nobody switched to"),
            pytest.param(b"\x8e\x52", "jis_x0201", id="Shift JIS under JIS X 0201"),
            pytest.param(b"\x1b(B" * 20_001, "ascii", id="endless switches"),
        ],
    )
    def test_does_not_guess(self, raw: bytes, first: str) -> None:
        assert decode_extended(raw, first, "\\") is None


@pytest.mark.parametrize(
    ("raw", "is_switched"), [(b"\x1b(B", True), (b"\\M2442\\", True), (b"\\F\\ \\X1B\\", False), (b"", False)]
)
def test_tells_whether_the_set_is_switched(raw: bytes, is_switched: object) -> None:
    assert has_extensions(raw, "\\") is is_switched
