"""
The report sentence of an exam, as its site words it.

An effective dose is said only where the site's physicist switched such on and the site has a template of that part: the
default of the language does not count as its choice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from db.mapping import storable
from db.repositories import report_sentences
from db.session import Session
from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Exam
from dose_core.report_sentence.parts import Part
from dose_core.report_sentence.sentences import DEFAULTS, EffectiveDose, Sentence, sentences_of
from dose_core.report_sentence.template import template_of
from dose_core.report_sentence.wording import languages, wording_of
from dose_services import viewing
from dose_services.audit import Action, Looker, record_look
from dose_services.exam_estimates import EstimatesState
from dose_services.methods import is_effective_dose
from dose_services.viewing import ExplainedExam


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """One sentence, and the ids of the values that it says."""

    part: Part
    text: str
    value_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSentence:
    """The sentences of an exam, one for each part of it. ``language`` is the locale that wrote the numbers."""

    exam_id: UUID
    language: str
    sentences: tuple[SentenceView, ...]

    @property
    def text(self) -> str:
        """All of it, to be put into a report."""
        return " ".join(one.text for one in self.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """The template of a part in a language, and whether the site chose it; an effective dose is said only then."""

    language: str
    part: Part
    text: str
    is_of_site: bool


def read(
    session: Session, exam_id: UUID, *, language: str, zone: tzinfo, looker: Looker, now: datetime
) -> ReportSentence:
    """
    Return the report sentence of an exam; the look is recorded.

    Raises:
        UnknownLanguageError: there is no catalogue of the language.
        UnknownExamError: as ``viewing.look_at_exam``.
    """
    wording_of(language)
    return of_exam(session, viewing.look_at_exam(session, exam_id, looker=looker, now=now), language, zone)


def of_exam(session: Session, explained: ExplainedExam, language: str, zone: tzinfo) -> ReportSentence:
    """
    Return the report sentence of an exam that somebody looks at.

    Raises:
        UnknownLanguageError: there is no catalogue of the language.
    """
    wording, detail = wording_of(language), explained.detail
    chosen = templates_chosen(session, detail.summary.site, wording.language)
    is_said = Part.EFFECTIVE_DOSE in chosen and explained.estimates.switch.is_on
    effective = tuple(_effective_doses(explained)) if is_said else None
    said = sentences_of(detail.exam, wording, zone=zone, templates=chosen, effective=effective)
    ids = {(one.quantity, one.of): one.value_id for one in detail.summary.totals}
    views = (
        SentenceView(
            part=one.part,
            text=one.text,
            value_ids=tuple(ids[total.quantity, total.of] for total in one.totals if total.value is not None),
        )
        for one in said
    )
    return ReportSentence(exam_id=detail.summary.id, language=wording.tag, sentences=tuple(views))


def in_every_language(session: Session, explained: ExplainedExam, zone: tzinfo) -> tuple[ReportSentence, ...]:
    """Return the report sentence of an exam that somebody looks at in each language; none if it has no dose."""
    said = (of_exam(session, explained, language, zone) for language in languages())
    return tuple(one for one in said if one.sentences)


def without_effective_dose(
    session: Session, exam: Exam, site: str, *, language: str, zone: tzinfo
) -> tuple[Sentence, ...]:
    """
    Return the sentences of an exam as other systems are told them: no effective dose leaves the system so.

    Raises:
        UnknownLanguageError: there is no catalogue of the language.
    """
    wording = wording_of(language)
    return sentences_of(exam, wording, zone=zone, templates=templates_chosen(session, site, wording.language))


def templates(session: Session, site: str) -> list[TemplateView]:
    """Return the template of each part in each language, as a site has them now."""
    found = []
    for language in languages():
        wording, chosen = wording_of(language), templates_chosen(session, site, language)
        for part in Part:
            text = chosen.get(part) or wording.template(DEFAULTS[part])
            found.append(TemplateView(language=language, part=part, text=text, is_of_site=part in chosen))
    return found


def set_template(
    session: Session, site: str, *, language: str, part: Part, text: str | None, looker: Looker, now: datetime
) -> None:
    """
    Let a site word a sentence so from now on, or with no text as the language does by default. On record.

    Raises:
        UnknownLanguageError: there is no catalogue of the language.
        TemplateError: the template cannot be used; the text says what is allowed.
    """
    wording = wording_of(language)
    if text is not None:
        template_of(text, part)
    kept = storable(text) if text is not None else None
    report_sentences.add(
        session, site, language=wording.language, part=part, text=kept, decided_by=looker.subject, now=now
    )
    what = "has a template of the site" if text is not None else "has the default template again"
    reason = f"{part} in {wording.language} {what}"
    record_look(session, looker, Action.CHANGE_SENTENCE, now=now, reason=reason)


def templates_chosen(session: Session, site: str, language: str) -> dict[Part, str]:
    """Return the templates that a site chose in a language."""
    rows = report_sentences.newest(session, site)
    return {Part(row.part): row.text for row in rows if row.language == language and row.text is not None}


def _effective_doses(explained: ExplainedExam) -> Iterator[EffectiveDose]:
    """
    Yield what our methods say of the whole exam; of single events it would say the same dose again.

    Nothing is yielded while they are still to be asked of the exam as it is now.
    """
    if explained.estimates.state is not EstimatesState.COMPUTED:
        return
    for one in explained.estimates.estimates:
        outcome = one.outcome
        if is_effective_dose(outcome) and outcome.event_uid is None and isinstance(outcome.result, Estimate):
            yield EffectiveDose(of=outcome.of, estimate=outcome.result)
