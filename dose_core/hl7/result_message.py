"""
A result message (ORU^R01) as segments, each a row of fields in which every value is escaped already.

Source: HL7 v2.5.1, 7.3.1 (ORU^R01), 3.4.2 (PID), 4.5.1 (ORC), 4.5.3 (OBR), 7.4.2 (OBX), 2.15.9 (MSH), 2.15.10 (NTE);
IHE RAD TF-2, 4.1 (the accession number in OBR-18).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dose_core.hl7.escaping import ENCODING_CHARACTERS, FIELD, REPETITION, SEGMENT_END, components, escaped
from dose_core.hl7.observations import Observation, Status, TextType

VERSION = "2.5.1"
STRUCTURE = "ORU_R01"
# The only LOINC of the subject that is certain; https://loinc.org/73569-6
SERVICE = ("73569-6", "Radiation exposure and protection information", "LN")
_REPRESENTATIONS = "AIP"  # table 0465: alphabetic, ideographic, phonetic, in the order of a DICOM name (PS3.5, 6.2.1)

Fields = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who sends (MSH-3, MSH-4), who receives (MSH-5, MSH-6), and whether it is production (MSH-11: P, T or D)."""

    sending_application: str
    sending_facility: str
    receiving_application: str
    receiving_facility: str
    processing_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedIdentifier:
    """An identifier of a patient (PID-3): its value, the authority that assigned it, its type (table 0203)."""

    value: str
    authority: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Of whom the result is. ``name`` is a DICOM PN, ``sex`` as in (0010,0040)."""

    identifiers: tuple[NamedIdentifier, ...]
    name: str | None
    birth_date: date | None
    sex: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    What the result answers.

    ``filler`` names the exam and never changes, so that a correction meets what it corrects; ``placer`` is the number
    of the order and who gave it. ``accession_field`` is where the site wants the accession number, OBR-18 or OBR-20.
    """

    filler: str
    placer: tuple[str | None, str | None]
    accession_number: str | None
    accession_field: int
    started_at: datetime | None  # as stated: with an offset only if one is stated
    reported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The visit during which the exam was made: its number, and who gave it where that is known."""

    number: str
    issuer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultMessage:
    """One message. ``control_id`` (MSH-10) stays the same however often it is sent."""

    control_id: str
    made_at: datetime
    parties: Parties
    subject: Subject
    order: Order
    observations: tuple[Observation, ...]
    visit: Visit | None = None


def segments_of(message: ResultMessage) -> tuple[Fields, ...]:
    """Return the segments, each with its name first; MSH-1 and MSH-2 stand as in any message."""
    return (
        _msh(message),
        _pid(message.subject),
        *_pv1(message.visit),
        _orc(message.order),
        _obr(message.order, message.observations),
        *_observations(message.observations, message.parties.sending_application),
    )


def text_of(segments: Sequence[Fields]) -> str:
    """Return the message as it is sent, but for its encoding."""
    return "".join(FIELD.join(segment) + SEGMENT_END for segment in segments)


def _msh(message: ResultMessage) -> Fields:
    parties = message.parties
    return _segment(
        "MSH",
        {
            2: escaped(parties.sending_application),
            3: escaped(parties.sending_facility),
            4: escaped(parties.receiving_application),
            5: escaped(parties.receiving_facility),
            6: _time(message.made_at),
            8: components("ORU", "R01", STRUCTURE),
            9: escaped(message.control_id),
            10: escaped(parties.processing_id),
            11: VERSION,
            17: "UNICODE UTF-8",
        },
        first=ENCODING_CHARACTERS,  # MSH-1 is the separator itself, so that MSH-n stands at place n - 1
    )


def _pid(subject: Subject) -> Fields:
    numbers = (
        components(one.value, None, None, one.authority, one.kind) for one in subject.identifiers if escaped(one.value)
    )
    return _segment(
        "PID",
        {
            3: REPETITION.join(numbers),
            5: REPETITION.join(_names(subject.name or "")),
            7: f"{subject.birth_date.year:04}{subject.birth_date:%m%d}" if subject.birth_date else "",
            8: escaped(subject.sex),
        },
        first="1",
    )


def _pv1(visit: Visit | None) -> Iterator[Fields]:
    if visit is not None and escaped(visit.number):
        # PV1-2 is required, and nobody tells us the class: U is unknown (table 0004).
        number = components(visit.number, None, None, visit.issuer)
        yield _segment("PV1", {2: "U", 19: number}, first="1")


def _names(name: str) -> Iterator[str]:
    groups = name.split("=")
    for representation, group in zip(_REPRESENTATIONS, groups, strict=False):
        family, given, middle, prefix, suffix = (*group.split("^"), "", "", "", "", "")[:5]
        if any(map(escaped, (family, given, middle))):
            code = representation if len(groups) > 1 else None
            yield components(family, given, middle, suffix, prefix, None, "L", code)


def _orc(order: Order) -> Fields:
    # RE: observations that were performed follow (table 0119).
    return _segment("ORC", {2: components(*order.placer), 3: escaped(order.filler)}, first="RE")


def _obr(order: Order, observations: Sequence[Observation]) -> Fields:
    is_final = all(one.status is Status.FINAL for one in observations)
    return _segment(
        "OBR",
        {
            2: components(*order.placer),
            3: escaped(order.filler),
            4: components(*SERVICE),
            7: _time(order.started_at),
            order.accession_field: escaped(order.accession_number),
            22: _time(order.reported_at),
            25: Status.FINAL if is_final else Status.CORRECTED,  # table 0123 knows neither D nor W
        },
        first="1",
    )


def _observations(observations: Sequence[Observation], application: str) -> Iterator[Fields]:
    for number, one in enumerate(observations, start=1):
        yield _segment(
            "OBX",
            {
                2: "NM" if one.is_number else one.text_type,
                3: _coded(one),
                4: escaped(one.sub_id),
                5: _value(one, application),
                6: components(one.unit, None, "UCUM") if one.unit else "",
                11: one.status,
            },
            first=str(number),
        )
        if one.note:
            yield _segment("NTE", {3: escaped(one.note)}, first="1")


def _coded(one: Observation) -> str:
    """Return the concept; where its receiver knows it by another code, that one first (CE: alternate is ours)."""
    ours = (one.code, one.meaning, one.system)
    theirs = (one.local.identifier, one.local.text, one.local.system) if one.local else ()
    return components(*theirs, *ours)


def _value(one: Observation, application: str) -> str:
    match one.text_type:
        case TextType.RP if not one.is_number:  # pointer, application (2.A.65)
            return components(one.value, application)
        case TextType.ED if not one.is_number:  # application, type of data, subtype, encoding, data (2.A.24)
            return components(application, "TEXT", "uri-list", "A", one.value)
        case _:
            return escaped(one.value)


def _segment(name: str, fields: dict[int, str], *, first: str) -> Fields:
    last = max((place for place, value in fields.items() if value), default=1)
    return (name, first, *(fields.get(place, "") for place in range(2, last + 1)))


def _time(moment: datetime | None) -> str:
    # The year by itself: not every platform fills it up to the four digits that TS wants.
    return "" if moment is None else f"{moment.year:04}{moment:%m%d%H%M%S%z}"
