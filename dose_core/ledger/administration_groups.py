"""
Which statements of a study speak of one administration: reports by event UID, images by what they state.

Statements are connected pair by pair, so that the order in which they came does not matter.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from dose_core.ledger.exam import Place, Statement
from dose_core.ledger.radiopharmaceuticals import are_alike
from dose_core.ledger.source import SOURCE_OF, Source
from dose_core.model import Administration, NuclearReport

# They are compared pair by pair. One object may state 200 (``dose_core.readers.limits``); no study has as many as this.
_MOST_COMPARED = 500

NuclearStatement = Statement[NuclearReport]
Rank = tuple[str, int, str, str, int]


@dataclass(frozen=True, slots=True)
class Stated:
    """
    One administration as one object states it, at a position among those that it states.

    ``ordinal`` counts those before it that are alike: two alike in one object are two, four around a tumour are four.
    """

    key: str
    report: NuclearReport
    administration: Administration
    position: int
    ordinal: int

    @property
    def source(self) -> Source:
        """The kind of source that states it."""
        return SOURCE_OF[self.report.kind]

    @property
    def is_report(self) -> bool:
        """Whether a radiopharmaceutical dose report states it, whose event UIDs can be trusted."""
        return self.source is Source.RDSR

    @property
    def place(self) -> Place:
        """Where it is stated."""
        return Place(statement=self.key, index=self.position)

    @property
    def rank(self) -> Rank:
        """The newest document first, then what states most, then an order of no meaning."""
        stated = sum(getattr(self.administration, f.name) not in (None, ()) for f in fields(self.administration))
        content_at = self.report.content_at if self.is_report else None
        return sortable(content_at), stated, self.report.sop_instance_uid, self.key, -self.position


Group = list[Stated]  # the winner first


def stated_in(statement: NuclearStatement) -> Iterable[Stated]:
    """Yield the administrations that one object states."""
    events = statement.report.events
    for position, administration in enumerate(events):
        ordinal = sum(are_alike(administration, earlier) for earlier in events[:position])
        yield Stated(statement.key, statement.report, administration, position, ordinal)


def groups_of_reports(stated: Sequence[Stated]) -> tuple[list[Group], Group]:
    """Return the statements of reports, those of one administration together, and what is too much to tell apart."""
    return _groups_of_heads(_alike(stated, lambda one: one.administration), _is_one_of_reports(stated))


def groups_of_images(stated: Sequence[Stated]) -> tuple[list[Group], Group]:
    """Return the statements of images, those of one administration together, and what is too much to tell apart."""
    return _groups_of_heads(_alike(stated, lambda one: replace(one.administration, event_uid=None)), _is_one_of_images)


def _alike(stated: Sequence[Stated], look: Callable[[Stated], Administration]) -> list[Group]:
    """Return what looks the same together, for a thousand slices state the same: they are compared as one."""
    same: dict[tuple[Administration, int], Group] = {}
    for one in sorted(stated, key=lambda one: one.rank, reverse=True):
        same.setdefault((look(one), one.ordinal), []).append(one)
    return list(same.values())


def _groups_of_heads(alike: Sequence[Group], is_one: Callable[[Stated, Stated], bool]) -> tuple[list[Group], Group]:
    compared, too_many = alike[:_MOST_COMPARED], alike[_MOST_COMPARED:]
    members = {id(its[0]): its for its in compared}
    groups = _groups([its[0] for its in compared], is_one)
    whole = _ranked([one for head in group for one in members[id(head)]] for group in groups)
    return whole, [one for its in too_many for one in its]


def _is_one_of_reports(stated: Sequence[Stated]) -> Callable[[Stated, Stated], bool]:
    """Return how report statements are compared: by event UID, but for one that an object gives away twice."""
    uids = Counter((one.key, one.administration.event_uid) for one in stated)
    untrusted = {uid for (_, uid), times in uids.items() if times > 1}

    def is_one(one: Stated, other: Stated) -> bool:
        uid, others = one.administration.event_uid, other.administration.event_uid
        if uid is not None and uid == others and uid not in untrusted:
            return True
        return one.key != other.key and _is_one_of_images(one, other)

    return is_one


def _is_one_of_images(one: Stated, other: Stated) -> bool:
    return one.ordinal == other.ordinal and are_alike(one.administration, other.administration)


def _groups(stated: Sequence[Stated], is_one: Callable[[Stated, Stated], bool]) -> list[Group]:
    """Return the statements that are connected by ``is_one``, which makes the order of arrival immaterial."""
    groups: list[Group] = []
    for one in stated:
        joined, apart = [one], []
        for group in groups:
            if any(is_one(one, other) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return _ranked(groups)


def _ranked(groups: Iterable[Group]) -> list[Group]:
    best_first = [sorted(group, key=lambda one: one.rank, reverse=True) for group in groups]
    return sorted(best_first, key=lambda group: group[0].rank, reverse=True)


def best(group: Group) -> Administration:
    """Return what the winner of a group states."""
    return group[0].administration


def sortable(at: datetime | None) -> str:
    """Return a text to sort moments by, some with and some without an offset; an unknown one comes first."""
    return "" if at is None else at.isoformat()
