"""Archives that get dose SRs of ours: which there are, and what each gets; each change is on record."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from db.repositories import pacs, patient_doses
from db.session import Session
from db.tables.pacs import PacsDestinationRow
from dose_core.writers.kinds import PATIENT_DOSE
from dose_services.archive_values import DicomNode, StowNode
from dose_services.audit import Action, Looker, record_look
from dose_services.pacs_values import (
    ORTHANC,
    Destination,
    OrthancNode,
    PacsRule,
    UnknownPacsError,
    UnusablePacsError,
    node_from,
    stored_node,
)


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


def add_pacs(
    session: Session, name: str, node: DicomNode | StowNode, rule: PacsRule, *, looker: Looker, now: datetime
) -> None:
    """
    Make an archive known that gets dose SRs, those of known exams too as far as its rule wants them.

    Raises:
        UnusablePacsError: there is one of this name, it has none, or there is no such kind.
    """
    rule.check()
    patient_doses.begin_change(session)
    if not name.strip() or destination_named(session, name) is not None:
        raise UnusablePacsError("name the archive as no other is named")
    _keep(session, Destination(name=name, node=node, rule=rule), now=now)
    if rule.gets(PATIENT_DOSE):
        patient_doses.mark_archive(session, name)
    record_look(session, looker, Action.CHANGE_PACS, now=now, reason=f"{name} gets dose SRs")


def set_rule(
    session: Session,
    name: str,
    *,
    kinds: tuple[str, ...] | None = None,
    gets_every_kind: bool = False,
    deletes: bool | None = None,
    looker: Looker,
    now: datetime,
) -> Destination:
    """
    Say which kinds an archive gets from now on, and if what is taken back is deleted there; ``None`` changes nothing.

    No kind at all is written ``()``, every kind ``gets_every_kind``. What an archive has stays there, also of a kind
    that it gets no more.

    Raises:
        UnknownPacsError: there is none of this name.
        UnusablePacsError: there is no such kind, or nothing can be deleted there.
    """
    patient_doses.begin_change(session)
    before = _known(session, name)
    if deletes and not isinstance(before.node, OrthancNode):
        raise UnusablePacsError("no DICOM service deletes: what is taken back is told by a rejection note")
    chosen = before.rule.kinds if kinds is None else kinds
    rule = replace(
        before.rule,
        kinds=None if gets_every_kind else chosen,
        deletes=before.rule.deletes if deletes is None else deletes,
    )
    if kinds is not None:
        rule.check()
    after = replace(before, rule=rule)
    _keep(session, after, now=now)
    if before.rule.gets(PATIENT_DOSE) != rule.gets(PATIENT_DOSE):
        patient_doses.mark_archive(session, name)
    reason = f"{name} gets {rule.told}; what is taken back is {'deleted' if after.deletes else 'told by a note'}"
    record_look(session, looker, Action.CHANGE_PACS, now=now, reason=reason)
    return after


def set_active(session: Session, name: str, *, is_active: bool, looker: Looker, now: datetime) -> None:
    """
    Let an archive rest, or go on; what is due for it waits meanwhile.

    Raises:
        UnknownPacsError: there is none of this name.
    """
    _keep(session, replace(_known(session, name), is_active=is_active), now=now)
    reason = f"{name} goes on" if is_active else f"{name} rests"
    record_look(session, looker, Action.CHANGE_PACS, now=now, reason=reason)


def _known(session: Session, name: str) -> Destination:
    pacs.lock(session, name)  # all of it is written back
    found = destination_named(session, name)
    if found is None:
        raise UnknownPacsError("no archive has this name")
    return found


def _keep(session: Session, one: Destination, *, now: datetime) -> None:
    row = pacs.named(session, one.name)
    if row is None:
        row = PacsDestinationRow(id=uuid4(), name=one.name, created_at=now)
        session.add(row)
    row.protocol, row.node, row.is_active, row.changed_at = one.protocol, stored_node(one.node), one.is_active, now
    row.kinds = None if one.rule.kinds is None else list(one.rule.kinds)
    row.sites, row.exams_since, row.deletes = list(one.rule.sites), one.rule.exams_since, one.rule.deletes
    session.flush()


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
        changed_at=row.changed_at,
    )
