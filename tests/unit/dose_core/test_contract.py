"""Tests of dose_core.contract."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.contract import (
    MAX_HEADER_BYTES,
    ContractError,
    CopyOf,
    Envelope,
    Origin,
    TooLargeError,
    decode_envelope,
    decode_series,
    encode_headers,
    encode_series,
    encode_value,
    instance_path,
    series_headers_path,
    unpack,
)
from dose_core.readers.dicom import elements

WHOLE = Envelope(
    sop_instance_uid="1.2.3",
    dicom=b"bytes",
    calling_aet="CT_1",
    origin=Origin.DICOM,
    orthanc_id="0a1b2c3d-11111111-22222222-33333333-44444444",
    copy_of=CopyOf.ANONYMIZED,
)

slices = st.builds(
    Envelope,
    sop_instance_uid=st.from_regex(r"[0-9.]{1,64}", fullmatch=True),
    dicom=st.binary(max_size=300),
    is_header=st.just(value=True),
    calling_aet=st.none() | st.from_regex(r"[ -~]{0,14}[!-~]", fullmatch=True),
    origin=st.none() | st.sampled_from(Origin),
    orthanc_id=st.none() | st.from_regex(r"[0-9a-f-]{1,44}", fullmatch=True),
    copy_of=st.none() | st.sampled_from(CopyOf),
)


class TestHeaders:
    def test_carry_an_envelope_there_and_back(self) -> None:
        assert decode_envelope("1.2.3", encode_headers(WHOLE), b"bytes") == WHOLE

    def test_are_compared_without_case(self) -> None:
        headers = {name.lower(): value for name, value in encode_headers(WHOLE).items()}

        assert decode_envelope("1.2.3", headers, b"bytes") == WHOLE

    def test_leave_out_what_is_not_known(self) -> None:
        assert encode_headers(Envelope(sop_instance_uid="1.2.3", dicom=b"")) == {}

    @given(st.text())
    def test_can_hold_any_text_within_one_line_of_ascii(self, aet: str) -> None:
        """RFC 9110, 5.5: a line break in a field value would start a header of the attacker's choice."""
        value = encode_value(aet)

        assert value.isascii()
        assert not set(value) & set("\r\n\0 ")

    @pytest.mark.parametrize(
        "headers",
        [
            {"DoseLedger-Origin": "telepathy"},
            {"DoseLedger-Copy-Of": "stolen"},
            {"DoseLedger-Calling-AET": "CT%0d%0aX"},
            {"DoseLedger-Orthanc-Id": "a" * 65},
        ],
    )
    def test_outside_the_contract_are_refused(self, headers: dict[str, str]) -> None:
        with pytest.raises(ContractError):
            decode_envelope("1.2.3", headers, b"")

    @pytest.mark.parametrize("uid", ["", " ", "\0", "1" * 65, "1.2\n3"])
    def test_a_uid_that_is_none_is_refused(self, uid: str) -> None:
        with pytest.raises(ContractError, match="UID"):
            decode_envelope(uid, {}, b"")

    def test_the_digest_is_sha256(self) -> None:
        """FIPS 180-2, B.1: the message "abc"."""
        digest = Envelope(sop_instance_uid="1", dicom=b"abc").digest

        assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


class TestPaths:
    def test_name_the_resource(self) -> None:
        assert instance_path("1.2.3") == "/api/v1/instances/1.2.3"
        assert series_headers_path("1.2.3") == "/api/v1/series/1.2.3/headers"

    def test_cannot_be_left_by_an_odd_uid(self) -> None:
        assert instance_path("../x?y#z") == "/api/v1/instances/..%2Fx%3Fy%23z"


class TestSeries:
    @given(st.lists(slices, min_size=1, max_size=5))
    def test_arrives_as_it_was_sent(self, envelopes: list[Envelope]) -> None:
        assert decode_series(*encode_series(envelopes)) == tuple(envelopes)

    def test_survives_a_slice_that_holds_the_first_choice_of_boundary(self) -> None:
        plain = Envelope(sop_instance_uid="1.2", dicom=b"", is_header=True)
        boundary = encode_series([plain])[0].rpartition("=")[2].encode()
        hostile = Envelope(sop_instance_uid="1.2", dicom=b"\r\n--" + boundary + b"--\r\n", is_header=True)

        assert decode_series(*encode_series([hostile])) == (hostile,)

    @pytest.mark.parametrize(
        "content_type",
        ["application/dicom", "multipart/related; boundary=x", 'multipart/related; type="application/dicom"', ""],
    )
    def test_of_another_content_type_is_refused(self, content_type: str) -> None:
        with pytest.raises(ContractError, match="multipart/related"):
            decode_series(content_type, b"")

    def test_cut_short_is_refused(self) -> None:
        content_type, body = encode_series([Envelope(sop_instance_uid="1.2", dicom=b"abc", is_header=True)])

        with pytest.raises(ContractError, match="closing delimiter"):
            decode_series(content_type, body[:-6])

    def test_without_a_uid_is_refused(self) -> None:
        content_type, body = encode_series([Envelope(sop_instance_uid="1.2", dicom=b"abc", is_header=True)])

        with pytest.raises(ContractError, match="Content-Location"):
            decode_series(content_type, body.replace(b"Content-Location", b"Content-Nowhere"))

    @pytest.mark.parametrize("part", [b"", b"\r\nContent-Location: 1\r\n\r\n"])
    def test_of_more_parts_than_the_plugin_ever_sends_is_refused(self, part: bytes) -> None:
        """A hundred thousand parts of 30 bytes each, 0.2 MB as gzip, once took 50 s and 1 GB."""
        body = (b"--x" + part + b"\r\n") * 2001 + b"--x--\r\n"

        with pytest.raises(TooLargeError, match="more than 2000 parts"):
            decode_series('multipart/related; type="application/dicom"; boundary=x', body)

    def test_of_a_part_whose_head_has_no_end_is_refused(self) -> None:
        body = b"--x\r\nContent-Location: 1\r\n" + b"a: b\r\n" * 2000 + b"\r\nbytes\r\n--x--\r\n"

        with pytest.raises(ContractError, match="no Content-Location"):
            decode_series('multipart/related; type="application/dicom"; boundary=x', body)


class TestUnpack:
    def test_returns_what_was_packed(self) -> None:
        assert unpack(gzip.compress(b"dose"), "gzip") == b"dose"
        assert unpack(b"dose", None) == b"dose"

    def test_refuses_a_bomb_before_it_is_unpacked(self) -> None:
        with pytest.raises(TooLargeError):
            unpack(gzip.compress(bytes(1_000_001)), "gzip", max_bytes=1_000_000)

    def test_accepts_exactly_the_limit(self) -> None:
        assert len(unpack(gzip.compress(bytes(1000)), "gzip", max_bytes=1000)) == 1000

    def test_refuses_a_body_that_is_too_large_on_the_wire(self) -> None:
        with pytest.raises(TooLargeError):
            unpack(bytes(11), None, max_wire_bytes=10)

    @pytest.mark.parametrize(
        ("body", "encoding"), [(b"no gzip", "gzip"), (gzip.compress(b"dose", mtime=0)[:-4], "gzip"), (b"dose", "br")]
    )
    def test_refuses_what_it_cannot_unpack(self, body: bytes, encoding: str) -> None:
        with pytest.raises(ContractError):
            unpack(body, encoding)


class TestLimits:
    def test_a_header_is_as_large_as_the_reader_takes(self) -> None:
        """Less would keep back what can be read; more would be carried only to be refused."""
        assert MAX_HEADER_BYTES == elements.MAX_HEADER_BYTES
