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

    @pytest.mark.parametrize(
        ("stated", "problem"),
        [
            ((), "no character set is stated and the text is not UTF-8; read as iso8859_1"),
            (("UNICODE UTF-8",), "not valid UNICODE UTF-8; read as iso8859_1"),
            (("EBCDIC",), "MSH-18 names a character set that is not in table 0211; read as iso8859_1"),
        ],
    )
    def test_latin_1_is_the_last_resort_and_is_told(self, stated: tuple[str, ...], problem: str) -> None:
        decoded = decode(b"Bj\xf6rk", stated=stated, default_codec="utf-8")

        assert decoded.text == "Björk"
        assert decoded.problem == problem
