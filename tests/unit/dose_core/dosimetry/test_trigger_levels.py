"""Tests of dose_core.dosimetry.trigger_levels: which published levels an exam reached."""

from math import inf, nan

from dose_core.dosimetry.trigger_levels import Action, Indicator, Passed, passed, published_levels


def names(result: tuple[Passed, ...]) -> set[tuple[str, str, float]]:
    return {(one.level.scheme, one.level.action.value, one.level.level) for one in result}


def test_five_gray_at_the_reference_point_asks_for_follow_up_by_each_publication_that_has_this_level() -> None:
    follow_up = {one for one in names(passed(published_levels(), {Indicator.KA_R: 5000})) if one[1] == "follow_up"}
    assert follow_up == {
        ("AAPM MPPG 12.a", "follow_up", 5000),
        ("NCRP 168", "follow_up", 5000),
        ("PCI 2014", "follow_up", 5000),
    }


def test_just_below_the_first_level_nothing_is_reached() -> None:
    below = {
        Indicator.PEAK_SKIN_DOSE: 2999.9,
        Indicator.KA_R: 2999.9,
        Indicator.DAP: 499.9,
        Indicator.FLUORO_TIME: 3599.0,
    }
    assert passed(published_levels(), below) == ()


def test_kerma_area_product_and_time_reach_the_levels_of_ncrp_alone_for_aapm_gives_none() -> None:
    result = passed(published_levels(), {Indicator.DAP: 500, Indicator.FLUORO_TIME: 3600})
    assert [(one.level.scheme, one.level.indicator) for one in result] == [
        ("NCRP 168", Indicator.DAP),
        ("NCRP 168", Indicator.FLUORO_TIME),
    ]


def test_a_notification_is_counted_each_time_that_it_repeats() -> None:
    # AAPM MPPG 12.a, 5.3: first at 3 Gy, then every 1 Gy: at 3, 4 and 5 Gy
    (told,) = [
        one for one in passed(published_levels(), {Indicator.KA_R: 5200}) if one.level.action is Action.NOTIFICATION
    ]
    assert told.times == 3
    assert told.value == 5200


def test_fifteen_gray_on_the_skin_concerns_the_risk_management() -> None:
    result = names(passed(published_levels(), {Indicator.PEAK_SKIN_DOSE: 15_000}))
    assert ("PCI 2014", "risk_management", 15_000) in result


def test_what_is_not_stated_reaches_nothing() -> None:
    assert passed(published_levels(), {}) == ()
    assert passed(published_levels(), {Indicator.KA_R: None}) == ()


def test_what_is_no_number_reaches_nothing() -> None:
    assert passed(published_levels(), {Indicator.KA_R: nan}) == ()


def test_an_endless_value_reaches_every_level_and_does_not_crash() -> None:

    assert {one.level for one in passed(published_levels(), dict.fromkeys(Indicator, inf))} == set(published_levels())


def test_levels_that_nobody_could_check_are_not_used() -> None:
    assert {one.scheme for one in published_levels()} == {"AAPM MPPG 12.a", "NCRP 168", "PCI 2014"}


def test_each_level_names_its_source() -> None:
    assert all(one.source for one in published_levels())
