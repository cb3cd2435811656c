"""``doseledger orders``: what was asked for, and what is missing; our ids alone, nobody is named."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from dose_core.orders.status import OrderStatus
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

if TYPE_CHECKING:
    from dose_services.order_views import OrderView


class Only(StrEnum):
    """Which orders; the same words as by REST."""

    ALL = "all"
    WITHOUT_DOSE = "without_dose"
    WITHOUT_MATCH = "without_match"


def list_orders(
    only: Annotated[Only, typer.Option(help="What is missing, or all.")] = Only.ALL,
    status: Annotated[OrderStatus | None, typer.Option(help="Those that stand so.")] = None,
    before: Annotated[UUID | None, typer.Option(help="The last order of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 50,
) -> None:
    """
    List orders, the newest known first: order, status, planned for, modalities, patient, exams by which rule, cause.

    Patients, orders and exams are our ids. Each look is on record, and orders of restricted patients are left out.
    """
    from dose_services import orders
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    with transaction(settings) as session:
        found = orders.list_orders(
            session,
            orders.Asked(only),
            status=status,
            before=before,
            limit=limit,
            looker=looker("orders"),
            site=site_of(settings),
            now=now(),
        )
    for order in found:
        typer.echo("\t".join(_told(order)))


def _told(order: "OrderView") -> tuple[str, ...]:
    modalities = sorted({one for procedure in order.procedures for one in procedure.modalities})
    exams = (f"{one.exam_id} ({one.rule}, {one.confidence})" for one in order.matches)
    planned = f"{order.planned_at:%Y-%m-%d %H:%M} UTC" if order.planned_at else ""
    return (
        str(order.id),
        order.status or "",
        planned,
        "/".join(modalities),
        str(order.patient.id) if order.patient else "",
        ", ".join(exams),
        order.without_dose or "",
    )
