"""
What an EHR is advised while somebody looks at a patient or orders an exam.

A prior similar exam comes first, then a pregnancy, then a look at the skin that is due. Nothing of it is critical, and
nothing adds up doses: what was irradiated before is no reason against an exam that is needed. About whoever is unknown,
restricted or out of reach there is the same answer: none.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from db.repositories import hook_cards
from db.session import Session
from dose_core.estimating.skin_follow_up import FOLLOW_UP_DAYS
from dose_core.orders.likeness import Likeness
from dose_core.orders.procedures import Procedure
from dose_services import pregnancy_enquiry, prior_similar, viewing
from dose_services.audit import Action, Looker
from dose_services.exams import PatientHistory, PatientView
from dose_services.finding_kinds import FindingKind
from dose_services.hook_calls import Advice, Call, DraftOrder, Hook, Rules
from dose_services.hook_values import CardKind
from dose_services.launch import UnknownPatientError
from dose_services.prior_similar import KnownExam, PriorExam, Shown

# Ours: within a month the question of an order is often the one that the last exam answered.
RECENT: Final = timedelta(days=30)
_SHOWN = 3  # exams on a card
_NAMESPACE = UUID("6f3c1d5e-6f0e-5b3a-9d0b-5b8f0a7c2e11")  # of the ids of our cards


def advise(session: Session, call: Call, *, rules: Rules, looker: Looker, now: datetime) -> tuple[Advice, ...]:
    """
    Return the advice about a call, in the order in which it is to be shown, and keep that it was given.

    There is none if the identifiers lead to nobody, or to more than one person, or if that person is restricted or out
    of the caller's reach.
    """
    history = _history(session, call, looker=looker, now=now)
    if history is None:
        return ()
    exams = prior_similar.known(session, history.exams)
    shown = Shown(links=rules.links, timezone=rules.timezone, now=now)
    asked = _by_procedure(call.orders)
    given: list[Advice] = []
    if call.hook is Hook.PATIENT_VIEW:
        given += _recent(exams, shown)
    for procedure, orders in asked.items():
        given += _prior(exams, procedure, orders, shown, rules)
    if asked:
        given += _pregnancy(session, call, history.patient, exams, asked, rules=rules, now=now)
    if asked or call.hook is Hook.PATIENT_VIEW:
        given += _skin(session, exams, shown)
    named = tuple(_named(one, call, history.patient.id, tuple(asked)) for one in given)
    if named:
        shared = {"hook": call.hook, "hook_instance": call.instance, "client": call.client, "acting": call.acting}
        hook_cards.give(session, list(map(_row, named)), shared | {"patient_id": history.patient.id, "now": now})
    return named


def _history(session: Session, call: Call, *, looker: Looker, now: datetime) -> PatientHistory | None:
    found = viewing.search_patients(session, call.patient.identifiers, looker=looker, now=now)
    if len(found) != 1:
        return None
    try:
        return viewing.look_at_history(session, found[0].id, looker=looker, now=now, action=Action.READ_PRIOR_SIMILAR)
    except UnknownPatientError:
        return None


def _by_procedure(orders: Sequence[DraftOrder]) -> dict[Procedure, list[DraftOrder]]:
    """Return the orders by what they ask for, as far as that is known."""
    asked: dict[Procedure, list[DraftOrder]] = {}
    for order in orders:
        if order.procedure is not None:
            asked.setdefault(order.procedure, []).append(order)
    return asked


def _recent(exams: Sequence[KnownExam], shown: Shown) -> list[Advice]:
    found = prior_similar.recent(exams, shown=shown, within=RECENT)[:_SHOWN]
    return [_advice(CardKind.RECENT, exams=found)] if found else []


def _prior(
    exams: Sequence[KnownExam], procedure: Procedure, orders: Sequence[DraftOrder], shown: Shown, rules: Rules
) -> list[Advice]:
    found = prior_similar.similar(exams, procedure, shown=shown, within=rules.prior_within)[:_SHOWN]
    if not found:
        return []
    is_recent = any(_answers(one, shown.now) for one in found)
    return [_advice(CardKind.PRIOR_SIMILAR, is_warning=is_recent, exams=found, orders=tuple(orders))]


def _answers(exam: PriorExam, now: datetime) -> bool:
    """Tell if an exam may have answered already what is asked now."""
    return (
        exam.likeness in {Likeness.SAME, Likeness.COVERS}
        and exam.started_at is not None
        and now - exam.started_at <= RECENT
    )


def _pregnancy(
    session: Session,
    call: Call,
    patient: PatientView,
    exams: Sequence[KnownExam],
    asked: dict[Procedure, list[DraftOrder]],
    *,
    rules: Rules,
    now: datetime,
) -> list[Advice]:
    found = pregnancy_enquiry.fact(
        session,
        patient,
        [exam for exam, _ in exams],
        stated=call.patient,
        procedures=asked,
        rules=rules,
        now=now,
    )
    orders = tuple(order for of_one in asked.values() for order in of_one)
    is_stated = found is not None and found.by is not None
    return [_advice(CardKind.PREGNANCY, is_warning=is_stated, orders=orders, pregnancy=found)] if found else []


def _skin(session: Session, exams: Sequence[KnownExam], shown: Shown) -> list[Advice]:
    kind = FindingKind.SKIN_FOLLOW_UP_DUE
    due = hook_cards.open_follow_ups(session, [exam.id for exam, _ in exams], kind=kind)
    found = [(exam, of) for exam, of in exams if exam.id in due]
    made: list[Advice] = []
    for exam, of in found[:_SHOWN]:
        day = prior_similar.day_of(exam, shown.timezone)
        due_on = day + timedelta(days=FOLLOW_UP_DAYS) if day else None
        prior = prior_similar.prior(exam, of, None, shown=shown)
        made.append(_advice(CardKind.SKIN_FOLLOW_UP, is_warning=True, exams=(prior,), due_on=due_on))
    return made


def _advice(kind: CardKind, *, is_warning: bool = False, **of: Any) -> Advice:  # noqa: ANN401 - fields of Advice
    return Advice(id=_NAMESPACE, kind=kind, is_warning=is_warning, **of)


def _named(advice: Advice, call: Call, patient_id: UUID, asked: Sequence[Procedure]) -> Advice:
    """Return it with its id, which follows from the call: whoever asks again gets the same card."""
    about = sorted(order.reference or " ".join(order.numbers) for order in advice.orders)
    if advice.kind is CardKind.SKIN_FOLLOW_UP:
        about = [str(exam.exam_id) for exam in advice.exams]
    elif advice.kind is CardKind.PRIOR_SIMILAR:  # one for each procedure; its orders may have no name
        about.append(str(next(place for place, one in enumerate(asked) if one == advice.orders[0].procedure)))
    name = "\n".join((call.client, str(call.instance), call.hook, str(patient_id), advice.kind, *about))
    card_id = uuid5(_NAMESPACE, name)
    can_drop = advice.kind is CardKind.PRIOR_SIMILAR and any(order.reference for order in advice.orders)
    return replace(advice, id=card_id, suggestion_id=uuid5(card_id, "do without the order") if can_drop else None)


def _row(advice: Advice) -> dict[str, Any]:
    return {
        "id": advice.id,
        "kind": advice.kind,
        "exam_ids": [str(exam.exam_id) for exam in advice.exams],
        "order_numbers": sorted({number for order in advice.orders for number in order.numbers}),
        "suggestion_id": advice.suggestion_id,
    }
