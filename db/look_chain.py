"""
How looks come into the access log: at the end of their unit of work, as the next links of this process's chain.

Each process has a chain of its own (``dose_core.auditing.chain``), so that processes do not wait for each other. Within
one, what looks is committed one after the other, so that a chain has neither gaps nor branches: a look that was rolled
back has left no place. The log refers to nothing by a foreign key, since who holds the chain must not wait for anybody
who may wait for the chain.
"""

import os
import threading
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from db.outage import DatabaseError, Outage, outage_of
from db.prepared import Prepared
from dose_core.auditing.chain import NOTHING_BEFORE, digest_of
from dose_core.errors import DoseError

_WAITING = "looks"  # in what SQLAlchemy keeps beside a session
ASKED_FROM = "asked from"  # likewise
_ADD = Prepared(
    "record_look",
    """
    INSERT INTO access_log (id, at, subject, user_id, action, patient_id, exam_id, route, via, reference, reason,
        asked_from, outcome, chain_id, position, digest)
    VALUES (:id, :at, :subject, :user_id, :action, :patient_id, :exam_id, :route, :via, :reference, :reason,
        :asked_from, :outcome, :chain_id, :position, :digest)
    """,
)


class LookNotRecordedError(DoseError):
    """A look could not be put on record, so that nothing was shown and nothing was changed; try again later."""


class _Chain:
    """The chain of this process in one database: its last link, and the lock of who adds the next."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.begin()

    def begin(self) -> None:
        """Begin another one: what came of the last link is not known."""
        self.id: UUID = uuid4()
        self.position, self.digest = 0, NOTHING_BEFORE


_chains: WeakKeyDictionary[Engine | Connection, _Chain] = WeakKeyDictionary()
os.register_at_fork(after_in_child=_chains.clear)  # a child has neither our locks nor our places


def wait(session: Session, look: dict[str, Any]) -> None:
    """Have a look recorded when this unit of work ends; without it nothing of it is committed."""
    asked_from = session.info.get(ASKED_FROM)
    session.info.setdefault(_WAITING, []).append({**look, "id": uuid4(), "asked_from": asked_from})


def waiting(session: Session) -> list[dict[str, Any]]:
    """Return the looks of this unit of work, which are recorded when it ends."""
    return list(session.info.get(_WAITING, ()))


class Sealing:
    """Around a unit of work: ``seal`` as its last statement, and the chain goes on when it was committed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chain: _Chain | None = None  # while we hold it
        self._position, self._digest = 0, NOTHING_BEFORE

    def __enter__(self) -> Self:
        return self

    def seal(self) -> None:
        """Write the looks that wait, with the commit that follows."""
        looks = self._session.info.pop(_WAITING, None)
        if not looks:
            return
        # All else first, a connection too: who holds the chain waits for nobody who may wait for the chain.
        self._session.flush()
        _ADD.make_ready(self._session)
        chain = _chains.get(self._session.get_bind()) or _chains.setdefault(self._session.get_bind(), _Chain())
        chain.lock.acquire()
        self._chain, self._position, self._digest = chain, chain.position, chain.digest
        for look in looks:
            self._position += 1
            linked = {**look, "chain_id": chain.id, "position": self._position}
            self._digest = digest_of(self._digest, linked)
            _ADD.run_later(self._session, {**linked, "digest": self._digest})

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        chain, self._chain = self._chain, None
        if chain is None:
            return
        if error is None:
            chain.position, chain.digest = self._position, self._digest
        else:
            chain.begin()
        chain.lock.release()
        if isinstance(error, DatabaseError) and outage_of(error) in {None, Outage.FULL}:
            raise LookNotRecordedError(
                "this could not be put on record, so it was not done; the administrator finds the cause in the log"
            ) from error
