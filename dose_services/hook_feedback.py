"""
What somebody did about a card in the EHR: the justification that stands beside the order.

It comes at any time after the card and maybe more than once; the same is kept once. Nothing that was kept changes.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from db.mapping import storable
from db.repositories import hook_cards
from db.repositories.hook_cards import KnownFeedback
from db.session import Session
from dose_core.errors import DoseError
from dose_core.retention.wording import without_patient
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import patient_view
from dose_services.hook_values import CardKind, Feedback


class UnknownCardError(DoseError):
    """No card of this id was given to the EHR that speaks of it; nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Justification:
    """
    What somebody did about a card while they ordered: ``acting`` is who, as the EHR states it.

    ``outcome`` is ``accepted`` (they did without the order) or ``overridden``, then maybe with a reason and a comment,
    in which the patient's names and numbers are replaced.
    """

    card_id: UUID
    card: CardKind
    hook: str
    outcome: str
    reason_code: str | None
    reason_system: str | None
    reason_text: str | None
    comment: str | None
    ehr: str
    acting: str
    shown_at: datetime
    at: datetime


def keep(session: Session, told: Sequence[Feedback], *, client: str, looker: Looker, now: datetime) -> int:
    """
    Keep what an EHR tells of its cards and return how much of it is new. Safe to repeat.

    Raises:
        UnknownCardError: one of the cards was not given to this EHR; nothing of it all is kept.
    """
    cards = hook_cards.of_client(session, client, [one.card_id for one in told])
    if any(one.card_id not in cards for one in told):
        raise UnknownCardError("one of these cards was not given to you; nothing was kept")
    new = 0
    for one in told:
        card = cards[one.card_id]
        if hook_cards.add_feedback(session, _values(session, one, card.patient_id, now)):
            new += 1
            record_look(session, looker, Action.JUSTIFY_ORDER, now=now, patient_id=card.patient_id)
    return new


def of_order(session: Session, family: Collection[UUID], numbers: Sequence[str]) -> tuple[Justification, ...]:
    """Return what was done about the cards of an order that has one of these numbers, the oldest first."""
    if not family or not numbers:
        return ()
    found = hook_cards.feedback_of(session, sorted(family), numbers=numbers)
    return tuple(map(_justification, found))


def _values(session: Session, one: Feedback, patient_id: UUID, now: datetime) -> dict[str, object]:
    patient = patient_view(session, patient_id)
    names = (patient.name,) if patient and patient.name else ()
    numbers = tuple(identifier.value for identifier in patient.identifiers) if patient else ()
    reason = dict(storable(one.reason)) if one.reason else None
    said = json.dumps([one.outcome, reason, one.comment, sorted(one.accepted), one.at.isoformat()], ensure_ascii=False)
    return {
        "card_id": one.card_id,
        "outcome": one.outcome,
        "reason": reason,
        "comment": storable(without_patient(one.comment, names=names, numbers=numbers)),
        "outcome_at": one.at,
        "received_at": now,
        "digest": sha256(said.encode()).hexdigest(),
    }


def _justification(known: KnownFeedback) -> Justification:
    card, feedback = known.card, known.feedback
    reason = feedback.reason or {}
    return Justification(
        card_id=card.id,
        card=CardKind(card.kind),
        hook=card.hook,
        outcome=feedback.outcome,
        reason_code=reason.get("code"),
        reason_system=reason.get("system"),
        reason_text=reason.get("display"),
        comment=feedback.comment or None,
        ehr=card.client,
        acting=card.acting,
        shown_at=card.shown_at,
        at=feedback.outcome_at,
    )
