"""Records of people between the tables and the facts: what the tables hold, and what facts change in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from db.repositories import desk, orders, outbound, people, stays
from db.repositories.people import KnownIdentifier, KnownPerson
from db.session import Session
from dose_core.identity.facts import DELETED, FIELDS, Key
from dose_core.identity.people import Owner, People, Person, Register, connected
from dose_services.identity_journal import Kind, record
from dose_services.identity_stated import refile_claimed
from dose_services.identity_values import Change

_STANDING = ("family_id", "merged_into_id", "merged_at", "is_stated")


def people_of(known: Sequence[KnownPerson], links: Iterable[tuple[UUID, UUID]]) -> People:
    """Return the records of which HL7 or a person told; what DICOM objects alone tell is no record."""
    homes = {one.id: one.home for one in known if one.is_stated and one.home is not None}
    standing = People()
    for row in known:
        home = homes.get(row.id)
        if home is None:
            continue
        into = homes.get(row.merged_into_id) if row.merged_into_id else None
        person = Person(home=home, merged_into=into, merged_at=row.merged_at if into else None)
        person.stated = {name: Register(value=_value(row, name), at=_time(at)) for name, at in row.stated.items()}
        standing.persons[home] = person
        for one in row.identifiers:
            if one.ended_at is None:
                standing.owners[one.value, one.authority] = Owner(
                    home=home, since=one.since, is_listed=one.is_listed, type=one.type, replaced_at=one.replaced_at
                )
    pairs = ((homes.get(one), homes.get(other)) for one, other in links)
    standing.links = {frozenset({one, other}) for one, other in pairs if one is not None and other is not None}
    return standing


def write(
    session: Session,
    known: Sequence[KnownPerson],
    standing: People,
    change: Change,
    *,
    decided: Collection[Key] = (),
) -> None:
    """
    Bring the tables to what stands now, journal each change, and have the exams filed anew that it concerns.

    Args:
        session: the unit of work.
        known: the rows that are concerned.
        standing: what stands now.
        change: what changed it.
        decided: identifiers of which all facts were taken anew: whose they are not there, they are nobody's.
    """
    rows = _Rows.of(known, standing)
    new = [home for home in standing.persons if home not in rows.by_home]
    people.create(
        session, [_columns(standing.persons[home], None, rows.ids[home]) | {"now": change.now} for home in new]
    )
    for home in new:
        after = _demographics(_columns(standing.persons[home], None, rows.ids[home]))
        record(session, Kind.CREATED, rows.ids[home], change, after=after)
    moved_from = _free_identifiers(session, rows, standing, decided, change)
    moved_from |= _write_identifiers(session, rows, standing, change)
    corrected = _write_people(session, rows, standing, change)
    _write_links(session, rows, standing, change)
    _refile(session, rows, moved_from | corrected, change)


def stands_as(person: Person, row: KnownPerson) -> tuple[str | None, date | None]:
    """Return the name and birth date of a record as they are in the tables once it was written."""
    columns = _columns(person, row, row.id)
    return columns["name"], columns["birth_date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows that there are, the ids of all that there will be by their homes, and what is to become of each id."""

    known: Sequence[KnownPerson]
    by_home: Mapping[Key, KnownPerson]
    ids: Mapping[Key, UUID]
    merged_into: Mapping[UUID, tuple[UUID | None, datetime | None]]
    links: frozenset[tuple[UUID, UUID]]
    family: Mapping[UUID, UUID]

    @staticmethod
    def of(known: Sequence[KnownPerson], standing: People) -> "_Rows":
        by_home = {one.home: one for one in known if one.home is not None}
        ids = {home: by_home[home].id if home in by_home else uuid4() for home in standing.persons}
        merged: dict[UUID, tuple[UUID | None, datetime | None]] = {}
        for one in known:
            # A record that turned out to be somebody else's identifier is found under them from now on.
            owner = standing.owners.get(one.home) if one.home is not None else None
            merged[one.id] = (ids[owner.home], owner.since) if owner else (None, None)
        for home, person in standing.persons.items():
            into = person.merged_into
            merged[ids[home]] = (ids[into], person.merged_at) if into is not None else (None, None)
        pairs = (sorted(ids[home] for home in link) for link in standing.links)
        links = frozenset((one, other) for one, other in pairs)
        groups = connected(merged, [*((one, into) for one, (into, _) in merged.items() if into is not None), *links])
        family = {one: min(group) for group in groups for one in group}
        return _Rows(known=known, by_home=by_home, ids=ids, merged_into=merged, links=links, family=family)


def _free_identifiers(
    session: Session, rows: _Rows, standing: People, decided: Collection[Key], change: Change
) -> set[UUID]:
    """End whose identifiers were that are nobody's as it turned out; return who had them."""
    lost = set()
    for row in rows.known:
        for one in row.identifiers:
            key = (one.value, one.authority)
            if one.ended_at is not None or key == row.home or key not in decided or key in standing.owners:
                continue
            people.end_identifiers(session, [{"id": one.id, "at": one.since}])
            record(session, Kind.IDENTIFIER_ENDED, row.id, change, before={"value": key[0], "authority": key[1]})
            lost.add(row.id)
            if key in rows.by_home:  # objects made them known under it before
                owner = Owner(home=key, since=one.since, is_listed=False, type=one.type)
                people.add_identifiers(
                    session, [_added(rows.by_home[key].id, key, owner, is_home=False, ended_at=None)]
                )
    return lost


def _write_identifiers(session: Session, rows: _Rows, standing: People, change: Change) -> set[UUID]:
    """Write whose each identifier is; return the records that lost one and live on."""
    current: dict[Key, tuple[KnownPerson, KnownIdentifier]] = {
        (one.value, one.authority): (row, one) for row in rows.known for one in row.identifiers if one.ended_at is None
    }
    ended, added, changed = [], [], []
    moved_from: set[UUID] = set()
    for key, owner in standing.owners.items():
        found, now = current.get(key), rows.ids[owner.home]
        after = {"value": key[0], "authority": key[1]}
        if found is not None and found[0].id == now:
            if _differs(found[1], owner):
                changed.append({"id": found[1].id, **_identifier(owner, found[1])})
            if owner.replaced_at is not None and found[1].replaced_at is None:
                record(session, Kind.IDENTIFIER_REPLACED, now, change, after=after)
            continue
        if found is not None:
            whose, identifier = found
            ended.append({"id": identifier.id, "at": owner.since})
            record(session, Kind.IDENTIFIER_MOVED, now, change, other_id=whose.id, after=after)
            if whose.home in standing.persons:
                moved_from.add(whose.id)
        else:
            record(session, Kind.IDENTIFIER_ADDED, now, change, after=after)
        is_home = key == owner.home and key not in rows.by_home
        added.append(_added(now, key, owner, is_home=is_home, ended_at=None))
    for home, id_ in rows.ids.items():
        if home not in rows.by_home and standing.owners[home].home != home:  # it was moved before anybody told of it
            owner = standing.owners[home]
            added.append(_added(id_, home, owner, is_home=True, ended_at=owner.since))
    people.end_identifiers(session, ended)
    people.change_identifiers(session, changed)
    people.add_identifiers(session, added)
    refile_claimed(session, [(one["value"], one["authority"]) for one in added], change)
    return moved_from


def _write_people(session: Session, rows: _Rows, standing: People, change: Change) -> set[UUID]:
    """Write the columns of each record, and return those whose demographics were corrected."""
    corrected: set[UUID] = set()
    by_id = {rows.ids[home]: person for home, person in standing.persons.items()}
    known = {one.id: one for one in rows.known}
    for id_, (into, merged_at) in rows.merged_into.items():
        row, person = known.get(id_), by_id.get(id_)
        before = _before(row) if row else {**_columns(by_id[id_], None, id_), "family_id": id_}
        after = before | (_columns(person, row, id_) if person else _untold(row))
        after |= {"merged_into_id": into, "merged_at": merged_at, "family_id": rows.family[id_]}
        if after == before:
            continue
        if any(after[name] != before[name] for name in _STANDING):
            people.change_standing(session, after)
        if any(after[name] != before[name] for name in after if name not in _STANDING):
            people.change_demographics(session, after)
        if _demographics(after) != _demographics(before):
            corrected.add(id_)
            record(session, Kind.DEMOGRAPHICS, id_, change, before=_demographics(before), after=_demographics(after))
        if into != before["merged_into_id"]:
            told = {"merged_into_id": str(into) if into else None}
            was = {"merged_into_id": str(before["merged_into_id"]) if before["merged_into_id"] else None}
            lives = Kind.SPLIT if change.by else Kind.SURVIVES_AGAIN
            other = into or before["merged_into_id"]
            record(session, Kind.MERGED if into else lives, id_, change, other_id=other, before=was, after=told)
        if (after["deleted_at"] is None) != (before["deleted_at"] is None):
            record(session, Kind.RESTORED if after["deleted_at"] is None else Kind.DELETED, id_, change)
    return corrected


def _write_links(session: Session, rows: _Rows, standing: People, change: Change) -> None:
    if not standing.links and all(one.family_id == one.id for one in rows.known):
        return
    before = set(people.links_among(session, list(rows.merged_into)))
    at = change.event_at or change.ordered_at
    for one, other in sorted(rows.links - before):
        record(session, Kind.LINKED, one, change, other_id=other)
    for one, other in sorted(before - rows.links):
        record(session, Kind.UNLINKED, one, change, other_id=other)
    people.link(session, sorted(rows.links - before), at=at)
    people.unlink(session, sorted(before - rows.links), at=at)


def _refile(session: Session, rows: _Rows, concerned: set[UUID], change: Change) -> None:
    families: dict[UUID, set[UUID]] = {}
    for one in rows.known:
        families.setdefault(one.family_id, set()).add(one.id)
    for members in families.values():
        if len({rows.family[one] for one in members}) > 1:  # what names both of two who are one no more is in doubt
            concerned |= members
    people.refile(session, list(concerned), now=change.now)
    is_joined = any(rows.family[one.id] != one.family_id for one in rows.known)
    if is_joined:
        # Objects of a held exam may name both; then they name one patient now.
        desk.refile_held(session, sorted(rows.merged_into), now=change.now)
        stays.wake_exams_of(session, sorted(rows.merged_into), now=change.now)  # they may be whose visit was moved
    if any(rows.merged_into[one.id][0] not in {None, one.merged_into_id} for one in rows.known):
        outbound.look_at_merged(session, sorted(rows.merged_into), now=change.now)
    whose_orders = concerned.union(rows.merged_into) if is_joined else concerned
    if whose_orders:
        orders.wake_of_patients(session, sorted(whose_orders), now=change.now)


def _columns(person: Person, row: KnownPerson | None, id_: UUID) -> dict[str, Any]:
    """Return the columns that facts decide; what was never stated stays what DICOM objects told."""
    values: dict[str, Any] = {"id": id_, "is_stated": True, "deleted_at": person.deleted_at}
    for name in FIELDS:
        if name in person.stated:
            value = person.value(name)
            values[name] = date.fromisoformat(value) if name == "birth_date" and value else value
        else:
            values[name] = None if row is None or name in row.stated else getattr(row, name)
    times = {name: register.at.isoformat() for name, register in person.stated.items()}
    values["stated"] = orjson.dumps(times, option=orjson.OPT_SORT_KEYS).decode()
    values["demographics_at"] = max((person.stated[name].at for name in FIELDS if name in person.stated), default=None)
    return values | {"merged_into_id": None, "merged_at": None}


def _untold(row: KnownPerson | None) -> dict[str, Any]:
    """Return the columns of a record of which no message tells any more; what objects told of it stays."""
    stated = row.stated if row else {}
    forgotten = {name: None for name in FIELDS if name in stated}
    return {"is_stated": False, "stated": "{}", "demographics_at": None, "deleted_at": None, **forgotten}


def _before(row: KnownPerson) -> dict[str, Any]:
    names = ("id", "family_id", "merged_into_id", "merged_at", "is_stated", "deleted_at", "demographics_at")
    stated = orjson.dumps(row.stated, option=orjson.OPT_SORT_KEYS).decode()
    return {name: getattr(row, name) for name in (*names, *FIELDS)} | {"stated": stated}


def _demographics(columns: Mapping[str, Any]) -> dict[str, Any]:
    birth_date = columns["birth_date"]
    return {"name": columns["name"], "birth_date": birth_date and birth_date.isoformat(), "sex": columns["sex"]}


def _value(row: KnownPerson, name: str) -> str | None:
    if name == DELETED:
        return "Y" if row.deleted_at else None
    value = getattr(row, name)
    return value.isoformat() if isinstance(value, date) else value


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _identifier(owner: Owner, known: KnownIdentifier | None) -> dict[str, Any]:
    return {
        "type": owner.type or (known.type if known else None),
        "since": owner.since,
        "replaced_at": owner.replaced_at,
        "is_listed": owner.is_listed,
    }


def _differs(known: KnownIdentifier, owner: Owner) -> bool:
    return any(getattr(known, name) != value for name, value in _identifier(owner, known).items())


def _added(patient_id: UUID, key: Key, owner: Owner, *, is_home: bool, ended_at: datetime | None) -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "value": key[0],
        "authority": key[1],
        "is_home": is_home,
        "ended_at": ended_at,
        **_identifier(owner, None),
    }
