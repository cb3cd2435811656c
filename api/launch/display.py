"""
The query of IHE Invoke Image Display (RAD-106), read as the profile and its national dialects write it.

Names are taken in any case, as DRIM-M spells ``Accessionnumber``; what is not known is passed over, names and birth
dates among it, since nobody is found by them.

Source: IHE Radiology Technical Framework, Invoke Image Display, RAD-106; ANS, DRIM-M.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from api.launch.signed import LinkNotUnderstoodError, Pairs
from dose_services.launch_asking import Asked
from dose_services.launch_windows import Narrowing, WantedExam, Window

_UID = re.compile(r"[0-9.]{1,64}")
_MOST_WANTED = 50  # ours: studies that one request names
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]{1,256}")


def read_display(pairs: Pairs, *, default_authority: str, zone: ZoneInfo) -> Asked:
    """
    Return what a request for display asks to open.

    Raises:
        LinkNotUnderstoodError: a part that the profile requires is missing, is there twice, or has another form.
    """
    said = {name.lower(): value.strip() for name, value in pairs}
    kind = said.get("requesttype", "").upper()
    if kind == "PATIENT":
        return Asked(identifiers=(_identifier(said, default_authority),), narrowing=_narrowing(said, zone))
    if kind == "STUDY":
        identifiers = (_identifier(said, default_authority),) if said.get("patientid") else ()
        return Asked(identifiers=identifiers, exams=_studies(said), window=Window.EXAMS)
    raise LinkNotUnderstoodError("requestType is PATIENT or STUDY")


def _identifier(said: dict[str, str], default_authority: str) -> tuple[str, str]:
    """Return value and authority of an identifier as CX: the namespace of its fourth part, else the universal id."""
    parts = said.get("patientid", "").split("^")
    value, authority = parts[0].strip(), (parts[3] if len(parts) > 3 else "")  # noqa: PLR2004 - CX-4
    namespace, _, universal = authority.partition("&")
    if not _PRINTABLE.fullmatch(value):
        raise LinkNotUnderstoodError("patientID is needed, as ID^^^AUTHORITY or ID^^^&OID&ISO")
    return value, namespace.strip() or universal.partition("&")[0].strip() or default_authority


def _studies(said: dict[str, str]) -> tuple[WantedExam, ...]:
    uids, numbers = _list(said.get("studyuid", "")), _list(said.get("accessionnumber", ""))
    if bool(uids) == bool(numbers):
        raise LinkNotUnderstoodError("one of studyUID and accessionNumber is needed, and not both")
    if len(uids) + len(numbers) > _MOST_WANTED or not all(map(_UID.fullmatch, uids)):
        raise LinkNotUnderstoodError("studyUID has UIDs with commas between them, fifty at most")
    if not all(map(_PRINTABLE.fullmatch, numbers)):
        raise LinkNotUnderstoodError("accessionNumber has numbers with commas between them")
    return (
        *(WantedExam(study_instance_uid=uid) for uid in uids),
        *(WantedExam(accession_number=number) for number in numbers),
    )


def _narrowing(said: dict[str, str], zone: ZoneInfo) -> Narrowing:
    recent = said.get("mostrecentresults", "")
    if recent and not re.fullmatch(r"[0-9]{1,6}", recent):
        raise LinkNotUnderstoodError("mostRecentResults is a number")
    return Narrowing(
        since=_instant(said.get("lowerdatetime", ""), zone),
        until=_instant(said.get("upperdatetime", ""), zone),
        modalities=tuple(one.upper() for one in _list(said.get("modalitiesinstudy", ""))),
        most_recent=int(recent) if recent else None,
    )


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        told = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that nobody encoded
    except ValueError:
        raise LinkNotUnderstoodError("lowerDateTime and upperDateTime are times as RFC 3339 writes them") from None
    return told if told.tzinfo else told.replace(tzinfo=zone)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
