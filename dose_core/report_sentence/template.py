"""
Templates of report sentences: text with placeholders in braces, and sections in brackets.

``{dap}`` is replaced by what is known of a dose, or by the word for "unknown". ``[, fluoroscopy time {fluoro_time}]``
is left out where nothing is stated of what it names, as of the fluoroscopy of a radiograph. A brace that is meant is
doubled.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from dose_core.errors import DoseError
from dose_core.report_sentence.parts import Part, doses_of, placeholders_of

# Ours: a sentence, not a report; what a device states is added to it.
MAX_TEMPLATE = 500
_LINES = frozenset(("Cc", "Zl", "Zp"))


class TemplateError(DoseError):
    """A template of a report sentence cannot be used; the text says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Text with a placeholder behind each piece of it but the last."""

    pieces: tuple[tuple[str, str | None], ...]
    is_optional: bool

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What it names."""
        return tuple(name for _, name in self.pieces if name is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template that may be used for its part."""

    sections: tuple[Section, ...]

    def filled(self, values: Mapping[str, str | None], unknown: str) -> str:
        """Return the sentence; a value that is ``None`` is stated by nobody, and ``unknown`` where it has to stand."""
        return "".join(_filled(section, values, unknown) for section in self.sections)


def template_of(text: str, part: Part) -> Template:
    """
    Return a template, read and checked.

    Raises:
        TemplateError: it is empty, too long or not in one line, its braces or brackets do not match, it names what is
            not known of this part, or no dose at all.
    """
    if not text.strip() or len(text) > MAX_TEMPLATE or any(unicodedata.category(one) in _LINES for one in text):
        msg = f"a template is one line of 1 to {MAX_TEMPLATE} characters"
        raise TemplateError(msg)
    template = Template(sections=tuple(_sections(text)))
    named = [name for section in template.sections for name in section.placeholders]
    allowed = placeholders_of(part)
    unknown = sorted({name for name in named if name not in allowed})
    if unknown:
        names = ", ".join(map(repr, unknown))
        msg = f"unknown placeholder {names} in a template of {part}; allowed are {_listed(allowed)}"
        raise TemplateError(msg)
    if not set(named) & set(doses_of(part)):
        msg = f"a template of {part} names at least one of {_listed(doses_of(part))}"
        raise TemplateError(msg)
    return template


def _sections(text: str) -> list[Section]:
    found: list[Section] = []
    rest, is_optional = text, False
    while rest or is_optional:
        inner, bracket, rest = _until_bracket(rest)
        if bracket != ("]" if is_optional else "[") and (bracket or is_optional):
            raise TemplateError("brackets come in pairs, and not one in another")
        section = Section(pieces=_pieces(inner), is_optional=is_optional)
        if is_optional and not section.placeholders:
            raise TemplateError(
                "text in brackets names at least one placeholder; without any it would never be left out"
            )
        found.append(section)
        is_optional = bracket == "["
    return found


def _until_bracket(text: str) -> tuple[str, str, str]:
    """Return what stands before the next bracket, the bracket, and what follows it."""
    at = next((number for number, one in enumerate(text) if one in "[]"), len(text))
    return text[:at], text[at : at + 1], text[at + 1 :]


def _pieces(text: str) -> tuple[tuple[str, str | None], ...]:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise TemplateError("braces come in pairs; double one that is meant as such") from None
    if any(form or conversion for _, _, form, conversion in parsed):
        raise TemplateError("a placeholder is a name alone, such as {dlp}, without ':' or '!'")
    return tuple((literal, name) for literal, name, _, _ in parsed)


def _filled(section: Section, values: Mapping[str, str | None], unknown: str) -> str:
    if section.is_optional and all(values.get(name) is None for name in section.placeholders):
        return ""
    return "".join(
        literal if name is None else f"{literal}{values.get(name) or unknown}" for literal, name in section.pieces
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
