"""
Handing looks on to audit repositories: anchor by anchor, so that none is left out, and again if it is not sure.

A feed keeps how far it came. It is moved after a batch was taken, so that a batch whose answer was lost goes again: the
repository may get a look twice, and knows it by its id. Looks from before a feed was first asked for are not sent; they
can be exported (``doseledger audit export``).
"""

from dataclasses import dataclass
from typing import Any

from db.repositories import access_log, audit_feeds
from db.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Looks to be sent now, each with the columns of the access log, and how far the feed comes with them."""

    looks: tuple[dict[str, Any], ...]
    anchor: int
    sent: int


def next_batch(session: Session, name: str, *, limit: int) -> Batch | None:
    """Return what a feed sends next, ``None`` when all that was anchored is sent. Its first call begins it."""
    feed = audit_feeds.place(session, name)
    if feed is None:
        last = access_log.last_anchor(session)
        audit_feeds.begin(session, name, anchor=last.number if last else 0)
        return None
    anchor, sent = feed.anchor + 1, feed.sent
    if not audit_feeds.has_anchor(session, anchor):
        return None
    looks = tuple(audit_feeds.looks(session, anchor=anchor, sent=sent, limit=limit))
    if len(looks) < limit:
        return Batch(looks=looks, anchor=anchor, sent=0)
    return Batch(looks=looks, anchor=feed.anchor, sent=sent + len(looks))


def taken(session: Session, name: str, batch: Batch) -> None:
    """Note that the repository took a batch."""
    audit_feeds.move(session, name, anchor=batch.anchor, sent=batch.sent)
