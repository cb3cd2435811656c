"""The page of one exam: its totals beside what was not chosen, its estimates, and its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.dose_words import Dose, dose, headlines
from api.web.estimate_rows import estimate_block
from api.web.event_tables import event_tables
from api.web.history_page import banner, line
from api.web.pages import render
from api.web.shown import ShownNumber, shown, value_page
from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.totals import Rival, Total
from dose_services.exam_estimates import opened_by
from dose_services.exams import TotalView
from dose_services.launch import View
from dose_services.report_sentences import ReportSentence
from dose_services.value_ids import placed_events, rival_id
from dose_services.value_words import BASES, QUANTITIES, SOURCES, part_words, unit_of_quantity
from dose_services.viewer_links import Opened, ViewerTemplate
from dose_services.viewing import ExplainedExam


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChosen:
    """A value that was not chosen as a total: who says it, and as what."""

    words: str
    number: ShownNumber
    interval: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalCard:
    """One total with all that other sources say of it."""

    dose: Dose
    name: str
    part: str | None
    source: str
    not_chosen: tuple[NotChosen, ...]
    is_headline: bool


def render_exam(
    scope: Scope,
    view: View,
    explained: ExplainedExam,
    sentences: Sequence[ReportSentence],
    *,
    zone: ZoneInfo,
    viewer: ViewerTemplate | None,
) -> HTMLResponse:
    """Return the page; ``sentences`` are those for a report, in each language."""
    detail = explained.detail
    exam, summary = detail.exam, detail.summary
    first = {one.value_id for one in headlines(summary.totals)}
    cards = [
        _card(explained, number, total, chosen, is_headline=chosen.value_id in first)
        for number, (total, chosen) in enumerate(zip(exam.totals, summary.totals, strict=True))
    ]
    study = Opened(study_instance_uid=exam.study_instance_uid)

    def image_url(estimate: Estimate) -> str | None:
        return viewer.address(opened_by(exam.study_instance_uid, estimate)) if viewer else None

    context = {
        "view": view,
        "banner": banner(explained.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "line": line(summary, zone),
        "exam": exam,
        "cards": [card for card in cards if card.is_headline],
        "others": [card for card in cards if not card.is_headline],
        "tables": event_tables(list(placed_events(exam)), detail.revision_id, zone),
        "estimates": estimate_block(
            explained.estimates, [one.event.event_uid for one in placed_events(exam)], image_url
        ),
        "sentences": sentences,
        "findings": detail.findings,
        "devices": exam.devices,
        "device_name": formatting.device_name,
        "region": formatting.region(exam.region),
        "viewer_url": viewer.address(study) if viewer else None,
    }
    return render(scope, "exam.html", context)


def _card(explained: ExplainedExam, number: int, total: Total, chosen: TotalView, *, is_headline: bool) -> TotalCard:
    name = QUANTITIES[total.quantity]
    part = part_words(total.quantity, total.of, explained.detail.exam.devices)
    return TotalCard(
        dose=dose(chosen, explained.detail.exam.devices),
        name=name[:1].upper() + name[1:],
        part=part,
        source=SOURCES[total.source] if total.source else "",
        not_chosen=tuple(_not_chosen(explained, number, nth, total, one) for nth, one in enumerate(total.rivals)),
        is_headline=is_headline,
    )


def _not_chosen(explained: ExplainedExam, number: int, nth: int, total: Total, rival: Rival) -> NotChosen:
    value_id = rival_id(explained.detail.revision_id, number, nth, rival)
    what = f"{QUANTITIES[total.quantity]}, not chosen"
    return NotChosen(
        words=f"{SOURCES[rival.source]}, {BASES[rival.basis]}",
        number=shown(rival.value, unit_of_quantity(total.quantity), target=value_page(value_id), what=what),
        interval=formatting.estimated(rival.estimated, unit_of_quantity(total.quantity)),
    )
