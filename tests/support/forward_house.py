"""The way of forwarded dose SRs, with a clock that the test turns."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from db.repositories import forwarding as rows
from db.session import unit_of_work
from db.tables.finding import FindingRow
from dose_services import forwarding, forwarding_desk, forwarding_sending
from dose_services.audit import Looker, Via
from dose_services.finding_kinds import FindingKind
from dose_services.forwarding_desk import ForwardView
from dose_services.forwarding_values import FolderNode, ForwardNode, ForwardRule
from dose_worker.forward import forward
from tests.support.dose_house import DoseHouse

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OPERATOR = Looker(subject="console:test", user_id=None, via=Via.COMMAND, reference=None, route="test")
KINDS = (FindingKind.FORWARD_REFUSED, FindingKind.FORWARDING_WAITS)
KEY = b"a key of a test, thirty-two bytes and more"


@dataclass
class ForwardHouse:
    """A house that forwards into folders and archives, whose worker works when the test says so."""

    house: DoseHouse
    folder: Path
    site_key: bytes | None = field(default=KEY, repr=False)

    @property
    def now(self) -> datetime:
        """The time of the house."""
        return self.house.now

    def add(self, name: str = "registry", node: ForwardNode | None = None, rule: ForwardRule | None = None) -> None:
        """Make a destination known, a folder unless another is named."""
        with unit_of_work(self.house.engine) as session:
            forwarding_desk.add_destination(
                session,
                name,
                node or FolderNode(path=str(self.folder)),
                rule or ForwardRule(since=LONG_AGO),
                site_key=self.site_key,
                looker=OPERATOR,
                now=self.now,
            )

    def sweep(self) -> None:
        """Look for what is new."""
        with unit_of_work(self.house.engine) as session:
            forwarding.sweep(session, now=self.now)

    def work(self) -> int:
        """Look for what is new and hand it over, as the worker does; return how much was taken."""
        self.sweep()
        work = partial(unit_of_work, self.house.engine)
        done = 0
        with work() as session:
            due: list[UUID] = forwarding_sending.due(session, self.now)
        for destination_id in due:
            done += forward(
                work,
                lambda pacs: self.house.archives.get(pacs.name, self.house.archive),
                destination_id,
                site_key=self.site_key,
                clock=lambda: self.now,
            )
        return done

    def queue(self) -> list[ForwardView]:
        """Return all objects of the queue in their order."""
        with unit_of_work(self.house.engine) as session:
            return forwarding_desk.listed(session, limit=100)

    def states(self) -> list[str]:
        """Return what became of them."""
        return [one.state.value for one in self.queue()]

    def files(self) -> dict[str, bytes]:
        """Return what lies in the folder, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def findings(self) -> dict[str, str]:
        """Return the open findings about forwarding: kind and text."""
        with unit_of_work(self.house.engine) as session:
            query = select(FindingRow).where(FindingRow.resolved_at.is_(None), FindingRow.kind.in_(KINDS))
            return {row.kind: row.text for row in session.scalars(query)}

    def destination_id(self, name: str = "registry") -> UUID:
        """Return our id of a destination."""
        with unit_of_work(self.house.engine) as session:
            found = rows.destination_named(session, name)
            assert found is not None
            return found.id
