"""The sentences of an exam: one for each part of it, and one of its effective dose where that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Total
from dose_core.report_sentence.parts import (
    DATE,
    EFFECTIVE_DOSE,
    MODALITY,
    QUANTITIES,
    Part,
    expected_of,
    modalities_of,
    parts_of,
)
from dose_core.report_sentence.phrases import dose_phrase, effective_dose_phrase, said_totals, unknown
from dose_core.report_sentence.template import Template, template_of
from dose_core.report_sentence.wording import Wording

NO_TEMPLATES: Mapping[Part, str] = MappingProxyType({})
# English; the catalogues have those of other languages.
DEFAULTS = MappingProxyType(
    {
        Part.CT: "{modality}, {date}: dose-length product {dlp}, largest CTDIvol {ctdi_vol}.",
        Part.PROJECTION: "{modality}, {date}: dose-area product {dap}[, air kerma at the reference point {ka_r}]"
        "[, fluoroscopy time {fluoro_time}].",
        Part.MAMMOGRAPHY: "{modality}, {date}: average glandular dose {agd}.",
        Part.NUCLEAR: "{modality}, {date}: administered activity {activity}.",
        Part.EFFECTIVE_DOSE: "Effective dose {effective_dose}.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveDose:
    """An effective dose of ours, and the part of the exam that it is of; ``None`` for the whole."""

    of: str | None
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, and the totals whose values it says."""

    part: Part
    text: str
    totals: tuple[Total, ...]


def sentences_of(
    exam: Exam,
    wording: Wording,
    *,
    zone: tzinfo,
    templates: Mapping[Part, str] = NO_TEMPLATES,
    effective: Sequence[EffectiveDose] | None = None,
) -> tuple[Sentence, ...]:
    """
    Return the sentences of an exam, one for each part of it that irradiated.

    Args:
        exam: the exam.
        wording: the language.
        zone: the time zone of the site, for a start that is stated with an offset.
        templates: those of the site; the defaults of the language stand for the others.
        effective: what is known of the effective dose, ``None`` where none is to be said.

    Raises:
        TemplateError: a template cannot be used.
    """
    common = {DATE: _day(exam, wording, zone)}
    found = []
    for part in parts_of(exam):
        said = {name: dose_phrase(wording, quantity, exam.totals) for name, quantity in QUANTITIES[part].items()}
        expected = {name: said[name] or unknown(wording) for name in expected_of(exam, part)}
        template = template_in(wording, part, templates)
        values: dict[str, str | None] = {MODALITY: _modality(exam, part, wording), **common, **said, **expected}
        text = template.filled(values, unknown(wording))
        found.append(Sentence(part=part, text=_first_upper(text), totals=_totals(exam, part, template)))
    if effective is not None:
        part = Part.EFFECTIVE_DOSE
        # What two methods say is never added, and must not read as if it were.
        phrases = "; ".join(effective_dose_phrase(wording, one.of, one.estimate) for one in effective)
        values = {**common, MODALITY: _modality(exam, part, wording), EFFECTIVE_DOSE: phrases or None}
        text = template_in(wording, part, templates).filled(values, unknown(wording))
        found.append(Sentence(part=part, text=_first_upper(text), totals=()))
    return tuple(found)


def template_in(wording: Wording, part: Part, templates: Mapping[Part, str] = NO_TEMPLATES) -> Template:
    """
    Return the template of a part: the site's, else the default of the language.

    Raises:
        TemplateError: it cannot be used.
    """
    return template_of(templates.get(part) or wording.template(DEFAULTS[part]), part)


def _totals(exam: Exam, part: Part, template: Template) -> tuple[Total, ...]:
    named = [name for section in template.sections for name in section.placeholders]
    quantities = [quantity for name, quantity in QUANTITIES[part].items() if name in named]
    return tuple(total for quantity in quantities for total in said_totals(quantity, exam.totals))


def _day(exam: Exam, wording: Wording, zone: tzinfo) -> str:
    if exam.started_at is None:
        return wording.text("date unknown")
    # A start without an offset is the local time of the device, and so of the site.
    at = exam.started_at.astimezone(zone) if exam.started_at.tzinfo else exam.started_at
    return wording.day(at.date())


def _modality(exam: Exam, part: Part, wording: Wording) -> str:
    words = {
        "CT": wording.text("CT"),
        "XA": wording.text("angiography"),
        "RF": wording.text("fluoroscopy"),
        "DX": wording.text("radiography"),
        "CR": wording.text("radiography"),
        "MG": wording.text("mammography"),
        "NM": wording.text("nuclear medicine"),
        "PT": wording.text("PET"),
    }
    names = dict.fromkeys(words.get(name, name) for name in modalities_of(exam, part))
    return wording.listed(list(names)) if names else wording.text("examination")


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
