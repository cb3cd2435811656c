"""Orders of imaging: what was asked for, which exams were made for it, and what is missing."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.principals import DeciderDep
from api.deps import NowDep, SessionDep, SiteDep, UnitOfWorkDep
from api.schemas.orders import MatchIn, OrderOut, OrdersOut
from db.retry import in_unit_of_work
from dose_core.orders.status import OrderStatus
from dose_services import orders
from dose_services.orders import Asked, DecidedOfMatch

router = APIRouter(prefix="/api/v1/orders", tags=["orders"])


@router.get("", summary="Orders")
def read_orders(
    principal: DeciderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    only: Annotated[Asked, Query(description="what is missing, or all")] = Asked.ALL,
    status: Annotated[OrderStatus | None, Query(description="that stand so")] = None,
    before: Annotated[UUID | None, Query(description="the last order of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> OrdersOut:
    """
    Return orders, the newest known first; for physicists.

    Each look is on record for every patient who is named.
    """
    found = orders.list_orders(
        session, only, status=status, before=before, limit=limit, looker=principal.looker, site=site, now=now
    )
    return OrdersOut(orders=[OrderOut.model_validate(one) for one in found])


@router.get("/{order_id}", summary="One order")
def read_order(order_id: UUID, principal: DeciderDep, session: SessionDep, site: SiteDep, now: NowDep) -> OrderOut:
    """Return one order with its exams, and why it has no dose if it was completed without; for physicists."""
    return OrderOut.model_validate(orders.look_at_order(session, order_id, looker=principal.looker, site=site, now=now))


@router.post("/{order_id}/match", summary="The exam was made for this order")
def match_order(
    order_id: UUID, body: MatchIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> OrderOut:
    """Match an exam with an order, whatever the rules say; for physicists. Repeating it changes nothing."""
    return _decided(order_id, DecidedOfMatch.MATCHED, body, principal, unit_of_work, site, now)


@router.post("/{order_id}/unmatch", summary="The exam was not made for this order")
def unmatch_order(
    order_id: UUID, body: MatchIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> OrderOut:
    """Part an exam and an order, whatever the rules say; for physicists. Repeating it changes nothing."""
    return _decided(order_id, DecidedOfMatch.UNMATCHED, body, principal, unit_of_work, site, now)


@router.post("/{order_id}/withdraw", summary="The rules decide again")
def withdraw_match(
    order_id: UUID, body: MatchIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> OrderOut:
    """Take back what was decided about an exam and an order, so that the rules decide again; for physicists."""
    return _decided(order_id, DecidedOfMatch.WITHDRAWN, body, principal, unit_of_work, site, now)


def _decided(
    order_id: UUID,
    kind: DecidedOfMatch,
    body: MatchIn,
    principal: DeciderDep,
    unit_of_work: UnitOfWorkDep,
    site: SiteDep,
    now: NowDep,
) -> OrderOut:
    decide = partial(
        orders.decide,
        order_id=order_id,
        exam_id=body.exam_id,
        kind=kind,
        comment=body.comment,
        looker=principal.looker,
        site=site,
        now=now,
    )
    return OrderOut.model_validate(in_unit_of_work(unit_of_work, decide))
