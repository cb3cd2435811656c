"""Tests of dose_core.retention.rules."""

from datetime import date

import pytest

from dose_core.retention.rules import RULES, Jurisdiction, NoRuleError, rule_of


class TestTheTable:
    def test_has_a_source_for_each_rule(self) -> None:
        assert all(rule.source for rule in RULES)

    def test_has_one_rule_for_a_jurisdiction_and_a_day(self) -> None:
        assert len({(rule.jurisdiction, rule.valid_from) for rule in RULES}) == len(RULES)

    def test_knows_every_jurisdiction_today(self) -> None:
        assert {rule_of(one, today=date(2026, 11, 22)).jurisdiction for one in Jurisdiction} == set(Jurisdiction)

    @pytest.mark.parametrize(("jurisdiction", "years"), [("DE", 10), ("FR", 20), ("GB", 8), ("SE", 10)])
    def test_keeps_an_adult_as_long_as_the_law_says(self, jurisdiction: str, years: int) -> None:
        assert rule_of(Jurisdiction(jurisdiction), today=date(2026, 1, 1)).years == years


class TestRuleOf:
    def test_refuses_a_day_on_which_no_rule_was_in_force(self) -> None:
        with pytest.raises(NoRuleError, match="DE"):
            rule_of(Jurisdiction.DE, today=date(2018, 12, 30))

    def test_names_the_rule_by_the_day_from_which_it_is_valid(self) -> None:
        assert rule_of(Jurisdiction.DE, today=date(2018, 12, 31)).name == "DE 2018-12-31"


def test_what_is_nobodys_is_kept_as_long_as_the_longest_period() -> None:
    longest = {one: rule_of(one, today=date(2026, 1, 1)).longest_years for one in Jurisdiction}
    assert longest == {Jurisdiction.DE: 30, Jurisdiction.FR: 28, Jurisdiction.GB: 26, Jurisdiction.SE: 10}
