"""Tests of the tables of dose_core.deidentify: they keep nothing that the profile takes away."""

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.tag import Tag

from dose_core.deidentify.profile import elements, item_actions
from dose_core.writers.templates import INCLUDE, ROWS

# Actions that hand a stated value on as it is, if its form is right.
_HANDS_ON = frozenset(
    {"time", "time_if_stated", "offset", "one_of", "one_of_if_stated", "sex", "age", "number", "class_uid"}
)


def test_nothing_is_handed_on_that_the_profile_replaces_unless_an_option_keeps_it() -> None:
    rules = [rule for scope in ("document", "reference") for rule in elements(scope)]

    wrong = [one.keyword for one in rules if one.action in _HANDS_ON and one.profile != "not listed" and not one.option]

    assert wrong == []


def test_each_uid_of_an_instance_is_replaced() -> None:
    for rule in elements("document") + elements("reference"):
        if dictionary_VR(rule.keyword) == "UI":
            assert rule.action == ("uid" if "Class" not in rule.keyword else rule.action), rule.keyword


def test_each_element_is_one_of_the_standard_and_says_why_it_stays() -> None:
    for rule in elements("document") + elements("reference"):
        assert tag_for_keyword(rule.keyword) is not None, rule.keyword
        assert rule.why, rule.keyword
        assert (rule.seen == "E.1-1") == (rule.profile != "not listed"), rule.keyword


def test_tags_are_those_of_the_keywords() -> None:
    import csv
    from importlib.resources import files

    text = (files("dose_core.deidentify") / "elements.csv").read_text(encoding="utf-8")
    for cells in csv.DictReader(text.splitlines()):
        tag = Tag(tag_for_keyword(cells["keyword"]) or 0)
        assert cells["tag"] == f"({tag.group:04X},{tag.element:04X})", cells["keyword"]


def test_free_text_and_names_of_any_template_are_dropped_or_replaced_unless_the_table_says_otherwise() -> None:
    for row in ROWS:
        if row.value_type in {"TEXT", "PNAME"} and row.value_type != INCLUDE and row.concept:
            action = item_actions()[row.value_type, row.concept.value, row.concept.scheme]
            assert action in {"drop", "dummy", "released", "maker", "serial", "station", "short"}, row
