"""Tests of hl7_bridge.charsets. Byte values from the standards' code tables (ISO 8859, JIS X 0208, GB 18030)."""

import pytest

from hl7_bridge.charsets import decode


class TestDecode:
    @pytest.mark.parametrize(
        ("raw", "stated", "expected"),
        [
            pytest.param(b"Bj\xf6rk", ("8859/1",), "Björk", id="Latin-1"),
            pytest.param(b"Bj\xc3\xb6rk", ("UNICODE UTF-8",), "Björk", id="UTF-8"),
            pytest.param(b"\xb3ukasz", ("8859/2",), "łukasz", id="Latin-2"),
            pytest.param(b"\xd8\xd2\xd0\xdd", ("8859/5",), "иван", id="Cyrillic"),
            pytest.param(b"\x1b$B;3ED\x1b(B", ("ISO IR87",), "山田", id="Japanese"),
            pytest.param(
                b"Yamada=\x1b$B;3ED\x1b(B", ("ISO IR6", "ISO IR87"), "Yamada=山田", id="Japanese behind ASCII"
            ),
            pytest.param(b"\xcd\xf5", ("GB 18030-2000",), "王", id="Chinese"),
            pytest.param(b"\xb1\xe8", ("KS X 1001",), "김", id="Korean"),
            pytest.param(b"\xa4\xfd", ("BIG-5",), "王", id="Chinese of Taiwan"),
            pytest.param(b"\xd4\xcf\xc0\xde", ("ISO IR14",), "ﾔﾏﾀﾞ", id="half-width katakana"),
            pytest.param(
                b"\xd4\xcf=\x1b$B;3ED\x1b(J", ("ISO IR14", "ISO IR87"), "ﾔﾏ=山田", id="Japanese behind katakana"
            ),
            pytest.param(
                b"Bj\xf6rk \x1b-L\xd8\xd2\xd0\xdd", ("8859/1", "8859/5"), "Björk иван", id="Cyrillic behind Latin-1"
            ),
            pytest.param(b"\\M2442\\;3ED\\C2842\\", ("ISO IR6", "ISO IR87"), "山田", id="switched as HL7 writes it"),
            pytest.param(b"a\x1bb", ("8859/1",), "a\x1bb", id="an ESC in a message of one set"),
            pytest.param(b"Bj\xc3\xb6rk", (), "Björk", id="nothing stated, UTF-8"),
        ],
    )
    def test_reads_what_is_stated(self, raw: bytes, stated: tuple[str, ...], expected: str) -> None:
        decoded = decode(raw, stated=stated, default_codec="utf-8")

        assert decoded.text == expected
        assert decoded.problem is None

    def test_the_site_answers_where_nothing_is_stated(self) -> None:
        decoded = decode(b"\xb3ukasz", stated=(), default_codec="iso8859_2")

        assert (decoded.text, decoded.problem) == ("łukasz", None)

    @pytest.mark.parametrize("part", [*range(2, 12), 13, 14, 15, 16])
    def test_reads_every_part_of_iso_8859(self, part: int) -> None:
        raw = bytes(range(0xA0, 0x100))
        expected = raw.decode(f"iso8859_{part}", "ignore")  # some parts have gaps

        readable = expected.encode(f"iso8859_{part}")
        assert decode(readable, stated=(f"8859/{part}",), default_codec="utf-8").text == expected

    def test_a_further_set_that_is_not_known_is_told(self) -> None:
        decoded = decode(b"Bj\xf6rk", stated=("8859/1", "EBCDIC"), default_codec="utf-8")

        assert decoded.text == "Björk"
        assert decoded.problem == "MSH-18 names a further set that is not in table 0211"

    @pytest.mark.parametrize(
        ("stated", "problem"),
        [
            ((), "no character set is stated and the text is not UTF-8; read as iso8859_1"),
            (("UNICODE UTF-8",), "not valid UNICODE UTF-8; read as iso8859_1"),
            (("ASCII",), "not valid ASCII; read as iso8859_1"),
            (("ISO IR6", "ISO IR87"), "not valid ISO IR6; read as iso8859_1"),
            (("UNICODE UTF-16",), "MSH-18 says UTF-16, and the text is in bytes; read as iso8859_1"),
            (("EBCDIC",), "MSH-18 names a character set that is not in table 0211; read as iso8859_1"),
        ],
    )
    def test_latin_1_is_the_last_resort_and_is_told(self, stated: tuple[str, ...], problem: str) -> None:
        decoded = decode(b"Bj\xf6rk", stated=stated, default_codec="utf-8")

        assert decoded.text == "Björk"
        assert decoded.problem == problem
