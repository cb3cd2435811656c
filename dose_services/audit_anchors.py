"""Anchors of the looks' chains: set each minute, and what is verified against them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import access_log
from db.session import Session, lock_key
from dose_core.auditing.anchors import Anchor, Head, digest_of_anchor
from dose_core.auditing.chain import NOTHING_BEFORE, digest_of
from dose_core.auditing.verify import UNCHAINED, Link, Verdict, verify

_ONE_AT_A_TIME = "access anchor"
_WITHIN = timedelta(days=1)  # before the last anchor: no unit of work lasts that long


def set_anchor(session: Session, *, now: datetime) -> Anchor | None:
    """Return the anchor that was set on what the chains have come to; ``None`` where none has grown."""
    lock_key(session, _ONE_AT_A_TIME)
    last = access_log.last_anchor(session)
    if last is None:
        heads = access_log.grown(session, since=None) | _before_chains(session)
    else:
        heads = access_log.grown(session, since=last.at - _WITHIN)
    if not heads:
        return None
    number, previous = (1, NOTHING_BEFORE) if last is None else (last.number + 1, last.digest)
    anchor = Anchor(number=number, at=now, heads=heads)
    anchor = Anchor(number=number, at=now, heads=heads, digest=digest_of_anchor(previous, anchor))
    access_log.add_anchor(session, anchor)
    return anchor


def verify_looks(session: Session) -> Verdict:
    """Return whether all looks and anchors are as they were recorded."""
    return verify(_links(session), access_log.anchors(session))


def has_digest(session: Session, digest: str) -> bool:
    """Tell whether an anchor has this digest, written in hexadecimal."""
    try:
        return access_log.has_digest(session, bytes.fromhex(digest))
    except ValueError:
        return False


def _links(session: Session) -> Iterator[Link]:
    yield from _unchained(session)
    for look, digest in access_log.linked(session):
        yield Link(chain=look["chain_id"], position=look["position"], look=look, digest=bytes(digest))


def _unchained(session: Session) -> Iterator[Link]:
    for position, look in enumerate(access_log.unchained(session), start=1):
        yield Link(chain=UNCHAINED, position=position, look=look, digest=None)


def _before_chains(session: Session) -> dict[UUID, Head]:
    digest, position = NOTHING_BEFORE, 0
    for link in _unchained(session):
        digest, position = digest_of(digest, link.look), link.position
    return {UNCHAINED: Head(position=position, digest=digest)} if position else {}
