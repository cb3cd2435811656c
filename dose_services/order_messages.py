"""
What messages say of orders: kept as it came, and added up anew to how the order stands.

So late and repeated messages come to the same end. Nothing here commits, and nothing looks for exams: that is the
worker's part (``dose_services.order_matching``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import orders, patients, stays
from db.session import Session
from db.tables.order import ImagingOrderRow
from dose_core.model import PatientStated
from dose_core.orders.order import Order, order_of
from dose_core.orders.said import Number, OrderSaid
from dose_core.orders.visits import Register, Stay, newest, stay_of
from dose_services import identity
from dose_services.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedOrder:
    """What a message says of one order, and of the patient whose it is."""

    said: OrderSaid
    person: PatientStated | None


def keep_orders(
    session: Session,
    stated: Sequence[StatedOrder],
    *,
    message_id: UUID,
    received_at: datetime,
    now: datetime,
    site: Site,
) -> None:
    """
    Keep what a message says of orders, and bring each up to date. Safe to repeat.

    A patient whom nobody knows is created as the message names them; what ADT messages say of them comes first.

    Raises:
        UnusableIdentifierError: an identifier of a patient is longer than any real one.
    """
    authority = site.default_authority
    # Held as a merge holds them, before any order: who is just being merged, or whose visit is just being moved, is
    # then known here, or the order there.
    named = [one.said.patient for one in stated if one.said.patient]
    patients.lock_identifiers(session, named)
    for person in dict.fromkeys(one.person for one in stated if one.person):
        identity.resolve_stated(session, person, study="", evidence_id=None, now=now, authority=authority)
    orders.lock_numbers(session, [each.value for one in stated for each in _numbers(one.said) if each])
    for number, one in enumerate(stated, start=1):
        order_id = _order_of(session, one.said, now=now)
        orders.add_statement(session, order_id, one.said, message_id=message_id, number=number, received_at=received_at)
        bring_up_to_date(session, order_id, due_at=now)


def bring_up_to_date(session: Session, order_id: UUID, *, due_at: datetime | None) -> None:
    """Write an order as all that was said of it adds up to; ``due_at`` has its exams looked for. Safe to repeat."""
    said = orders.statements_of(session, order_id)
    if not said:  # it has expired
        return
    order = order_of(said)
    named = patients.find_by_identifier(session, *order.patient) if order.patient else None
    stays_of_it = _stays(session, order)
    ours = {named.id, *patients.family_of(session, named.id)} if named else set()
    moves = [stay.move for stay in stays_of_it if stay.move and ours & stay.movers]
    move = newest(moves)
    movers = {who for stay in stays_of_it if stay.move in moves for who in stay.movers}
    orders.write(
        session,
        order_id,
        order,
        {
            "patient_id": move.to_patient_id if move else named.id if named else None,
            "whose": sorted(movers | ({named.id} if named else set())),
            "moved_by_id": move.message_id if move else None,
            "is_visit_deleted": any(stay.is_deleted for stay in stays_of_it),
            "due_at": due_at,
        },
    )


def _numbers(said: OrderSaid) -> tuple[Number | None, ...]:
    return said.placer, said.filler, said.visit, said.account


def _stays(session: Session, order: Order) -> list[Stay]:
    named = ((Register.VISIT, order.visit), (Register.ACCOUNT, order.account))
    return [stay_of(number, register, stays.about(session, register, number)) for register, number in named if number]


def _order_of(session: Session, said: OrderSaid, *, now: datetime) -> UUID:
    """Return the order that is meant, created if nobody knows it; several that prove to be one are joined."""
    placer, filler = said.placer, said.filler
    known = orders.numbered(session, placer.value if placer else None, filler.value if filler else None)
    same = [row.id for row in known if _is_same(row, said)]
    if not same:
        return orders.create(session, said, now=now)
    if same[1:]:
        orders.join(session, same[0], same[1:])
    return same[0]


def _is_same(row: ImagingOrderRow, said: OrderSaid) -> bool:
    known = (_number(row.placer_number, row.placer_issuer), _number(row.filler_number, row.filler_issuer))
    pairs = [(ours, theirs) for ours, theirs in zip(known, (said.placer, said.filler), strict=True) if ours and theirs]
    return bool(pairs) and all(ours.is_same(theirs) for ours, theirs in pairs)


def _number(value: str | None, issuer: str | None) -> Number | None:
    return Number(value=value, issuer=issuer or "") if value else None
