"""Archives that get dose SRs of ours: which there are, and what each gets."""

from datetime import datetime

from db.repositories import pacs
from db.session import Session
from db.tables.pacs import PacsDestinationRow
from dose_services.pacs_values import ORTHANC, Destination, OrthancNode, PacsRule, node_from


def destinations(session: Session) -> list[Destination]:
    """
    Return all archives that get dose SRs, by name.

    The Orthanc that the worker's settings name is always one, and gets those of every kind until somebody says else.
    """
    found = [_destination(row) for row in pacs.destinations(session)]
    if any(one.name == ORTHANC for one in found):
        return found
    return sorted((_default(), *found), key=lambda one: one.name)


def destination_named(session: Session, name: str) -> Destination | None:
    """Return the archive of a name, ``None`` if there is none."""
    row = pacs.named(session, name)
    if row is not None:
        return _destination(row)
    return _default() if name == ORTHANC else None


def last_change(session: Session) -> datetime | None:
    """Return when what an archive gets was changed last, ``None`` if it never was."""
    return pacs.last_change(session)


def _default() -> Destination:
    return Destination(name=ORTHANC, node=OrthancNode(), rule=PacsRule())


def _destination(row: PacsDestinationRow) -> Destination:
    return Destination(
        name=row.name,
        node=node_from(row.protocol, row.node),
        rule=PacsRule(
            kinds=None if row.kinds is None else tuple(row.kinds),
            sites=tuple(row.sites),
            exams_since=row.exams_since,
            deletes=row.deletes,
        ),
        is_active=row.is_active,
    )
