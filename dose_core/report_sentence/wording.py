"""
The words of a language, and how it writes numbers, dates and lists.

English stands in the code; every other language is a catalogue of GNU gettext in ``catalogues/``. Numbers, dates and
lists are written by the locale (Unicode CLDR, by Babel), so that "de-AT" or "en-GB" may be asked for too. Thousands are
never grouped: "1.234" is another number to the next reader.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from dose_core.errors import DoseError

SOURCE_LANGUAGE = "en"
_CATALOGUES = files(__package__) / "catalogues"
_DIGITS = 10  # more than any device states; a sum of binary fractions has noise behind them


class UnknownLanguageError(DoseError):
    """There is no catalogue of this language; the text says of which there is one."""


class Wording:
    """A language and its locale. ``language`` is that of the catalogue."""

    def __init__(self, locale: Locale, translations: NullTranslations) -> None:
        self.language: str = locale.language
        self._locale = locale
        self._translations = translations

    @property
    def tag(self) -> str:
        """The locale as BCP 47 writes it."""
        return str(self._locale).replace("_", "-")

    def text(self, message: str, **values: str) -> str:
        """Return a text of the code in this language, with its values."""
        return self._translations.gettext(message).format(**values)

    def plural(self, one: str, many: str, count: int) -> str:
        """Return a text of the code in this language, in the form that the number asks for."""
        return self._translations.ngettext(one, many, count).format(count=self.number(count))

    def template(self, message: str) -> str:
        """Return a template of the code in this language, as it stands there."""
        return self._translations.gettext(message)

    def number(self, value: float) -> str:
        """Return a number in full: no digit that means something is rounded away."""
        exact = Decimal(f"{value:.{_DIGITS}g}")
        return format_decimal(exact, locale=self._locale, decimal_quantization=False, group_separator=False)

    def share(self, value: float) -> str:
        """Return a fraction as a percentage."""
        return format_percent(value, locale=self._locale)

    def day(self, value: date) -> str:
        """Return a date with its month in words, which nobody takes for another."""
        return format_date(value, format="long", locale=self._locale)

    def listed(self, texts: Sequence[str]) -> str:
        """Return several texts as one."""
        return format_list(texts, locale=self._locale)


def languages() -> tuple[str, ...]:
    """Return the languages of which there is a catalogue."""
    names = (one.name for one in _CATALOGUES.iterdir())
    return tuple(sorted((SOURCE_LANGUAGE, *(name.removesuffix(".po") for name in names if name.endswith(".po")))))


@lru_cache(maxsize=64)
def wording_of(language: str) -> Wording:
    """
    Return the wording of a language, or of a locale of it, such as ``de`` or ``de-AT``.

    Raises:
        UnknownLanguageError: there is no catalogue of it, or it is none.
    """
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        locale = None
    if locale is None or locale.language not in languages():
        msg = f"report sentences are written in {', '.join(languages())}, and locales of these such as de-AT"
        raise UnknownLanguageError(msg)
    return Wording(locale, translations_of(locale.language))


@lru_cache(maxsize=64)
def translations_of(language: str) -> NullTranslations:
    """Return the texts of a language of which there is a catalogue."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    catalogue = read_po(BytesIO((_CATALOGUES / f"{language}.po").read_bytes()), locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
