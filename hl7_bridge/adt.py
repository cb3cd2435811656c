"""
What the patient segments of an ADT message say, as values of the identity model.

Source: HL7 v2.5.1, chapter 3: 3.4.2 (PID), 3.4.9 (MRG), 3.3.24, 3.3.37 (A24, A37), 3.3.40, 3.3.43, 3.3.46-48 (A40, A43,
A46-A48), 3.6.2; HL7 v2.3.1, 3.2.20 (A18, A34, A36, A39; MRG-4).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from dose_services.identity_values import StatedIdentifier, StatedMerge, StatedPerson
from dose_services.site import Site
from hl7_bridge.acks import Fault
from hl7_bridge.applying import Received
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Message, Segment
from hl7_bridge.pairs import Pair, pairs_of
from hl7_bridge.values import EventTime, birth_date, event_time, first_text, identifiers, person_name, sex

PlaceOf = Callable[["Reading", Pair], list[StatedMerge]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One message while it is read: the time of its event, and what was tolerated."""

    message: Message
    at: EventTime
    received_at: datetime
    site: Site
    warnings: list[str] = field(default_factory=list)

    @staticmethod
    def of(received: Received) -> "Reading":
        """Return the reading of a message, with the time of its event (EVN-2, else MSH-7)."""
        message = received.message
        times = [("EVN-2", first_text(message.first("EVN"), 2)), ("MSH-7", message.header.text(7))]
        at = event_time(times, received_at=received.received_at, site=received.site)
        warnings = [*message.problems, *([at.problem] if at.problem else [])]
        return Reading(message=message, at=at, received_at=received.received_at, site=received.site, warnings=warnings)

    def person(self) -> StatedPerson:
        """
        Return the patient of a message that is about one.

        Raises:
            MessageFaultError: there is no PID, or it names nobody.
        """
        pid = self.message.first("PID")
        if pid is None:
            raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "there is no PID segment", ("PID", 1))
        return self._person(pid, 1)

    def two(self) -> tuple[StatedPerson, StatedPerson]:
        """
        Return the two patients of a message that links or unlinks them.

        Raises:
            MessageFaultError: there are not two PID segments, or one names nobody.
        """
        pids = [segment for segment in self.message.segments if segment.name == "PID"]
        if len(pids) != 2:  # noqa: PLR2004 - one and the other
            raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "there are not two PID segments", ("PID", len(pids)))
        return self._person(pids[0], 1), self._person(pids[1], 2)

    def pairs(self, place_of: PlaceOf) -> tuple[StatedMerge, ...]:
        """
        Return what each MRG with its PID says.

        Raises:
            MessageFaultError: a PID or MRG is missing or out of place, or names nobody.
        """
        return tuple(one for pair in pairs_of(self.message) for one in place_of(self, pair))

    def survivor(self, pair: Pair) -> StatedPerson:
        """Return the patient of the PID of a pair."""
        return self._person(pair.pid, pair.pid_number)

    def listed(self, segment: Segment, number: int, authority: str) -> tuple[StatedIdentifier, ...]:
        """Return the identifiers of a field; one without authority is of ``authority``."""
        return identifiers(segment.values(number), default_authority=authority)

    def _person(self, pid: Segment, number: int) -> StatedPerson:
        return StatedPerson(
            identifiers=self._identifiers(pid, number),
            name=None if pid.value(5).is_null else person_name(pid.values(5)),
            birth_date=self._birth_date(pid),
            sex=sex(pid.value(8).component(1)),
            cleared=frozenset(
                name for name, field in (("name", 5), ("birth_date", 7), ("sex", 8)) if pid.value(field).is_null
            ),
            stated_at=self._last_update(pid),
            identity_unknown={"Y": True, "N": False}.get(first_text(pid, 31).upper()),
            reliability=frozenset(value.component(1).upper() for value in pid.values(32)),
        )

    def _identifiers(self, pid: Segment, number: int) -> tuple[StatedIdentifier, ...]:
        # Before 2.3.1 many systems put the patient's identifier into PID-2 alone.
        for place in (3, 2):
            stated = self.listed(pid, place, self.site.default_authority)
            if stated:
                return stated
        raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, "PID-3 names no patient", ("PID", number, 3))

    def _last_update(self, pid: Segment) -> datetime | None:
        """Return as of when the demographics hold (PID-33), if that is told with certainty."""
        text = first_text(pid, 33)
        return event_time([("PID-33", text)], received_at=self.received_at, site=self.site).stated if text else None

    def _birth_date(self, pid: Segment) -> date | None:
        value = pid.value(7)
        if value.is_null:
            return None
        try:
            day = birth_date(value.component(1))
        except ValueError:
            self.warnings.append("PID-7 is not a date and was left out")
            return None
        # A day of tolerance: the site may be ahead of UTC.
        if day is not None and day > self.received_at.date() + timedelta(days=1):
            self.warnings.append("PID-7 is in the future and was left out")
            return None
        return day


def merged(reading: Reading, pair: Pair) -> list[StatedMerge]:
    """Return who is merged into whom: MRG-1, or MRG-4 of old senders, into PID-3; MRG-7 is the prior name."""
    survivor = reading.survivor(pair)
    subsumed = _named(reading, pair, survivor, (1, 4))
    return [StatedMerge(survivor=survivor, subsumed=subsumed, prior_name=person_name(pair.mrg.values(7)))]


def moved(reading: Reading, pair: Pair) -> list[StatedMerge]:
    """
    Return which identifiers (MRG-1) move to whom (PID-3).

    Where PID-3 is the moved identifier itself, as chapter 3 has it, PID-2 names the patient who gets it.
    """
    target = reading.survivor(pair)
    identifiers_moved = _named(reading, pair, target, (1,))
    superior = reading.listed(pair.pid, 2, target.identifiers[0].authority)
    if superior and target.identifiers[0].key in {one.key for one in identifiers_moved}:
        target = replace(target, identifiers=superior[:1])
    return [StatedMerge(survivor=target, subsumed=identifiers_moved)]


def changed(new_field: int, old_field: int) -> PlaceOf:
    """Return what reads which identifier (of the PID) takes the place of which (of the MRG), by authority."""

    def place_of(reading: Reading, pair: Pair) -> list[StatedMerge]:
        person = reading.survivor(pair)
        authority = person.identifiers[0].authority
        new = reading.listed(pair.pid, new_field, authority) or person.identifiers
        old = _named(reading, pair, person, (old_field, 1))
        stays = {one.key for one in new} & {one.key for one in old}
        gone = [one for one in old if one.key not in stays] or list(old[:1])
        came = [one for one in new if one.key not in stays] or list(new[:1])
        return [
            StatedMerge(survivor=replace(person, identifiers=(_of(came, one.authority),)), subsumed=(one,))
            for one in gone
        ]

    return place_of


def _of(came: list[StatedIdentifier], authority: str) -> StatedIdentifier:
    return next((one for one in came if one.authority == authority), came[0])


def _named(reading: Reading, pair: Pair, person: StatedPerson, places: tuple[int, ...]) -> tuple[StatedIdentifier, ...]:
    """Return the identifiers of the first of these fields of an MRG that names somebody."""
    for place in places:
        # An identifier without authority is one of the survivor's authority (MRG-1 follows PID-3).
        stated = reading.listed(pair.mrg, place, person.identifiers[0].authority)
        if stated:
            return stated
    text = "MRG-1 names no patient"
    raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, text, ("MRG", pair.mrg_number, 1))
