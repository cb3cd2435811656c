"""Tests of dose_core.report_sentence.wording. The oracle of numbers and dates is Unicode CLDR, in its own words."""

import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dose_core.report_sentence.parts import Part
from dose_core.report_sentence.sentences import DEFAULTS
from dose_core.report_sentence.template import template_of
from dose_core.report_sentence.wording import UnknownLanguageError, languages, wording_of

PACKAGE = files("dose_core.report_sentence")
OTHERS = tuple(name for name in languages() if name != "en")
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")

Message = str | tuple[str, ...]


def said_in_code() -> Iterator[Message]:
    """Yield each text that the code says, as gettext knows it."""
    keywords: dict[str, tuple[int, ...] | None] = {"text": None, "plural": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=keywords):
        yield message
    yield from DEFAULTS.values()


class TestACatalogue:
    def test_there_is_of_english_and_german(self) -> None:
        assert {"de", "en"} <= {*languages()}

    @pytest.mark.parametrize("language", OTHERS)
    def test_has_every_text_of_the_code_and_none_that_is_not_there(self, language: str) -> None:
        with (PACKAGE / "catalogues" / f"{language}.po").open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)

        written = {message.id for message in catalogue if message.id and message.string and not message.fuzzy}
        assert written == {*said_in_code()}

    @pytest.mark.parametrize("language", OTHERS)
    def test_names_in_each_text_what_the_code_names(self, language: str) -> None:
        with (PACKAGE / "catalogues" / f"{language}.po").open("rb") as file:
            catalogue = read_po(file, locale=language)

        for message in catalogue:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            named = {tuple(sorted(PLACEHOLDER.findall(one))) for one in (*ids, *texts)}
            assert not message.id or len(named) == 1, message.id

    @pytest.mark.parametrize("language", languages())
    @pytest.mark.parametrize("part", Part)
    def test_has_a_default_of_each_part_that_may_be_used(self, language: str, part: Part) -> None:
        assert template_of(wording_of(language).template(DEFAULTS[part]), part).sections


class TestALocale:
    @pytest.mark.parametrize(
        ("language", "number", "day"),
        [
            ("en", "1234.5", "March 1, 2026"),
            ("en-GB", "1234.5", "1 March 2026"),
            ("de", "1234,5", "1. März 2026"),
            ("de-AT", "1234,5", "1. März 2026"),
            ("de_CH", "1234.5", "1. März 2026"),
        ],
    )
    def test_writes_numbers_and_dates_and_groups_no_thousands(self, language: str, number: str, day: str) -> None:
        wording = wording_of(language)

        assert (wording.number(1234.5), wording.day(date(2026, 3, 1))) == (number, day)

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.1 + 0.2, "0.3"), (12.345678, "12.345678"), (5.0, "5"), (1e-7, "0.0000001"), (1e6, "1000000")],
    )
    def test_rounds_nothing_away_that_means_something(self, value: float, text: str) -> None:
        assert wording_of("en").number(value) == text

    @pytest.mark.parametrize("language", ["fr", "xx", "", "de-", "../de", "d" * 500, "\x00"])
    def test_of_no_catalogue_is_refused_with_what_there_is(self, language: str) -> None:
        with pytest.raises(UnknownLanguageError, match="de, en"):
            wording_of(language)

    def test_is_told_as_it_was_asked_for(self) -> None:
        assert (wording_of("de_AT").tag, wording_of("de-AT").language) == ("de-AT", "de")
