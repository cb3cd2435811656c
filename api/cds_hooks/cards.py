"""From advice to cards (CDS Hooks 2.0, Card Attributes), in the language of the site."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from api.cds_hooks.words import Words
from dose_services.hook_calls import Advice
from dose_services.hook_values import CardKind
from dose_services.prior_similar import PriorExam, day_of

MAX_SUMMARY = 139  # "<140-character summary"
REASON_SYSTEM = "urn:doseledger:cds-hooks:override-reason"
TOPIC_SYSTEM = "urn:doseledger:cds-hooks:topic"
_REASONS: Mapping[CardKind, tuple[str, ...]] = {
    CardKind.PRIOR_SIMILAR: ("question-is-new", "follow-up", "change", "prior-not-usable", "emergency", "other"),
    CardKind.RECENT: (),
    CardKind.PREGNANCY: ("pregnancy-excluded", "pregnancy-considered", "emergency", "other"),
    CardKind.SKIN_FOLLOW_UP: ("skin-seen", "skin-planned", "other"),
}
_MARKED = re.compile(r"([\\`*_{}\[\]()<>#+!|~-])")  # what GitHub Flavored Markdown reads as more than text


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How cards look: words, calendar of the site, our address, and that of our SMART launch where the EHR has one."""

    words: Words
    timezone: tzinfo
    address: str
    smart_launch_url: str | None


def cards_of(advice: Iterable[Advice], look: Look) -> dict[str, Any]:
    """Return the answer of a service; no advice is an answer without cards."""
    return {"cards": [_card(one, look) for one in advice]}


def _card(advice: Advice, look: Look) -> dict[str, Any]:
    summary, detail = _texts(advice, look)
    card: dict[str, Any] = {
        "uuid": str(advice.id),
        "summary": summary if len(summary) <= MAX_SUMMARY else summary[: MAX_SUMMARY - 1] + "…",
        "detail": detail,
        "indicator": "warning" if advice.is_warning else "info",
        "source": {
            "label": look.words.texts.label,
            "url": look.address,
            "topic": {"system": TOPIC_SYSTEM, "code": advice.kind.value, "display": advice.kind.value},
        },
    }
    if links := _links(advice, look):
        card["links"] = links
    if suggestions := _suggestions(advice, look.words):
        card |= {"suggestions": suggestions, "selectionBehavior": "at-most-one"}
    if reasons := _REASONS[advice.kind]:
        card["overrideReasons"] = [
            {"code": code, "system": REASON_SYSTEM, "display": look.words.reasons[code]} for code in reasons
        ]
    return card


def _texts(advice: Advice, look: Look) -> tuple[str, str]:
    words = look.words
    texts = words.texts
    if advice.pregnancy is not None:
        fact = advice.pregnancy
        by = texts.by[fact.by] if fact.by else ""
        on = words.day(fact.on) if fact.on else ""
        return texts.pregnancy[fact.state], texts.pregnancy_detail[fact.state].format(by=by, on=on)
    first = advice.exams[0]
    when = words.when(first.days_ago, day_of(first, look.timezone))
    named = _one_line(words.exam(first.modality, first.parts))
    if advice.kind is CardKind.SKIN_FOLLOW_UP:
        due = texts.skin_due.format(on=words.day(advice.due_on)) if advice.due_on else ""
        return texts.skin.format(exam=named, when=when).strip() + due, texts.skin_detail
    more = len(advice.exams) - 1
    summary = texts.and_more.format(exam=named, when=when, more=more) if more else f"{named} {when}".strip()
    intro = texts.prior_detail if advice.kind is CardKind.PRIOR_SIMILAR else texts.recent_detail
    return summary, "\n".join((intro, "", *(f"* {_line(exam, look)}" for exam in advice.exams)))


def _line(exam: PriorExam, look: Look) -> str:
    """Return an exam in a list: what, when, where, and under which number."""
    words = look.words
    day: date | None = day_of(exam, look.timezone)
    where = exam.institution or exam.site or exam.station_name
    told = [
        _plain(words.exam(exam.modality, exam.parts)),
        words.day(day) if day else "",
        words.texts.at.format(place=_plain(where)) if where else "",
        f"({_plain(exam.accession_number)})" if exam.accession_number else "",
    ]
    return " ".join(filter(None, told))


def _plain(text: str) -> str:
    """Return what an object states as nothing but text to who renders Markdown."""
    return _MARKED.sub(r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _links(advice: Advice, look: Look) -> list[dict[str, str]]:
    words = look.words
    links: list[dict[str, str]] = []
    for exam in advice.exams:
        named = " ".join(
            filter(
                None,
                (
                    _one_line(words.exam(exam.modality, exam.parts)),
                    words.when(exam.days_ago, day_of(exam, look.timezone)),
                ),
            )
        )
        for url, label in ((exam.images_url, words.texts.images), (exam.report_url, words.texts.report)):
            if url:
                links.append({"label": label.format(exam=named), "url": url, "type": "absolute"})
    if advice.exams and look.smart_launch_url:
        context = json.dumps({"study_instance_uid": advice.exams[0].study_instance_uid})
        smart = {"label": words.texts.history, "url": look.smart_launch_url, "type": "smart", "appContext": context}
        links.append(smart)
    return links


def _suggestions(advice: Advice, words: Words) -> list[dict[str, Any]]:
    if advice.suggestion_id is None:
        return []
    actions = [
        {"type": "delete", "description": words.texts.drop_action, "resourceId": order.reference}
        for order in advice.orders
        if order.reference
    ]
    return [{"label": words.texts.drop, "uuid": str(advice.suggestion_id), "isRecommended": False, "actions": actions}]
