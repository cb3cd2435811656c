"""
Findings about messages that were refused because they merge in a circle: A into B, B into C, and then C into A.

Nobody but a person can tell which of the merges was wrong. A finding stays open as long as the message would be
refused so if it came now, whatever came in which order.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from db.repositories import findings, identity_facts, people
from db.session import Session
from dose_core.identity.facts import Fact, Key
from dose_core.identity.folding import Refusal, fold
from dose_services.finding_kinds import FindingKind
from dose_services.identity_kept import unpacked
from dose_services.identity_writing import people_of

_KIND = FindingKind.MERGE_LOOP


def settle_loops(session: Session, concerned: Iterable[Key], refused: Collection[int], *, now: datetime) -> None:
    """
    Bring the findings about those up to date who have, or had, the concerned identifiers. Safe to repeat.

    ``refused`` are the numbers of facts that were just refused so.
    """
    told = identity_facts.told_of(session, _KIND, concerned)
    for number in sorted(told.union(refused)):
        kept = identity_facts.of_number(session, number)
        facts = unpacked(kept) if kept is not None else []
        if facts and _is_loop(session, facts):
            text = f"statement {number} merges in a circle: {', '.join(_named(session, facts))}"
            findings.raise_once(session, kind=_KIND, subject=str(number), text=text, now=now)
        else:
            findings.resolve(session, kind=_KIND, subject=str(number), now=now)


def _is_loop(session: Session, facts: Sequence[Fact]) -> bool:
    """Tell if the facts of one message would close a circle, as people stand now."""
    known = people.concerned(session, {key for fact in facts for key in fact.named})
    standing = people_of(known, people.links_among(session, [one.id for one in known]))
    return fold(standing, facts)[facts[0].number].refusal is Refusal.LOOP


def _named(session: Session, facts: Sequence[Fact]) -> list[str]:
    """Return whom the facts merge, by our ids."""
    pairs = [(other, fact.who[0]) for fact in facts for other in fact.others]
    ids = {one.key: people.owner_id(session, *one.key) or "an unknown one" for pair in pairs for one in pair}
    return [f"{ids[subsumed.key]} into {ids[survivor.key]}" for subsumed, survivor in pairs]
