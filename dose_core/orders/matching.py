"""
Which exams were made for which orders: by Study Instance UID, then accession number, then patient, modality and time.

Of orders and exams that may concern each other the result is the same, in whatever order they became known. What could
be several is none: a wrong order beside an exam is worse than no order.

Source: IHE RAD TF-2, 4.4 (the order names the UID of its study), 4.5 (accession number); the windows are ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dose_core.orders.modality import ModalityKind
from dose_core.orders.said import Number

# An emergency is done before it is planned, a list of outpatients is done on its day.
NEAR = timedelta(hours=24)
# Accession numbers begin anew every year in some houses; an exam is rarely moved further than a week.
SAME_ACCESSION = timedelta(days=7)


class Rule(StrEnum):
    """Why an exam is said to be of an order, the strongest first."""

    BY_HAND = "by_hand"
    STUDY_UID = "study_uid"
    ACCESSION = "accession"
    PATIENT_AND_TIME = "patient_and_time"


class Confidence(StrEnum):
    """How sure that is."""

    CERTAIN = "certain"
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One requested procedure of an order, as far as it tells which study it became."""

    study_instance_uid: str | None = None
    accession: Number | None = None
    kinds: frozenset[ModalityKind] = frozenset()
    stations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """
    An order. ``families`` tell whose it is, or was before its visit was moved: who is shown together has one name.

    ``planned_at`` is when it is to be done, or was ordered where nobody plans.
    """

    id: UUID
    families: frozenset[UUID]
    planned_at: datetime
    is_cancelled: bool = False
    procedures: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An exam. ``at`` is when it was made, or became known where it does not tell."""

    id: UUID
    family: UUID
    study_instance_uid: str
    accession: Number | None
    kinds: frozenset[ModalityKind]
    stations: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMatch:
    """What a person said of an order and an exam: they are one, or they are not."""

    order_id: UUID
    exam_id: UUID
    is_match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An exam that was made for an order, why we say so, and how sure that is."""

    order_id: UUID
    exam_id: UUID
    rule: Rule
    confidence: Confidence


def match(orders: Sequence[Ordered], exams: Sequence[Made], decided: Sequence[DecidedMatch] = ()) -> frozenset[Match]:
    """
    Return which of these exams were made for which of these orders.

    For each exam the strongest rule that finds an order counts; by it, an exam may be of several orders (one study for
    two requests) and an order may have several exams. Only by patient and time it is one and one.
    """
    ours, theirs = {one.id: one for one in orders}, {one.id: one for one in exams}
    known = [one for one in decided if one.order_id in ours and one.exam_id in theirs]
    refused = frozenset((one.order_id, one.exam_id) for one in known if not one.is_match)
    found = {
        Match(order_id=one.order_id, exam_id=one.exam_id, rule=Rule.BY_HAND, confidence=Confidence.CERTAIN)
        for one in known
        if one.is_match
    }
    for rule in (_by_uid, _by_accession, _by_time):
        matched = {each.exam_id for each in found}
        left = _Left(
            orders=orders,
            exams=[one for one in exams if one.id not in matched],
            everyone=exams,
            taken=frozenset(each.order_id for each in found),
            refused=refused,
        )
        found |= set(rule(left))
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What a rule has to work with: ``exams`` without an order yet, of ``everyone``; ``taken`` orders have an exam."""

    orders: Sequence[Ordered]
    exams: Sequence[Made]
    everyone: Sequence[Made]
    taken: frozenset[UUID]
    refused: frozenset[tuple[UUID, UUID]]

    def orders_of(self, exam: Made) -> list[Ordered]:
        """Return the orders that may be of an exam, as nobody said that they are not."""
        return [one for one in self.orders if (one.id, exam.id) not in self.refused]


def _by_uid(left: _Left) -> Iterable[Match]:
    for exam in left.exams:
        for order in left.orders_of(exam):
            if exam.study_instance_uid in {one.study_instance_uid for one in order.procedures}:
                yield _matched(order, exam, Rule.STUDY_UID, Confidence.CERTAIN)


def _by_accession(left: _Left) -> Iterable[Match]:
    """
    Pair by accession number: of one patient, or of one person's exam alone.

    Where both name who gave the number, that has to be the same: two systems may give equal ones. A number that exams
    of several patients bear at one time is no accession number but a word such as "0"; it pairs within a patient only.
    A patient who differs from that of the order is told by a finding.
    """
    for exam in left.exams:
        bearing = [one for one in left.orders_of(exam) if _has_accession(one, exam)]
        same = [one for one in bearing if exam.family in one.families]
        for order in same:
            yield _matched(order, exam, Rule.ACCESSION, Confidence.HIGH)
        near = [one for one in bearing if abs(one.planned_at - exam.at) <= SAME_ACCESSION]
        people = {one.family for one in left.everyone if _is_same(one.accession, exam.accession)}
        if not same and len(near) == 1 and len(people) == 1 and _is_alike(near[0], exam):
            yield _matched(near[0], exam, Rule.ACCESSION, Confidence.LOW)


def _by_time(left: _Left) -> Iterable[Match]:
    """Pair an order without exam and an exam without order of one patient and kind, where there is one of each."""
    pairs = [
        (order, exam)
        for exam in left.exams
        for order in left.orders_of(exam)
        if order.id not in left.taken and not order.is_cancelled and _may_be(order, exam)
    ]
    here = [(order, exam) for order, exam in pairs if _on_its_station(order, exam)]
    for order, exam in pairs:
        rivals = [pair for pair in pairs if order is pair[0] or exam is pair[1]]
        planned_here = [pair for pair in rivals if pair in here]
        if [(order, exam)] in (rivals, planned_here):
            yield _matched(order, exam, Rule.PATIENT_AND_TIME, Confidence.LOW)


def _matched(order: Ordered, exam: Made, rule: Rule, confidence: Confidence) -> Match:
    return Match(order_id=order.id, exam_id=exam.id, rule=rule, confidence=confidence)


def _has_accession(order: Ordered, exam: Made) -> bool:
    return any(_is_same(one.accession, exam.accession) for one in order.procedures)


def _is_same(one: Number | None, other: Number | None) -> bool:
    return one is not None and other is not None and one.is_same(other)


def _may_be(order: Ordered, exam: Made) -> bool:
    if exam.family not in order.families or abs(order.planned_at - exam.at) > NEAR:
        return False
    # Another accession number is another request.
    is_other = exam.accession is not None and any(one.accession for one in order.procedures)
    return not is_other and any(one.kinds & exam.kinds for one in order.procedures)


def _is_alike(order: Ordered, exam: Made) -> bool:
    kinds = frozenset().union(*(one.kinds for one in order.procedures))
    return not kinds or not exam.kinds or bool(kinds & exam.kinds)


def _on_its_station(order: Ordered, exam: Made) -> bool:
    return any(one.stations & exam.stations for one in order.procedures)
