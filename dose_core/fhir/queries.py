"""
Searches as they are asked: which parameters a type has, and what of them may stand in an address.

What names a patient may not: it stands in the body of ``POST [type]/_search``, or of a batch. A parameter that is not
known is refused rather than left out, since the answer would hold more than was asked for.
Source: HL7 FHIR R4, 3.1.1 (search), 3.1.0.9 (by POST); Radiation Dose Summary 1.0.0, CapabilityStatement FHIRServer.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from dose_core.fhir.asked import EVER, BadSearchError, Between, Token, between, id_of, tokens
from dose_core.fhir.terms import DICOM_UID

NO_SEARCH: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
# What each type can be searched by: the first part also by GET.
SEARCHES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Patient": (("_id",), ("identifier", "family", "given")),
    "Practitioner": (("_id",), ("identifier", "family", "given")),
    "ImagingStudy": (("_id", "identifier", "patient"), ("patient.identifier",)),
    "Device": (("_id", "identifier", "type", "manufacturer", "_tag"), ()),
    "Observation": (
        ("_id", "identifier", "code", "patient", "subject", "date", "device", "part-of"),
        ("patient.identifier",),
    ),
    "Composition": (("_id", "patient", "subject", "date"), ("patient.identifier",)),
}
READ_ALONE = "ServiceRequest"
MOST = 100  # ours: resources of a page, and ids of a search
MOST_TOKENS = 20  # ours: identifiers, or codes, of which any may fit; REST takes as many
USUAL = 20
_CONTROLS = frozenset(("_count", "_cursor", "_format", "_type"))
_NAME = re.compile(r"[a-zA-Z_.:-]{1,40}\Z")
_UID = re.compile(r"(urn:oid:)?(?P<uid>[0-9.]{1,64})\Z")
# Said to be a UID by nothing else: an OID has a dot (ITU-T X.660), which digits of an accession number have not.
_BARE_UID = re.compile(r"(?=.{1,64}\Z)[0-2](\.(0|[1-9][0-9]*))+\Z")
_BY_UID = frozenset(("ImagingStudy", "Observation"))
_PLACE_BYTES = 17  # an id of ours, and how many resources of that exam were on the page before


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins: with which exam, and after how many of its resources."""

    exam_id: UUID
    skip: int

    @property
    def cursor(self) -> str:
        """What asks for the page; of no meaning to others."""
        return base64.urlsafe_b64encode(self.exam_id.bytes + bytes([self.skip])).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """
    What a search asks for; ``None`` or nothing where it does not ask.

    ``kept`` are its parameters that may stand in an address. ``is_in_vain`` if it asks for an id that can be none of
    ours.
    """

    kind: str
    ids: tuple[str, ...] = ()
    patient_id: UUID | None = None
    of_identified: tuple[Token, ...] = ()
    identifiers: tuple[Token, ...] = ()
    uids: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    codes: tuple[Token, ...] = ()
    types: tuple[Token, ...] = ()
    tags: tuple[Token, ...] = ()
    period: Between = EVER
    device_id: UUID | None = None
    study_id: UUID | None = None
    count: int = USUAL
    place: Place | None = None
    kept: tuple[tuple[str, str], ...] = ()
    is_in_vain: bool = False

    def address(self, *, patient_id: UUID | None = None, place: Place | None = None, ids: Sequence[str] = ()) -> str:
        """
        Return what asks for this again, or for the page at a place.

        ``patient_id`` is whom its identifiers named, ``ids`` what they named: these stand in the address instead.
        """
        resolved = [("patient", str(patient_id))] if patient_id and self.of_identified else []
        if ids:
            resolved.append(("_id", ",".join(ids)))
        at = place or self.place
        cursor = [("_cursor", at.cursor)] if at else []
        kept = [(name, text) for name, text in self.kept if name != "_id" or not ids]
        asked = urlencode([*resolved, *kept, *cursor], safe="|:/,")
        return f"{self.kind}?{asked}" if asked else self.kind


def query_of(kind: str, parameters: Sequence[tuple[str, str]], *, in_body: bool, zone: ZoneInfo) -> Query:
    """
    Return what a search asks for.

    Args:
        kind: the type that is searched.
        parameters: the parameters in their order, several of one name as they come.
        in_body: whether they stand in a body, where a patient may be named.
        zone: of the site, for dates without an offset.

    Raises:
        BadSearchError: a parameter is not known, may not stand in an address, or its value cannot be read.
    """
    by_get, by_post = SEARCHES[kind]
    once: dict[str, str] = {}
    period = EVER
    for name, text in parameters:
        _check_name(kind, name, by_get, by_post, in_body=in_body)
        _check_text(name, text)
        if name == "date":
            period = period.also(between(name, text, zone))
        elif name in once:
            msg = f"'{name}' may stand once"
            raise BadSearchError(msg)
        else:
            once[name] = text
    patient = once.get("patient", once.get("subject"))
    asked_ids = {
        "patient_id": ("patient", patient, "Patient"),
        "device_id": ("device", once.get("device"), "Device"),
        "study_id": ("part-of", once.get("part-of"), "ImagingStudy"),
    }
    found = {key: id_of(name, text, of) for key, (name, text, of) in asked_ids.items() if text is not None}
    identifiers = _tokens(once, "identifier")
    uids, others = _uids(kind, identifiers, in_body=in_body)
    return Query(
        kind=kind,
        ids=tuple(once["_id"].split(",")) if "_id" in once else (),
        of_identified=_tokens(once, "patient.identifier"),
        identifiers=others,
        uids=uids,
        texts={name: once[name] for name in ("family", "given", "manufacturer") if name in once},
        codes=_tokens(once, "code"),
        types=_tokens(once, "type"),
        tags=_tokens(once, "_tag"),
        period=period,
        count=_count(once.get("_count")),
        place=_place(once["_cursor"]) if "_cursor" in once else None,
        kept=tuple(
            (name, text)
            for name, text in parameters
            if name == "_count" or (name in by_get and not (name == "identifier" and kind in _BY_UID and others))
        ),
        is_in_vain=None in found.values(),
        **found,
    )


def _check_name(kind: str, name: str, by_get: tuple[str, ...], by_post: tuple[str, ...], *, in_body: bool) -> None:
    if name in by_get or name in _CONTROLS or (in_body and name in by_post):
        return
    if name in by_post:
        msg = f"'{name}' names a patient or a person and may not stand in an address; use POST {kind}/_search"
        raise BadSearchError(msg)
    shown = f"'{name}'" if _NAME.match(name) else "a parameter"
    msg = f"{shown} is not known here; {kind} is searched by {', '.join((*by_get, *by_post))}, see /fhir/metadata"
    raise BadSearchError(msg)


def _check_text(name: str, text: str) -> None:
    if any(not letter.isprintable() for letter in text):
        msg = f"'{name}' holds a character that cannot be printed"
        raise BadSearchError(msg)
    most = MOST if name == "_id" else MOST_TOKENS
    if text.count(",") >= most:
        msg = f"'{name}' names more than {most}"
        raise BadSearchError(msg)


def _tokens(once: dict[str, str], name: str) -> tuple[Token, ...]:
    return tokens(name, once[name]) if name in once else ()


def _uids(kind: str, identifiers: tuple[Token, ...], *, in_body: bool) -> tuple[tuple[str, ...], tuple[Token, ...]]:
    """
    Return the DICOM UIDs that are asked for, which name no person and so may stand in an address, and what is no UID.

    Of studies that may be an accession number, in a body; a number with dots that nobody says is a UID is both there.
    """
    if kind not in _BY_UID:
        return (), identifiers
    takes_numbers = in_body and kind == "ImagingStudy"
    uids, others = [], []
    for one in identifiers:
        is_bare = one.system is None and not one.value.startswith("urn:oid:")
        match = _UID.match(one.value) if one.system in {None, DICOM_UID} else None
        if match is not None and (not is_bare or _BARE_UID.match(one.value)):
            uids.append(match["uid"])
            others += [one] if is_bare and takes_numbers else []
        else:
            others.append(one)
    if others and not takes_numbers:
        msg = (
            f"{kind} is found by a DICOM UID, identifier=urn:oid:1.2.3 or urn:dicom:uid|urn:oid:1.2.3; a study by its "
            "accession number too: POST ImagingStudy/_search"
        )
        raise BadSearchError(msg)
    return tuple(uids), tuple(others)


def _count(text: str | None) -> int:
    if text is None:
        return USUAL
    if not text.isdecimal() or not int(text[:9]):
        raise BadSearchError("'_count' is a number from 1")
    return min(int(text[:9]), MOST)


def _place(cursor: str) -> Place:
    try:
        plain = base64.b64decode(f"{cursor}=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        plain = b""
    if len(plain) != _PLACE_BYTES:
        raise BadSearchError("'_cursor' is none of ours; follow the link 'next' of the page before")
    return Place(exam_id=UUID(bytes=plain[:-1]), skip=plain[-1])
