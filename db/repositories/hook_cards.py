"""Queries on the cards that EHRs were given, and on what people did about them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db.prepared import Prepared
from db.session import Session
from db.tables.hook import HookCardRow, HookFeedbackRow

_GIVE = Prepared(
    "give_hook_cards",
    """
    INSERT INTO hook_card (id, kind, hook, hook_instance, client, acting, patient_id, exam_ids, order_numbers,
        suggestion_id, shown_at)
    SELECT c.id, c.kind, CAST(:hook AS text), CAST(:hook_instance AS uuid), CAST(:client AS text),
        CAST(:acting AS text), CAST(:patient_id AS uuid), c.exam_ids, c.order_numbers, c.suggestion_id,
        CAST(:now AS timestamptz)
    FROM jsonb_to_recordset(CAST(:cards AS jsonb)) AS c(id uuid, kind text, exam_ids uuid[], order_numbers text[],
        suggestion_id uuid)
    ON CONFLICT (id) DO NOTHING
    """,
)
_OPEN_FOLLOW_UPS = Prepared(
    "open_skin_follow_ups",
    """
    SELECT exam_id FROM finding
    WHERE exam_id = ANY(CAST(:exam_ids AS uuid[])) AND kind = :kind AND resolved_at IS NULL
    """,
)
_ADD = Prepared(
    "add_hook_feedback",
    """
    INSERT INTO hook_feedback (card_id, outcome, reason, comment, outcome_at, received_at, digest)
    VALUES (:card_id, :outcome, CAST(:reason AS jsonb), :comment, :outcome_at, :received_at, :digest)
    ON CONFLICT (card_id, digest) DO NOTHING RETURNING id
    """,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFeedback:
    """What somebody did about a card, with the card."""

    card: HookCardRow
    feedback: HookFeedbackRow


def give(session: Session, cards: Sequence[dict[str, Any]], call: dict[str, Any]) -> None:
    """Keep the cards of one call; one that was given already is left as it is. ``call`` holds what they share."""
    _GIVE.run(session, call | {"cards": json.dumps(cards, default=str)})


def open_follow_ups(session: Session, exam_ids: Sequence[UUID], *, kind: str) -> set[UUID]:
    """Return those of these exams about which a finding of this kind is open."""
    if not exam_ids:
        return set()
    found = _OPEN_FOLLOW_UPS.run(session, {"exam_ids": list(exam_ids), "kind": kind})
    return {row.exam_id for row in found}


def of_client(session: Session, client: str, ids: Sequence[UUID]) -> dict[UUID, HookCardRow]:
    """Return those of these cards that were given to an EHR."""
    query = select(HookCardRow).where(HookCardRow.id.in_(list(ids)), HookCardRow.client == client)
    return {row.id: row for row in session.scalars(query)}


def add_feedback(session: Session, values: dict[str, Any]) -> bool:
    """Keep what somebody did about a card; tell whether it is new. ``values`` are the columns, ``reason`` as a dict."""
    reason = None if values["reason"] is None else json.dumps(values["reason"])
    return _ADD.run(session, values | {"reason": reason}).one_or_none() is not None


def feedback_of(
    session: Session, patient_ids: Sequence[UUID], *, numbers: Sequence[str] | None = None
) -> list[KnownFeedback]:
    """
    Return what was done about cards of these patients, the oldest first.

    With ``numbers`` only about cards of orders that have one of them.
    """
    query = (
        select(HookCardRow, HookFeedbackRow)
        .join(HookFeedbackRow, HookFeedbackRow.card_id == HookCardRow.id)
        .where(HookCardRow.patient_id.in_(list(patient_ids)))
        .order_by(HookFeedbackRow.outcome_at, HookFeedbackRow.id)
    )
    if numbers is not None:
        query = query.where(HookCardRow.order_numbers.overlap(list(numbers)))
    return [KnownFeedback(card=card, feedback=feedback) for card, feedback in session.execute(query)]
