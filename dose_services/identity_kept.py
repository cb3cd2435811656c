"""Facts about who is who as they are kept: as JSON, found by the identifiers of which they speak."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from db.mapping import storable
from db.repositories.identity_facts import FactKey, KeptFact
from dose_core.identity.facts import Fact, Identifier, Kind


def packed(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Return the facts of one message as JSON; what they do not state is absent."""
    return [storable(_packed(fact)) for fact in facts]


def _packed(fact: Fact) -> dict[str, Any]:
    values: dict[str, Any] = {
        "kind": fact.kind.value,
        "who": list(map(list, fact.who)),
        "others": list(map(list, fact.others)),
        "stated": dict(fact.stated),
        "stated_at": fact.stated_at.isoformat() if fact.stated_at else None,
        "others_stated": dict(fact.others_stated),
        "is_by_home": fact.is_by_home,
        "redirects": fact.redirects,
        "merged_into": list(fact.merged_into) if fact.merged_into else None,
    }
    return {name: value for name, value in values.items() if value}


def unpacked(kept: KeptFact) -> list[Fact]:
    """Return what was kept."""
    return [_unpacked(one, kept.at, kept.number) for one in kept.content]


def _unpacked(one: dict[str, Any], at: datetime, number: int) -> Fact:
    into = one.get("merged_into")
    return Fact(
        kind=Kind(one["kind"]),
        at=at,
        number=number,
        who=tuple(Identifier(*identifier) for identifier in one["who"]),
        others=tuple(Identifier(*identifier) for identifier in one.get("others", ())),
        stated=one.get("stated", {}),
        stated_at=datetime.fromisoformat(one["stated_at"]) if "stated_at" in one else None,
        others_stated=one.get("others_stated", {}),
        is_by_home=one.get("is_by_home", False),
        redirects=one.get("redirects", False),
        merged_into=(into[0], into[1]) if into else None,
    )


def keys_of(facts: Iterable[Fact]) -> list[FactKey]:
    """Return the identifiers under which facts are found; what one names and another lists is named."""
    found: dict[tuple[str, str], FactKey] = {}
    for fact in facts:
        is_structural = fact.kind is not Kind.UPDATE
        for keys, is_named in ((fact.named, True), (fact.listed, False)):
            for value, authority in sorted(keys):
                known = found.get((value, authority))
                found[value, authority] = FactKey(
                    value=value,
                    authority=authority,
                    is_named=is_named or bool(known and known.is_named),
                    is_structural=is_structural or bool(known and known.is_structural),
                )
    return list(found.values())
