"""Tests of dose_services.pacs_values: which kinds an archive gets."""

import pytest

from dose_core.writers.kinds import KINDS, PATIENT_DOSE, choices, published_named
from dose_core.writers.patient_dose_sr import kind_of
from dose_core.writers.skin_map_image import KIND as SKIN_MAP
from dose_services.pacs_values import PacsRule, UnusablePacsError


def test_an_archive_gets_every_kind_but_what_was_estimated_until_somebody_says_else() -> None:
    assert [name for name in choices() if not PacsRule().gets(name)] == [PATIENT_DOSE]


def test_an_archive_gets_what_was_estimated_where_that_is_named() -> None:
    rule = PacsRule(kinds=("ct rdsr", PATIENT_DOSE))

    rule.check()
    assert [name for name in choices() if rule.gets(name)] == ["ct rdsr", PATIENT_DOSE]


@pytest.mark.parametrize("kind", [SKIN_MAP, kind_of("ct-ssde"), "patient_dose"])
def test_objects_of_a_choice_are_not_chosen_one_by_one(kind: str) -> None:
    with pytest.raises(UnusablePacsError):
        PacsRule(kinds=(kind,)).check()


def test_each_published_kind_has_a_sop_class_that_its_choice_names() -> None:
    named = {name: published_named(name) for name in (*(kind.name for kind in KINDS), kind_of("ct-ssde"), SKIN_MAP)}

    assert published_named("patient doses") is None
    for name, kind in named.items():
        assert kind is not None
        assert kind.sop_class_uid in choices().get(name, choices()[PATIENT_DOSE])
