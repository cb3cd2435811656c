"""
The messages from the Orthanc plugin to the service: paths, headers, limits, and the multipart body of a series.

Pure and standard library only, because both ends run it: the plugin inside Orthanc, the service behind HTTP.

* ``PUT /api/v1/instances/{sop_instance_uid}``: one whole object, ``application/dicom``, answered 201 or 200.
* ``PUT /api/v1/series/{series_instance_uid}/headers``: image headers of one series without pixels,
  ``multipart/related; type="application/dicom"`` as in STOW-RS (PS3.18, 10.5), one part per slice.
* ``POST /api/v1/deletions``: JSON ``{"orthanc_ids": [...]}``, at most 500 objects that Orthanc deleted; answered 204.
* ``POST /api/v1/launch/handles``: JSON, see ``HandleRequest``; answered 201, 403 or 404.

Every body may be gzip (``Content-Encoding: gzip``). All calls carry ``Authorization: Bearer <token>`` (RFC 6750).
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar
from urllib.parse import quote, unquote

from dose_core.errors import DoseError

API_PREFIX = "/api/v1"
DELETIONS_PATH = f"{API_PREFIX}/deletions"
LAUNCH_HANDLES_PATH = f"{API_PREFIX}/launch/handles"

DICOM_MEDIA_TYPE = "application/dicom"  # RFC 3240
HEADER_CALLING_AET = "DoseLedger-Calling-AET"
HEADER_ORIGIN = "DoseLedger-Origin"
HEADER_ORTHANC_ID = "DoseLedger-Orthanc-Id"
HEADER_COPY_OF = "DoseLedger-Copy-Of"
HEADER_PLAINTEXT_REASON = "DoseLedger-Plaintext-Reason"

# The limits: one request on the wire, one unpacked, one whole object, one series over all its
# requests (unpacked).
MAX_REQUEST_BYTES = 8 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_OBJECT_BYTES = 64 * 1024 * 1024
MAX_SERIES_BYTES = 64 * 1024 * 1024
# What stands before the pixel data, as far as dose_core.readers takes it: more would be carried only to be refused.
MAX_HEADER_BYTES = 16 * 1024 * 1024
MAX_PARTS = 2000  # the plugin sends up to 1,000 image headers per request
MAX_PART_HEAD_BYTES = 8 * 1024  # a content type, a location and four headers have a few hundred
MAX_DELETIONS = 500
MAX_UID_CHARACTERS = 64  # PS3.5, 9.1
MAX_HEADER_CHARACTERS = 64  # an AE title has 16 (PS3.5, 6.2), an Orthanc id 44; more is not one of ours
MAX_REASON_CHARACTERS = 200

_HEADER_NAMES = frozenset(
    name.lower() for name in (HEADER_CALLING_AET, HEADER_ORIGIN, HEADER_ORTHANC_ID, HEADER_COPY_OF)
)
_CRLF = b"\r\n"
_END_OF_PART_HEADERS = b"\r\n\r\n"

_Word = TypeVar("_Word", bound=StrEnum)


class ContractError(DoseError):
    """A message from the plugin breaks the contract; the text says which rule. Answer 400, or 413 for a limit."""


class TooLargeError(ContractError):
    """A message is larger than the contract allows."""


class Origin(StrEnum):
    """How an instance came into Orthanc, as Orthanc tells it; ``CATCH_UP`` where it no longer can."""

    DICOM = "dicom"
    REST = "rest"
    PLUGIN = "plugin"
    WEBDAV = "webdav"
    CATCH_UP = "catch_up"
    UNKNOWN = "unknown"


class CopyOf(StrEnum):
    """What Orthanc made of another instance; such an object is evidence only, never an exam."""

    ANONYMIZED = "anonymized"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One object, or one image header (``is_header``), and what Orthanc knows of how it came in."""

    sop_instance_uid: str
    dicom: bytes
    is_header: bool = False
    calling_aet: str | None = None
    origin: Origin | None = None
    orthanc_id: str | None = None
    copy_of: CopyOf | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return sha256(self.dicom).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleRequest:
    """What the plugin asks for a launch handle with; ``person`` is Orthanc's or the reverse proxy's user name."""

    person: str
    level: str  # "patient" or "study"
    patient_id: str
    issuer_of_patient_id: str | None
    study_instance_uid: str | None

    def as_json(self) -> dict[str, str | None]:
        """Return the JSON body."""
        return asdict(self)


def instance_path(sop_instance_uid: str) -> str:
    """Return the path that a whole object is put to."""
    return f"{API_PREFIX}/instances/{quote(sop_instance_uid, safe='')}"


def series_headers_path(series_instance_uid: str) -> str:
    """Return the path that image headers of a series are put to."""
    return f"{API_PREFIX}/series/{quote(series_instance_uid, safe='')}/headers"


def encode_headers(envelope: Envelope) -> dict[str, str]:
    """
    Return the DoseLedger headers of an envelope, only those whose value is known.

    Values are percent-encoded UTF-8 (RFC 3986, 2.1), so that no AE title can end a header line.
    """
    stated = {
        HEADER_CALLING_AET: envelope.calling_aet,
        HEADER_ORIGIN: envelope.origin,
        HEADER_ORTHANC_ID: envelope.orthanc_id,
        HEADER_COPY_OF: envelope.copy_of,
    }
    return {name: encode_value(value) for name, value in stated.items() if value}


def encode_value(value: str, *, max_characters: int = MAX_HEADER_CHARACTERS) -> str:
    """Return a text as a header value: unprintable characters replaced, cut to size, percent-encoded."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    return quote(printable[:max_characters].encode("utf-8", "replace"), safe="")


def decode_value(value: str, *, max_characters: int = MAX_HEADER_CHARACTERS) -> str:
    """
    Return the text that a header value carries.

    Raises:
        ContractError: it is too long or not printable.
    """
    text = unquote(value.strip(), errors="replace")
    if len(text) > max_characters or not text.isprintable():
        msg = f"a DoseLedger header holds more than {max_characters} characters, or unprintable ones"
        raise ContractError(msg)
    return text


def decode_envelope(
    sop_instance_uid: str, headers: Mapping[str, str], dicom: bytes, *, is_header: bool = False
) -> Envelope:
    """
    Return the envelope that a request or a part carries; header names are compared without case.

    Raises:
        ContractError: the UID or a header value is none that the contract knows.
    """
    lower = {name.lower(): decode_value(value) for name, value in headers.items() if name.lower() in _HEADER_NAMES}
    return Envelope(
        sop_instance_uid=checked_uid(sop_instance_uid),
        dicom=dicom,
        is_header=is_header,
        calling_aet=lower.get(HEADER_CALLING_AET.lower()) or None,
        origin=_member(Origin, lower.get(HEADER_ORIGIN.lower())),
        orthanc_id=lower.get(HEADER_ORTHANC_ID.lower()) or None,
        copy_of=_member(CopyOf, lower.get(HEADER_COPY_OF.lower())),
    )


def checked_uid(uid: str) -> str:
    """
    Return a UID without padding. Its grammar is not checked: real devices break it, and it stays opaque.

    Raises:
        ContractError: it is empty, too long or not printable.
    """
    trimmed = uid.strip("\0 ")
    if not trimmed or len(trimmed) > MAX_UID_CHARACTERS or not trimmed.isprintable():
        msg = f"a UID has 1 to {MAX_UID_CHARACTERS} printable characters"
        raise ContractError(msg)
    return trimmed


def encode_series(envelopes: Sequence[Envelope]) -> tuple[str, bytes]:
    """Return the content type and the unpacked body that carry these image headers."""
    boundary = _boundary(envelopes)
    chunks: list[bytes] = []
    for envelope in envelopes:
        lines = [
            f"--{boundary}",
            f"Content-Type: {DICOM_MEDIA_TYPE}",
            f"Content-Location: {quote(envelope.sop_instance_uid, safe='')}",
            *(f"{name}: {value}" for name, value in encode_headers(envelope).items()),
        ]
        chunks += ["\r\n".join(lines).encode("ascii"), _END_OF_PART_HEADERS, envelope.dicom, _CRLF]
    chunks.append(f"--{boundary}--\r\n".encode("ascii"))
    return f'multipart/related; type="{DICOM_MEDIA_TYPE}"; boundary={boundary}', b"".join(chunks)


def decode_series(content_type: str, body: bytes) -> tuple[Envelope, ...]:
    """
    Return the image headers of an unpacked series body, in its order.

    Raises:
        TooLargeError: it has more than 2,000 parts.
        ContractError: it is no multipart/related of application/dicom (RFC 2387), or a part names no instance.
    """
    delimiter = _CRLF + b"--" + _stated_boundary(content_type).encode("ascii", "replace")
    if body.count(delimiter) > MAX_PARTS:  # before they are cut apart: each costs far more than its few bytes
        msg = f"the multipart body has more than {MAX_PARTS} parts; send fewer per request"
        raise TooLargeError(msg)
    # RFC 2046, 5.1.1: the line break before a delimiter belongs to it; the first one may open the body.
    _, *parts = (_CRLF + body).split(delimiter)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):  # noqa: PLR2004 - one part and the closing delimiter
        raise ContractError("the multipart body has no part or no closing delimiter; send it whole")
    return tuple(_decode_part(part) for part in parts[:-1])


def unpack(
    body: bytes,
    content_encoding: str | None,
    *,
    max_wire_bytes: int = MAX_REQUEST_BYTES,
    max_bytes: int = MAX_UNPACKED_BYTES,
) -> bytes:
    """
    Return a request body as it was before ``Content-Encoding``, never more than ``max_bytes`` of it.

    The defaults are the limits of a series; for a whole object pass ``max_wire_bytes=MAX_OBJECT_BYTES``.

    Raises:
        TooLargeError: the packed or the unpacked body is beyond its limit.
        ContractError: the encoding is unknown or the gzip stream is broken or cut short.
    """
    if len(body) > max_wire_bytes:
        msg = f"the body is larger than {max_wire_bytes} bytes on the wire; send less per request"
        raise TooLargeError(msg)
    encoding = (content_encoding or "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise ContractError("Content-Encoding is neither gzip nor identity")
    inflater = zlib.decompressobj(wbits=31)  # RFC 1952 framing only
    try:
        unpacked = inflater.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise ContractError("the gzip body is broken; send it again") from error
    if len(unpacked) > max_bytes:
        msg = f"the body unpacks to more than {max_bytes} bytes; send less per request"
        raise TooLargeError(msg)
    if not inflater.eof:
        raise ContractError("the gzip body is cut short; send it again")
    return unpacked


def _decode_part(part: bytes) -> Envelope:
    end = part.find(_END_OF_PART_HEADERS, 0, MAX_PART_HEAD_BYTES)
    headers: dict[str, str] = {}
    for line in part[: max(end, 0)].split(_CRLF):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    if end < 0 or "content-location" not in headers:
        raise ContractError("a part has no Content-Location with its SOP Instance UID")
    dicom = part[end + len(_END_OF_PART_HEADERS) :]
    return decode_envelope(unquote(headers["content-location"]), headers, dicom, is_header=True)


def _boundary(envelopes: Sequence[Envelope]) -> str:
    # Made from the content, so that the same message is the same bytes; tried until no part holds it.
    seed = sha256(b"".join(envelope.sop_instance_uid.encode() for envelope in envelopes))
    while any(seed.hexdigest().encode() in envelope.dicom for envelope in envelopes):
        seed.update(b"again")
    return seed.hexdigest()


def _stated_boundary(content_type: str) -> str:
    media_type, *parameters = (piece.strip() for piece in content_type.split(";"))
    stated = {
        name.strip().lower(): value.strip().strip('"') for name, _, value in (p.partition("=") for p in parameters)
    }
    is_series = media_type.lower() == "multipart/related" and stated.get("type", "").lower() == DICOM_MEDIA_TYPE
    if not is_series or not stated.get("boundary"):
        raise ContractError('expected multipart/related; type="application/dicom"; boundary=...')
    return stated["boundary"]


def _member(kind: type[_Word], value: str | None) -> _Word | None:
    if not value:
        return None
    try:
        return kind(value)
    except ValueError as error:
        msg = f"{kind.__name__} is none of {', '.join(kind)}"
        raise ContractError(msg) from error
