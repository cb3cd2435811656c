"""Systems that get results of exams: made known, listed, put to rest; each change is on record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from db.repositories import outbound, queues
from db.session import Session
from db.tables.outbound import OutboundDestinationRow
from dose_core.hl7.telling import QueueState
from dose_services.audit import Action, Looker, record_look
from dose_services.outbound_sending import endpoint_of
from dose_services.outbound_values import (
    Endpoint,
    Form,
    Rule,
    UnknownDestinationError,
    UnusableDestinationError,
    form_from,
    stored_form,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationView:
    """A system that gets results; the numbers count its messages."""

    id: UUID
    name: str
    is_active: bool
    endpoint: Endpoint
    rule: Rule
    form: Form
    queued: int
    withheld: int
    parked: int
    sent: int


def add_destination(
    session: Session, name: str, endpoint: Endpoint, rule: Rule, form: Form, *, looker: Looker, now: datetime
) -> UUID:
    """
    Make a system known that gets results, those of known exams too as far as its rule wants them; return its id.

    Raises:
        UnusableDestinationError: there is one of this name, or it has none.
    """
    if not name.strip() or outbound.destination_named(session, name) is not None:
        raise UnusableDestinationError("name the destination as no other is named")
    row = OutboundDestinationRow(
        id=uuid4(),
        name=name,
        host=endpoint.host,
        port=endpoint.port,
        is_active=True,
        is_strict=rule.is_strict,
        modalities=list(rule.modalities),
        exams_since=rule.exams_since,
        quiet_s=rule.quiet_s,
        answer_timeout_s=endpoint.answer_timeout_s,
        uses_tls=endpoint.uses_tls,
        server_name=endpoint.server_name,
        ca_file=endpoint.ca_file,
        certificate_file=endpoint.certificate_file,
        key_file=endpoint.key_file,
        form=stored_form(form),
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbound.look_at_all(session, row.id, now=now)
    record_look(session, looker, Action.CHANGE_DESTINATION, now=now, reason=f"{name} gets results")
    return row.id


def set_active(session: Session, name: str, *, is_active: bool, looker: Looker, now: datetime) -> None:
    """
    Let a destination rest, or go on; what is due for it waits meanwhile.

    Raises:
        UnknownDestinationError: there is none of this name.
    """
    row = outbound.destination_named(session, name)
    if row is None:
        raise UnknownDestinationError("no destination has this name")
    row.is_active = is_active
    session.flush()
    reason = f"{name} goes on" if is_active else f"{name} rests"
    record_look(session, looker, Action.CHANGE_DESTINATION, now=now, reason=reason)


def change_form(session: Session, name: str, changes: Mapping[str, Any], *, looker: Looker, now: datetime) -> Form:
    """
    Let messages to a destination look otherwise from now on, and return how; what was sent stays as it is.

    ``changes`` are fields of ``Form``, those that are not named stay.

    Raises:
        UnknownDestinationError: there is none of this name.
        UnusableDestinationError, UnknownLanguageError, UnusableTemplateError: as ``Form`` does.
    """
    if not changes:
        raise UnusableDestinationError("name what is to be changed")
    row = outbound.destination_named(session, name)
    if row is None:
        raise UnknownDestinationError("no destination has this name")
    form = replace(form_from(row.form), **changes)
    row.form = stored_form(form)
    session.flush()
    reason = f"{name} gets results with another {', '.join(sorted(changes))}"
    record_look(session, looker, Action.CHANGE_DESTINATION, now=now, reason=reason)
    return form


def destinations(session: Session) -> list[DestinationView]:
    """Return all destinations by name."""
    counts = queues.counts(session, queues.MESSAGES)
    return [_destination(row, counts.get(row.id, {})) for row in outbound.destinations(session)]


def _destination(row: OutboundDestinationRow, counts: dict[str, int]) -> DestinationView:
    return DestinationView(
        id=row.id,
        name=row.name,
        is_active=row.is_active,
        endpoint=endpoint_of(row),
        rule=Rule(
            exams_since=row.exams_since,
            modalities=tuple(row.modalities),
            quiet_s=row.quiet_s,
            is_strict=row.is_strict,
        ),
        form=form_from(row.form),
        queued=counts.get(QueueState.QUEUED, 0),
        withheld=counts.get(QueueState.WITHHELD, 0),
        parked=counts.get(QueueState.PARKED, 0),
        sent=counts.get(QueueState.SENT, 0),
    )
