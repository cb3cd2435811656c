"""
Orders as people see them, and what people decide about an order and an exam.

A decision is a row that is only added, and is carried out before the answer goes out. It is undone by the contrary one,
or withdrawn, and then the rules decide again.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.repositories import exams as exam_rows
from db.repositories import order_lists, order_matches, orders
from db.repositories.order_lists import Listed
from db.session import Session
from dose_core.errors import DoseError
from dose_core.ledger.standing import Standing
from dose_core.orders.modality import IRRADIATING
from dose_core.orders.status import OrderStatus
from dose_services import order_matching, order_watch, reaching, restriction
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import patient_view
from dose_services.order_views import OrderView, views
from dose_services.restriction import RestrictedError
from dose_services.site import Site
from dose_services.viewing import RestrictedExamError, UnknownExamError

_NO_ORDER = "no order has this id"
_NO_EXAM = "no exam has this id"


class UnknownOrderError(DoseError):
    """No order has this id, or it is of a restricted patient; see ``GET /api/v1/orders``."""


class RestrictedOrderError(RestrictedError, UnknownOrderError):
    """The order is of a restricted patient: to the caller it is unknown."""


class MatchRefusedError(DoseError):
    """The decision does not fit the order or the exam as they stand; nothing was changed."""


class DecidedOfMatch(StrEnum):
    """What a person may decide about an order and an exam."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
    WITHDRAWN = "withdrawn"  # the rules decide again


class Asked(StrEnum):
    """Which orders are asked for."""

    ALL = "all"
    WITHOUT_DOSE = "without_dose"
    WITHOUT_MATCH = "without_match"


_ACTIONS = {
    DecidedOfMatch.MATCHED: Action.MATCH_ORDER,
    DecidedOfMatch.UNMATCHED: Action.UNMATCH_ORDER,
    DecidedOfMatch.WITHDRAWN: Action.WITHDRAW_MATCH,
}


def list_orders(
    session: Session,
    asked: Asked,
    *,
    status: OrderStatus | None,
    before: UUID | None,
    limit: int,
    looker: Looker,
    site: Site,
    now: datetime,
) -> list[OrderView]:
    """
    Return orders, the newest known first; ``before`` is the last one of the page before.

    Those of a restricted patient are left out, but by break-glass. Without match are those of the last ninety days
    that may irradiate.
    """
    missing = order_watch.missing(session, now=now, site=site) if asked is Asked.WITHOUT_DOSE else None
    wanted = Listed(
        status=status,
        ids=None if missing is None else list(missing),
        without_match_since=now - order_watch.LOOKED_BACK if asked is Asked.WITHOUT_MATCH else None,
        irradiating=IRRADIATING,
    )
    rows = order_lists.page(session, wanted, reach=looker.sight, before=before, limit=limit)
    if missing is None:
        missing = order_watch.missing(session, now=now, site=site, order_ids=[row.id for row in rows])
    # The query left out what is out of reach; only who broke the glass may have got more.
    known = None if looker.break_glass else False
    listed = views(session, rows, missing)
    found = [one for one in listed if _may_look(session, one, looker=looker, now=now, is_beyond=known)]
    for one in found:
        _record(session, looker, Action.READ_ORDERS, one, now=now)
    return found


def look_at_order(session: Session, order_id: UUID, *, looker: Looker, site: Site, now: datetime) -> OrderView:
    """
    Return one order.

    Raises:
        UnknownOrderError: no order has this id, or it is of a restricted patient; the text does not say which.
    """
    found = _known(session, order_id, looker=looker, site=site, now=now)
    _record(session, looker, Action.READ_ORDER, found, now=now)
    return found


def decide(
    session: Session,
    order_id: UUID,
    exam_id: UUID,
    kind: DecidedOfMatch,
    *,
    comment: str,
    looker: Looker,
    site: Site,
    now: datetime,
) -> OrderView:
    """
    Record a decision about an order and an exam, carry it out and return the order as it stands then. Safe to repeat.

    Raises:
        UnknownOrderError: no order has this id, or it is of a restricted patient.
        UnknownExamError: no exam has this id, or it is of a restricted patient.
        MatchRefusedError: something is withdrawn that nobody decided, or the time to keep the order is over.
    """
    order_matches.lock(session)
    before = _known(session, order_id, looker=looker, site=site, now=now)
    whose = _exam_patient(session, exam_id, looker=looker, now=now)
    row = orders.get(session, order_id)
    if row is None or row.expired_at is not None:
        raise MatchRefusedError("the time to keep this order is over; it stays as it stands")
    last = next((one for one in before.decisions if one.exam_id == exam_id), None)
    if kind is DecidedOfMatch.WITHDRAWN and last is None:
        raise MatchRefusedError("nobody decided anything about this order and this exam; there is nothing to withdraw")
    if last is None or last.kind != kind:
        order_matches.decide(
            session,
            order_id,
            exam_id,
            kind=kind,
            decided_by=looker.subject,
            decided_at=now,
            comment=comment,
        )
        order_matching.settle(session, order_id, now=now)
        for person in _people(before, whose):
            record_look(session, looker, _ACTIONS[kind], now=now, patient_id=person, exam_id=exam_id)
    return _view(session, order_id, site=site, now=now)


def _known(session: Session, order_id: UUID, *, looker: Looker, site: Site, now: datetime) -> OrderView:
    found = _view(session, order_id, site=site, now=now)
    if not _may_look(session, found, looker=looker, now=now):
        raise RestrictedOrderError(_NO_ORDER, may_break_glass=looker.may_break_glass)
    return found


def _view(session: Session, order_id: UUID, *, site: Site, now: datetime) -> OrderView:
    row = orders.get(session, order_id)
    if row is None:
        raise UnknownOrderError(_NO_ORDER)
    missing = order_watch.missing(session, now=now, site=site, order_ids=[order_id])
    return views(session, [row], missing)[0]


def _exam_patient(session: Session, exam_id: UUID, *, looker: Looker, now: datetime) -> UUID:
    known = exam_rows.get(session, exam_id)
    patient = patient_view(session, known.exam.patient_id) if known else None
    if known is None or patient is None or known.exam.state == Standing.VOID:
        raise UnknownExamError(_NO_EXAM)
    if not restriction.may_look(session, patient, looker=looker, now=now, exam_id=exam_id):
        raise RestrictedExamError(_NO_EXAM, may_break_glass=looker.may_break_glass)
    return patient.id


def _may_look(
    session: Session, order: OrderView, *, looker: Looker, now: datetime, is_beyond: bool | None = None
) -> bool:
    if not reaching.has_order(session, order.id, looker.sight if is_beyond is None else None):
        return False
    if is_beyond is None:
        is_beyond = not reaching.has_order(session, order.id, looker.reach)
    return order.patient is None or restriction.may_look(
        session, order.patient, looker=looker, now=now, is_beyond=is_beyond
    )


def _people(order: OrderView, exam_patient_id: UUID) -> Sequence[UUID]:
    return sorted({exam_patient_id, *([order.patient.id] if order.patient else [])})


def _record(session: Session, looker: Looker, action: Action, order: OrderView, *, now: datetime) -> None:
    record_look(session, looker, action, now=now, patient_id=order.patient.id if order.patient else None)
