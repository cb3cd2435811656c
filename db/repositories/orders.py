"""Queries on imaging orders: what was said of each, and how it stands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql

from db.mapping import storable
from db.prepared import Prepared
from db.sealed import new_key, seal, unseal
from db.session import Session, lock_key
from db.tables.order import ImagingOrderRow, OrderDecisionRow, OrderMatchRow, OrderProcedureRow, OrderStatementRow
from dose_core.model import Code
from dose_core.orders.order import Order
from dose_core.orders.said import Number, OrderSaid

_SAID: TypeAdapter[OrderSaid] = TypeAdapter(OrderSaid)


def lock_numbers(session: Session, numbers: Iterable[str]) -> None:
    """
    Let one transaction at a time find, create, join or move orders of these numbers, in an order that cannot deadlock.

    They are numbers of orders, visits and accounts alike.
    """
    for number in sorted(set(numbers)):
        lock_key(session, f"order {number}")


def numbered(session: Session, placer: str | None, filler: str | None) -> list[ImagingOrderRow]:
    """Return the orders that have one of these numbers, oldest first; their issuers are not looked at."""
    columns = ((ImagingOrderRow.placer_number, placer), (ImagingOrderRow.filler_number, filler))
    alike = or_(*(column == number for column, number in columns if number is not None))
    query = select(ImagingOrderRow).where(alike, ImagingOrderRow.joined_into_id.is_(None))
    return list(session.scalars(query.order_by(ImagingOrderRow.created_at, ImagingOrderRow.id)))


def get(session: Session, order_id: UUID) -> ImagingOrderRow | None:
    """Return one order as it stands; one that was joined into another is none any more."""
    row = session.get(ImagingOrderRow, order_id, populate_existing=True)
    return row if row is not None and row.joined_into_id is None else None


def create(session: Session, said: OrderSaid, *, now: datetime) -> UUID:
    """Return our id of a new order, of which nothing is written yet but when."""
    row = ImagingOrderRow(id=uuid4(), ordered_at=said.said_at, said_at=said.said_at, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def join(session: Session, into: UUID, others: Sequence[UUID]) -> None:
    """Make several orders one: what was said and decided of the others is said and decided of it."""
    session.execute(update(OrderStatementRow).where(OrderStatementRow.order_id.in_(others)).values(order_id=into))
    session.execute(update(OrderDecisionRow).where(OrderDecisionRow.order_id.in_(others)).values(order_id=into))
    session.execute(delete(OrderMatchRow).where(OrderMatchRow.order_id.in_(others)))
    session.execute(delete(OrderProcedureRow).where(OrderProcedureRow.order_id.in_(others)))
    rows = update(ImagingOrderRow).where(ImagingOrderRow.id.in_(others))
    session.execute(rows.values(joined_into_id=into, due_at=None))


def add_statement(
    session: Session, order_id: UUID, said: OrderSaid, *, message_id: UUID, number: int, received_at: datetime
) -> None:
    """Keep what a message says of an order, once."""
    key = new_key()
    values = {
        "id": uuid4(),
        "order_id": order_id,
        "hl7_message_id": message_id,
        "number": number,
        "said_at": said.said_at,
        "received_at": received_at,
        "content": seal(key, _SAID.dump_json(said, exclude_defaults=True)),
        "key": key,
    }
    session.execute(postgresql.insert(OrderStatementRow).values(values).on_conflict_do_nothing())


def statements_of(session: Session, order_id: UUID) -> list[OrderSaid]:
    """Return what was said of an order, as far as it is kept."""
    query = select(OrderStatementRow.content, OrderStatementRow.key).where(
        OrderStatementRow.order_id == order_id, OrderStatementRow.key.is_not(None)
    )
    return [_SAID.validate_json(unseal(row.key, row.content)) for row in session.execute(query)]


def write(session: Session, order_id: UUID, order: Order, values: dict[str, Any]) -> None:
    """Write an order as it stands; ``values`` are the columns that do not follow from what was said of it alone."""
    columns = {
        "status": order.status,
        "status_at": order.status_at,
        "ordered_at": order.ordered_at,
        "said_at": order.said_at,
        "planned_at": order.planned_at,
        "indication": order.indication,
        "referrer": order.referrer,
        "priority": order.priority,
        "section": order.section,
        **_number("placer", order.placer),
        **_number("filler", order.filler),
        **_number("visit", order.visit),
        **_number("account", order.account),
        **_code("procedure", order.procedure),
        **_code("reason", order.reason),
    }
    rows = update(ImagingOrderRow).where(ImagingOrderRow.id == order_id)
    session.execute(rows.values(storable(columns | values)), execution_options={"synchronize_session": False})
    session.execute(delete(OrderProcedureRow).where(OrderProcedureRow.order_id == order_id))
    procedures = [
        storable(
            {
                "order_id": order_id,
                "position": position,
                "study_instance_uid": one.study_instance_uid,
                "accession_number": one.accession.value if one.accession else None,
                "accession_issuer": one.accession.issuer if one.accession else None,
                "requested_procedure_id": one.requested_procedure_id,
                "step_ids": list(one.step_ids),
                "modalities": list(one.modalities),
                "station_ae_titles": list(one.station_ae_titles),
                "station_name": one.station_name,
                "location": one.location,
                **_code("protocol", one.protocol),
            }
        )
        for position, one in enumerate(order.procedures)
    ]
    if procedures:
        session.execute(insert(OrderProcedureRow), procedures)


def procedures_of(session: Session, order_ids: Sequence[UUID]) -> list[OrderProcedureRow]:
    """Return the requested procedures of these orders, in their order."""
    query = select(OrderProcedureRow).where(OrderProcedureRow.order_id.in_(order_ids))
    query = query.order_by(OrderProcedureRow.order_id, OrderProcedureRow.position)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def due(session: Session, *, limit: int) -> list[UUID]:
    """Return the orders whose exams are to be looked for anew, the longest due first."""
    query = select(ImagingOrderRow.id).where(ImagingOrderRow.due_at.is_not(None))
    return list(session.scalars(query.order_by(ImagingOrderRow.due_at, ImagingOrderRow.id).limit(limit)))


def take(session: Session, order_id: UUID) -> bool:
    """Note that an order is looked after now, and tell if it was due; it is due again if the transaction fails."""
    rows = update(ImagingOrderRow).where(ImagingOrderRow.id == order_id, ImagingOrderRow.due_at.is_not(None))
    return session.scalar(rows.values(due_at=None).returning(ImagingOrderRow.id)) is not None


def put_back(session: Session, order_id: UUID, *, now: datetime) -> None:
    """Have an order wait behind all others, since looking for its exams went wrong."""
    rows = update(ImagingOrderRow).where(ImagingOrderRow.id == order_id, ImagingOrderRow.due_at.is_not(None))
    session.execute(rows.values(due_at=now))


_WAKE_STAYS = text(
    """
    UPDATE imaging_order SET due_at = :now
    WHERE (visit_number = ANY(:visits) OR account_number = ANY(:accounts)) AND joined_into_id IS NULL
    """
)


def wake_of_stays(session: Session, *, visits: Sequence[str], accounts: Sequence[str], now: datetime) -> None:
    """Have the orders looked at anew that name one of these visits or accounts."""
    session.execute(_WAKE_STAYS, {"visits": list(visits), "accounts": list(accounts), "now": now})


_WAKE_PATIENTS = Prepared(
    "wake_orders_of_patients",
    """
    UPDATE imaging_order SET due_at = :now
    WHERE (whose && CAST(:patient_ids AS uuid[]) OR patient_id = ANY(CAST(:patient_ids AS uuid[])))
        AND joined_into_id IS NULL AND expired_at IS NULL
    """,
)


def wake_of_patients(session: Session, patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have the orders of these patients looked at anew, since it changed who is who."""
    _WAKE_PATIENTS.run_later(session, {"patient_ids": list(patient_ids), "now": now})


def _number(name: str, number: Number | None) -> dict[str, str | None]:
    value, issuer = (number.value, number.issuer) if number else (None, None)
    return {f"{name}_number": value, f"{name}_issuer": issuer}


def _code(name: str, code: Code | None) -> dict[str, str | None]:
    value, scheme, text = (code.value or None, code.scheme or None, code.meaning) if code else (None, None, None)
    return {f"{name}_code": value, f"{name}_scheme": scheme, f"{name}_text": text}
