"""
Who gets forwarded dose SRs, their queue, and what people do about it; each change is on record.

Who sees the queue sees no patient: states, numbers, our ids.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from db.reaching import Reach
from db.repositories import forwarding, queues
from db.session import Session
from db.tables.forwarding import ForwardDestinationRow, ForwardRow
from dose_services import pacs_destinations, reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.forwarding_sending import calm, settle
from dose_services.forwarding_values import (
    ForwardDestination,
    ForwardNode,
    ForwardNotMovableError,
    ForwardRule,
    ForwardState,
    ListedPacs,
    UnknownForwardError,
    UnusableForwardError,
    check_of,
    key_for,
    node_of,
    protocol_of,
    rule_of,
    stored_node,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardView:
    """One object for one destination; no patient data. ``sent_as`` is its UID there."""

    number: int
    destination: str
    exam_id: UUID
    evidence_id: UUID
    state: ForwardState
    attempts: int
    problem: str | None
    sent_as: str | None
    created_at: datetime
    ended_at: datetime | None


def destinations(session: Session) -> list[ForwardDestination]:
    """Return all destinations by name, with the lengths of their queues."""
    counts = queues.counts(session, queues.FORWARDS)
    return [_destination(row, counts.get(row.id, {})) for row in forwarding.destinations(session)]


def add_destination(
    session: Session,
    name: str,
    node: ForwardNode,
    rule: ForwardRule,
    *,
    site_key: bytes | None,
    checks_key: bool = True,
    looker: Looker,
    now: datetime,
) -> None:
    """
    Make a destination known that gets dose SRs, those known already too as far as its rule wants them.

    Without ``checks_key`` the key is that of the worker when it first hands an object over.

    Raises:
        UnusableForwardError: there is one of this name, or it has none; the archive that it names is not listed; it
            shall get identified objects and is none of the site's archives.
        NoForwardingKeyError: it shall get de-identified objects, and the site has no key.
    """
    if not name.strip() or forwarding.destination_named(session, name) is not None:
        raise UnusableForwardError("name the destination as no other is named")
    if isinstance(node, ListedPacs) and pacs_destinations.destination_named(session, node.name) is None:
        raise UnusableForwardError("no archive of this name is listed; `doseledger pacs list` lists them")
    if rule.is_identified and not isinstance(node, ListedPacs):
        raise UnusableForwardError("identified objects go to listed archives of the site alone")
    key_check = check_of(key_for(site_key, name)) if checks_key and not rule.is_identified else None
    session.add(
        ForwardDestinationRow(
            id=uuid4(),
            name=name,
            protocol=protocol_of(node),
            pacs=node.name if isinstance(node, ListedPacs) else None,
            node=stored_node(node),
            is_active=True,
            is_identified=rule.is_identified,
            modalities=list(rule.modalities),
            device_ids=list(rule.device_ids),
            reports=rule.reports,
            since=rule.since,
            keeps_characteristics=rule.keeps_characteristics,
            keeps_device=rule.keeps_device,
            released_texts=list(rule.released_texts),
            key_check=key_check,
            swept_until=rule.since,
            failures=0,
            created_at=now,
            changed_at=now,
        )
    )
    session.flush()
    what = "identified dose SRs" if rule.is_identified else "de-identified dose SRs"
    record_look(session, looker, Action.CHANGE_FORWARDING, now=now, reason=f"{name} gets {what}")


def set_active(session: Session, name: str, *, is_active: bool, looker: Looker, now: datetime) -> None:
    """
    Let a destination rest, or go on; what is for it waits meanwhile.

    Raises:
        UnknownForwardError: there is none of this name.
    """
    row = _named(session, name)
    row.is_active, row.changed_at = is_active, now
    calm(session, row, now=now)
    reason = f"{name} goes on" if is_active else f"{name} rests"
    record_look(session, looker, Action.CHANGE_FORWARDING, now=now, reason=reason)


def release_texts(session: Session, name: str, texts: tuple[str, ...], *, looker: Looker, now: datetime) -> None:
    """
    Let these texts stay, to the letter, in what a destination gets from now on.

    Raises:
        UnknownForwardError: there is none of this name.
    """
    row = _named(session, name)
    row.released_texts = sorted({*row.released_texts, *(one.strip() for one in texts if one.strip())})
    row.changed_at = now
    session.flush()
    reason = f"{name} may be told {len(row.released_texts)} texts as they are"
    record_look(session, looker, Action.CHANGE_FORWARDING, now=now, reason=reason)


def rekey(session: Session, name: str, *, site_key: bytes | None, looker: Looker, now: datetime) -> None:
    """
    Say that the key was changed: from now on pseudonyms, UIDs and dates are others than before.

    Raises:
        UnknownForwardError: there is none of this name.
        NoForwardingKeyError: the site has no key.
    """
    row = _named(session, name)
    row.key_check, row.changed_at = check_of(key_for(site_key, name)), now
    calm(session, row, now=now)
    record_look(session, looker, Action.CHANGE_FORWARDING, now=now, reason=f"{name} is served under another key")


def listed(
    session: Session,
    *,
    destination: str | None = None,
    states: tuple[ForwardState, ...] = (),
    exam_id: UUID | None = None,
    after: int = 0,
    limit: int,
    reach: Reach | None = None,
) -> list[ForwardView]:
    """
    Return queued objects of exams in reach in their order; ``after`` is the number of the last one of the page before.

    Raises:
        UnknownForwardError: there is no destination of this name.
    """
    destination_id = _named(session, destination).id if destination is not None else None
    rows = queues.page(
        session,
        queues.FORWARDS,
        destination_id=destination_id,
        states=states,
        exam_id=exam_id,
        after=after,
        limit=limit,
        reach=reach,
    )
    return [_view(row, name) for row, name in rows]


def send_again(session: Session, number: int, *, looker: Looker, now: datetime) -> ForwardView:
    """
    Have a parked object tried again, or one that waits tried now. Repeating it changes nothing.

    Raises:
        UnknownForwardError: no object has this number.
        ForwardNotMovableError: it was sent or cancelled, or is withheld.
    """
    row = _locked(session, number, looker)
    if row.state not in {"parked", "waiting"}:
        msg = f"the object is {row.state}"
        raise ForwardNotMovableError(msg)
    row.state, row.ended_at = "waiting", None
    destination = forwarding.lock_destination(session, row.destination_id)
    if destination is not None:
        destination.waits_until = None
    return _moved(session, row, Action.RETRY_FORWARD, looker=looker, now=now)


def cancel(session: Session, number: int, *, looker: Looker, now: datetime) -> ForwardView:
    """
    Give an object up that was not sent. Repeating it changes nothing.

    Raises:
        UnknownForwardError: no object has this number.
        ForwardNotMovableError: it was sent.
    """
    row = _locked(session, number, looker)
    if row.state == "sent":
        raise ForwardNotMovableError("the object was sent")
    if row.state != "cancelled":
        row.state, row.ended_at, row.problem = "cancelled", now, row.problem or "a person gave it up"
        session.flush()
        destination = forwarding.lock_destination(session, row.destination_id)
        if destination is not None and not forwarding.has_waiting(session, destination.id):
            calm(session, destination, now=now)
    return _moved(session, row, Action.CANCEL_FORWARD, looker=looker, now=now)


def _moved(session: Session, row: ForwardRow, action: Action, *, looker: Looker, now: datetime) -> ForwardView:
    session.flush()
    settle(session, row.exam_id, now=now)
    reason = f"object {row.number} of the forwarding queue"
    record_look(session, looker, action, now=now, exam_id=row.exam_id, reason=reason)
    ((found, name),) = queues.page(
        session,
        queues.FORWARDS,
        destination_id=None,
        states=(),
        exam_id=None,
        after=row.number - 1,
        limit=1,
    )
    return _view(found, name)


def _named(session: Session, name: str) -> ForwardDestinationRow:
    found = forwarding.destination_named(session, name)
    row = forwarding.lock_destination(session, found.id) if found is not None else None
    if row is None:
        raise UnknownForwardError("no destination has this name")
    return row


def _locked(session: Session, number: int, looker: Looker) -> ForwardRow:
    row = forwarding.lock(session, number)
    if row is None or not reaching.has_exam(session, row.exam_id, looker.reach):
        raise UnknownForwardError("no object of the queue has this number")
    return row


def _destination(row: ForwardDestinationRow, counts: dict[str, int]) -> ForwardDestination:
    return ForwardDestination(
        name=row.name,
        node=node_of(row),
        rule=rule_of(row),
        is_active=row.is_active,
        problem=row.problem,
        changed_at=row.changed_at,
        counts={state: counts.get(state, 0) for state in ForwardState},
    )


def _view(row: ForwardRow, destination: str) -> ForwardView:
    return ForwardView(
        number=row.number,
        destination=destination,
        exam_id=row.exam_id,
        evidence_id=row.evidence_id,
        state=ForwardState(row.state),
        attempts=row.attempts,
        problem=row.problem,
        sent_as=row.sent_as,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
