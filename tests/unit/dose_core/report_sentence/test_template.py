"""Tests of dose_core.report_sentence.template: what a site may write, and what is refused with a reason."""

import pytest

from dose_core.report_sentence.parts import Part
from dose_core.report_sentence.template import MAX_TEMPLATE, TemplateError, template_of

KNOWN = {"dlp": "300 mGy·cm", "ctdi_vol": "5 mGy", "date": "March 1, 2026", "modality": "CT"}


def filled(text: str, part: Part = Part.CT, **values: str | None) -> str:
    return template_of(text, part).filled({**KNOWN, **values}, "unknown")


class TestATemplate:
    def test_has_its_placeholders_replaced(self) -> None:
        assert filled("DLP {dlp}, CTDIvol {ctdi_vol}.") == "DLP 300 mGy·cm, CTDIvol 5 mGy."

    def test_says_unknown_what_nobody_states(self) -> None:
        assert filled("DLP {dlp}.", dlp=None) == "DLP unknown."

    def test_leaves_a_section_out_where_nothing_is_stated_of_it(self) -> None:
        text = "DAP {dap}[, time {fluoro_time}][, Ka,r {ka_r}]."

        assert filled(text, Part.PROJECTION, dap="2 Gy·cm²", ka_r="3 mGy") == "DAP 2 Gy·cm², Ka,r 3 mGy."

    def test_keeps_a_section_of_which_one_thing_is_stated(self) -> None:
        assert filled("CT[: {dlp} and {ctdi_vol}].", dlp=None) == "CT: unknown and 5 mGy."

    def test_has_braces_where_they_are_doubled(self) -> None:
        assert filled("{{DLP}} {dlp}") == "{DLP} 300 mGy·cm"

    def test_does_not_read_what_stands_in_a_value(self) -> None:
        assert filled("{dlp}", dlp="{ctdi_vol} [x]") == "{ctdi_vol} [x]"

    def test_that_names_what_nobody_knows_is_refused_with_what_is_allowed(self) -> None:
        with pytest.raises(TemplateError) as refused:
            template_of("DLP {dlp}, {patient_name}", Part.CT)

        assert str(refused.value) == (
            "unknown placeholder 'patient_name' in a template of ct; allowed are {modality}, {date}, {dlp}, {ctdi_vol}"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "  ",
            "no dose at all on {date}",
            "{dlp",
            "dlp}",
            "{}",
            "{0}",
            "{dlp.real}",
            "{dlp[0]}",
            "{dlp!r}",
            "{dlp:>9}",
            "[{dlp}",
            "{dlp}]",
            "[[{dlp}]]",
            "[{dlp}[ {ctdi_vol}]]",
            "[nothing named] {dlp}",
            "{dlp}\nPID|1",
            "{dlp}\x1c",
            "{dlp}" + "x" * MAX_TEMPLATE,
            "{dap}",
        ],
    )
    def test_that_cannot_be_used_is_refused(self, text: str) -> None:
        with pytest.raises(TemplateError):
            template_of(text, Part.CT)

    def test_of_effective_dose_names_it_and_no_other_does(self) -> None:
        assert filled("E {effective_dose}", Part.EFFECTIVE_DOSE, effective_dose="4 mSv") == "E 4 mSv"
        with pytest.raises(TemplateError):
            template_of("{dlp} {effective_dose}", Part.CT)
